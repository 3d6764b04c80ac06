"""Shifted rows, kept as long as the output rows that need them are being made.

A strip of columns is walked down a few output rows at a time. Of each shift the last rows,
interpolated along x, are kept in a ring; the output rows are their weighted sums along y. All of it
stays in the cache, and what is loaded serves as often as it can: neighbours of one source row for
two shifts, rows of the ring for several output rows.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from dcrviz.kernels.jit import inlined
from dcrviz.kernels.sums import add_row, aligned
from dcrviz.kernels.taps import Taps
from dcrviz.records import Cube, Ints, Plane

STRIP = 1024
"""Columns that are worked on at once."""
BLOCK = 4
"""Output rows that are made together: of the rows that these need most are the same."""
ONE, TWO, THREE = np.uint64(1), np.uint64(2), np.uint64(3)

# Plain tuples, as numba's cache of machine code would not survive the renaming of a class.
ShiftTable: TypeAlias = tuple[Ints, Ints, Cube, Ints]
"""First taps, spans and weights of M shifts, and the plane that each moves."""
Ring: TypeAlias = tuple[Plane, int]
"""Room for the rows of every shift, one after another, and how many (2^n) each shift has."""
Part: TypeAlias = tuple[int, int, int, int]
"""Output rows and columns at work: first and one past the last of each."""


def shift_table(taps: Taps, sources: Ints) -> ShiftTable:
    """The table of these taps for the loops."""
    return taps.first, taps.span, taps.weights, sources


def ring_of(taps: Taps) -> Ring:
    """An empty ring for this table."""
    depth = 8 if taps.weights.shape[2] <= 8 - BLOCK + 1 else 16
    return aligned(len(taps) * depth * STRIP), depth


@inlined
def clear_edges(shifts: ShiftTable, ring: Ring, x0: int, x1: int) -> None:
    """Empty what no row of a shift will fill in a strip, as nothing comes from outside."""
    span = shifts[1]
    rows, depth = ring
    for m in range(len(span)):
        low, high = max(x0, span[m, 1, 0]), min(x1, span[m, 1, 1])
        if high <= low:
            continue
        for k in range(m * depth, (m + 1) * depth):
            _blank(rows, k * STRIP, low - x0)
            _blank(rows, k * STRIP + high - x0, x1 - high)


@inlined
def fill_ring(
    coefs: Cube, shifts: ShiftTable, ring: Ring, m: int, part: Part, top: int, pad: int
) -> int:
    """Interpolate along x the rows of shift m that a part needs and the ring does not hold yet.

    It holds nothing yet at row `top`. What tap j reads for output row y stands at place y + j.

    Returns
    -------
    int
        How many shifts were served: the next one with this one, if they have the same neighbours.
    """
    first, span, _, sources = shifts
    n = m + 1
    both = n < len(span) and sources[m] == sources[n] and first[m, 1] == first[n, 1]
    if both and _reaches(span, m, part) and _reaches(span, n, part):
        _fill_two(coefs, shifts, ring, m, part, top, pad)
        return 2
    if _reaches(span, m, part):
        begin, end = _needed(shifts, m, part, top)
        _fill_one(coefs, shifts, ring, m, begin, end, part, pad)
    return 1


@inlined
def add_ring(
    ring: Ring, shifts: ShiftTable, m: int, part: Part, flat: Plane, begin: int, step: int
) -> None:
    """Add the weighted sums along y of shift m to the rows of a part that it reaches.

    They begin at `begin`, `begin + step` and so on of a flat array.
    """
    _, span, weights, _ = shifts
    rows, depth = ring
    taps, length = weights.shape[2], part[3] - part[2]
    if not _reaches(span, m, part):
        return
    low, high = max(part[0], span[m, 0, 0]), min(part[1], span[m, 0, 1])
    if high - low == BLOCK and taps == 4:
        _add_block_of_four(rows, depth, m, weights[m, 0], low, flat, begin, step, length)
    elif high - low == BLOCK and taps == 2:
        _add_block_of_two(rows, depth, m, weights[m, 0], low, flat, begin, step, length)
    else:
        for y in range(low, high):
            goal = begin + (y - part[0]) * step
            for j in range(taps):
                add_row(rows, _place(depth, m, y + j), weights[m, 0, j], flat, goal, length)


@inlined
def _reaches(span: Ints, m: int, part: Part) -> bool:
    """Whether a shift moves anything into a part."""
    low, high = max(part[0], span[m, 0, 0]), min(part[1], span[m, 0, 1])
    left, right = max(part[2], span[m, 1, 0]), min(part[3], span[m, 1, 1])
    return bool(low < high and left < right)


@inlined
def _needed(shifts: ShiftTable, m: int, part: Part, top: int) -> tuple[int, int]:
    """First and one past the last source row that the ring lacks of a shift."""
    first, span, weights, _ = shifts
    taps = weights.shape[2]
    low, high = max(part[0], span[m, 0, 0]), min(part[1], span[m, 0, 1])
    held = 0 if low == max(top, span[m, 0, 0]) else taps - 1
    return low + held + first[m, 0], high + taps - 1 + first[m, 0]


@inlined
def _place(depth: int, m: int, row: int) -> int:
    """Where a row of a shift stands in the ring."""
    return (m * depth + (row & (depth - 1))) * STRIP


@inlined
def _fill_one(
    coefs: Cube,
    shifts: ShiftTable,
    ring: Ring,
    m: int,
    begin: int,
    end: int,
    part: Part,
    pad: int,
) -> None:
    """Interpolate source rows for a shift."""
    first, span, weights, sources = shifts
    flat = coefs.reshape(coefs.size)
    low, high = max(part[2], span[m, 1, 0]), min(part[3], span[m, 1, 1])
    for row in range(begin, end):
        source = (sources[m] * coefs.shape[1] + pad + row) * coefs.shape[2] + pad
        place = _place(ring[1], m, row - first[m, 0]) + low - part[2]
        interpolate_row(flat, source + low + first[m, 1], weights[m, 1], ring[0], place, high - low)


@inlined
def _fill_two(
    coefs: Cube, shifts: ShiftTable, ring: Ring, m: int, part: Part, top: int, pad: int
) -> None:
    """Interpolate source rows for two shifts with the same neighbours along x, at once."""
    first, span, weights, sources = shifts
    n = m + 1
    flat = coefs.reshape(coefs.size)
    begin_m, end_m = _needed(shifts, m, part, top)
    begin_n, end_n = _needed(shifts, n, part, top)
    low_m, high_m = max(part[2], span[m, 1, 0]), min(part[3], span[m, 1, 1])
    low_n, high_n = max(part[2], span[n, 1, 0]), min(part[3], span[n, 1, 1])
    low, high = min(low_m, low_n), max(high_m, high_n)
    begin, end = max(begin_m, begin_n), min(end_m, end_n)
    for row in range(begin, end):
        source = (sources[m] * coefs.shape[1] + pad + row) * coefs.shape[2] + pad
        place_m = _place(ring[1], m, row - first[m, 0]) - part[2]
        place_n = _place(ring[1], n, row - first[n, 0]) - part[2]
        interpolate_two(
            flat,
            source + low + first[m, 1],
            weights[m, 1],
            weights[n, 1],
            ring[0],
            place_m + low,
            place_n + low,
            high - low,
        )
        _blank(ring[0], place_m + low, low_m - low)
        _blank(ring[0], place_m + high_m, high - high_m)
        _blank(ring[0], place_n + low, low_n - low)
        _blank(ring[0], place_n + high_n, high - high_n)
    # What only one of them needs, before and after.
    _fill_one(coefs, shifts, ring, m, begin_m, min(begin, end_m), part, pad)
    _fill_one(coefs, shifts, ring, n, begin_n, min(begin, end_n), part, pad)
    _fill_one(coefs, shifts, ring, m, max(end, begin, begin_m), end_m, part, pad)
    _fill_one(coefs, shifts, ring, n, max(end, begin, begin_n), end_n, part, pad)


@inlined
def _blank(flat: Plane, begin: int, length: int) -> None:
    for x in range(begin, begin + length):
        flat[x] = 0


@inlined
def interpolate_row(
    flat: Plane, begin: int, weights: Plane, target: Plane, place: int, length: int
) -> None:
    """Weighted sum of neighbours along a row of a flat array, written into another."""
    source, goal, number = np.uint64(begin), np.uint64(place), np.uint64(length)
    if len(weights) == 4:
        w0, w1, w2, w3 = weights[0], weights[1], weights[2], weights[3]
        for x in range(number):
            target[goal + x] = (
                w0 * flat[source + x]
                + w1 * flat[source + x + ONE]
                + w2 * flat[source + x + TWO]
                + w3 * flat[source + x + THREE]
            )
    elif len(weights) == 2:
        w0, w1 = weights[0], weights[1]
        for x in range(number):
            target[goal + x] = w0 * flat[source + x] + w1 * flat[source + x + ONE]
    else:
        for x in range(number):
            target[goal + x] = weights[0] * flat[source + x]
        for i in range(1, len(weights)):
            add_row(flat, begin + i, weights[i], target, place, length)


@inlined
def interpolate_two(
    flat: Plane,
    begin: int,
    weights: Plane,
    others: Plane,
    target: Plane,
    place: int,
    other: int,
    length: int,
) -> None:
    """Two weighted sums of the same neighbours along a row of a flat array."""
    if len(weights) != 4:
        interpolate_row(flat, begin, weights, target, place, length)
        interpolate_row(flat, begin, others, target, other, length)
        return
    source, number = np.uint64(begin), np.uint64(length)
    goal, second = np.uint64(place), np.uint64(other)
    w0, w1, w2, w3 = weights[0], weights[1], weights[2], weights[3]
    v0, v1, v2, v3 = others[0], others[1], others[2], others[3]
    for x in range(number):
        a, b = flat[source + x], flat[source + x + ONE]
        c, d = flat[source + x + TWO], flat[source + x + THREE]
        target[goal + x] = w0 * a + w1 * b + w2 * c + w3 * d
        target[second + x] = v0 * a + v1 * b + v2 * c + v3 * d


@inlined
def _add_block_of_four(
    rows: Plane,
    depth: int,
    m: int,
    weights: Plane,
    y: int,
    flat: Plane,
    begin: int,
    step: int,
    length: int,
) -> None:
    """Add four weighted rows to each of four."""
    number = np.uint64(length)
    a, b = np.uint64(_place(depth, m, y)), np.uint64(_place(depth, m, y + 1))
    c, d = np.uint64(_place(depth, m, y + 2)), np.uint64(_place(depth, m, y + 3))
    e, f = np.uint64(_place(depth, m, y + 4)), np.uint64(_place(depth, m, y + 5))
    g = np.uint64(_place(depth, m, y + 6))
    p, q = np.uint64(begin), np.uint64(begin + step)
    r, s = np.uint64(begin + 2 * step), np.uint64(begin + 3 * step)
    w0, w1, w2, w3 = weights[0], weights[1], weights[2], weights[3]
    for x in range(number):
        ra, rb, rc, rd = rows[a + x], rows[b + x], rows[c + x], rows[d + x]
        re, rf, rg = rows[e + x], rows[f + x], rows[g + x]
        flat[p + x] += w0 * ra + w1 * rb + w2 * rc + w3 * rd
        flat[q + x] += w0 * rb + w1 * rc + w2 * rd + w3 * re
        flat[r + x] += w0 * rc + w1 * rd + w2 * re + w3 * rf
        flat[s + x] += w0 * rd + w1 * re + w2 * rf + w3 * rg


@inlined
def _add_block_of_two(
    rows: Plane,
    depth: int,
    m: int,
    weights: Plane,
    y: int,
    flat: Plane,
    begin: int,
    step: int,
    length: int,
) -> None:
    """Add two weighted rows to each of four."""
    number = np.uint64(length)
    a, b = np.uint64(_place(depth, m, y)), np.uint64(_place(depth, m, y + 1))
    c, d = np.uint64(_place(depth, m, y + 2)), np.uint64(_place(depth, m, y + 3))
    e = np.uint64(_place(depth, m, y + 4))
    p, q = np.uint64(begin), np.uint64(begin + step)
    r, s = np.uint64(begin + 2 * step), np.uint64(begin + 3 * step)
    w0, w1 = weights[0], weights[1]
    for x in range(number):
        ra, rb, rc, rd, re = rows[a + x], rows[b + x], rows[c + x], rows[d + x], rows[e + x]
        flat[p + x] += w0 * ra + w1 * rb
        flat[q + x] += w0 * rb + w1 * rc
        flat[r + x] += w0 * rc + w1 * rd
        flat[s + x] += w0 * rd + w1 * re
