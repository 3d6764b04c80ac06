"""Weighted sums of rows: the innermost loop of shifts, splines and smoothing.

Arrays are indexed flat by unsigned numbers: a signed index, or a slice for each row, would keep the
loops from being turned into vectors. Neighbours along a row are rows that begin one further on.
"""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import inlined
from dcrviz.records import Ints, Plane

_LINE = 64
"""Bytes of a cache line: vectors that lie across two of them are loaded twice."""


def aligned(length: int) -> Plane:
    """A flat array of zeros that begins a cache line."""
    room = np.zeros(length + _LINE // 4, np.float32)
    start = (-room.ctypes.data % _LINE) // 4
    return room[start : start + length]


@inlined
def copy_line(source: Plane, target: Plane) -> None:
    """Copy a line, as long as the target: an assignment of slices would make an array."""
    for x in range(len(target)):
        target[x] = source[x]


@inlined
def add_row(
    source: Plane, first: int, weight: float, target: Plane, begin: int, length: int
) -> None:
    """Add a weighted row of a flat array to a part of another."""
    goal, place, number = np.uint64(begin), np.uint64(first), np.uint64(length)
    for x in range(number):
        target[goal + x] += weight * source[place + x]


PAIRS = 4
"""Pairs of rows that a symmetric filter adds at once: its half is filled up to a multiple."""


@inlined
def filter_rows(
    source: Plane,
    centre: int,
    pairs: tuple[Ints, Ints],
    half: Plane,
    target: Plane,
    begin: int,
    length: int,
) -> None:
    """Write a symmetric filter of rows of a flat array into a part of another.

    `half` weighs the row that begins at `centre`, and then the two rows of each pair.
    """
    low, high = pairs
    _write_pairs(source, centre, low, high, half, target, begin, length)
    for k in range(PAIRS, len(half) - 1, PAIRS):
        _add_pairs(source, low, high, half, k, target, begin, length)


@inlined
def _write_pairs(
    source: Plane,
    centre: int,
    low: Ints,
    high: Ints,
    half: Plane,
    target: Plane,
    begin: int,
    length: int,
) -> None:
    goal, number, middle = np.uint64(begin), np.uint64(length), np.uint64(centre)
    a0, a1, a2, a3 = np.uint64(low[0]), np.uint64(low[1]), np.uint64(low[2]), np.uint64(low[3])
    b0, b1, b2, b3 = np.uint64(high[0]), np.uint64(high[1]), np.uint64(high[2]), np.uint64(high[3])
    w0, w1, w2, w3, w4 = half[0], half[1], half[2], half[3], half[4]
    for x in range(number):
        target[goal + x] = (
            w0 * source[middle + x]
            + w1 * (source[a0 + x] + source[b0 + x])
            + w2 * (source[a1 + x] + source[b1 + x])
            + w3 * (source[a2 + x] + source[b2 + x])
            + w4 * (source[a3 + x] + source[b3 + x])
        )


@inlined
def _add_pairs(
    source: Plane,
    low: Ints,
    high: Ints,
    half: Plane,
    k: int,
    target: Plane,
    begin: int,
    length: int,
) -> None:
    goal, number = np.uint64(begin), np.uint64(length)
    a0, a1 = np.uint64(low[k]), np.uint64(low[k + 1])
    a2, a3 = np.uint64(low[k + 2]), np.uint64(low[k + 3])
    b0, b1 = np.uint64(high[k]), np.uint64(high[k + 1])
    b2, b3 = np.uint64(high[k + 2]), np.uint64(high[k + 3])
    w1, w2, w3, w4 = half[k + 1], half[k + 2], half[k + 3], half[k + 4]
    for x in range(number):
        target[goal + x] += (
            w1 * (source[a0 + x] + source[b0 + x])
            + w2 * (source[a1 + x] + source[b1 + x])
            + w3 * (source[a2 + x] + source[b2 + x])
            + w4 * (source[a3 + x] + source[b3 + x])
        )
