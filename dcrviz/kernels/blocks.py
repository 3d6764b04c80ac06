"""The innermost loops of shifts: neighbours along x, and rows along y for several rows at once.

What is loaded serves twice or four times, as the loops wait for loads and not for products. Arrays
are indexed flat by unsigned numbers, as in `kernels/sums.py`.
"""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import inlined
from dcrviz.kernels.sums import add_row
from dcrviz.records import Plane

STRIP = 1024
"""Columns that are worked on at once."""
BLOCK = 4
"""Output rows that are made together: of the rows that these need most are the same."""
ONE, TWO, THREE = np.uint64(1), np.uint64(2), np.uint64(3)


@inlined
def place_of(depth: int, m: int, row: int) -> int:
    """Where a row of shift m stands in a ring of so many rows (2^n) of each shift."""
    return (m * depth + (row & (depth - 1))) * STRIP


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
    source, number = np.uint64(begin), np.uint64(length)
    goal, second = np.uint64(place), np.uint64(other)
    if len(weights) == 4:
        w0, w1, w2, w3 = weights[0], weights[1], weights[2], weights[3]
        v0, v1, v2, v3 = others[0], others[1], others[2], others[3]
        for x in range(number):
            a, b = flat[source + x], flat[source + x + ONE]
            c, d = flat[source + x + TWO], flat[source + x + THREE]
            target[goal + x] = w0 * a + w1 * b + w2 * c + w3 * d
            target[second + x] = v0 * a + v1 * b + v2 * c + v3 * d
    elif len(weights) == 2:
        w0, w1, v0, v1 = weights[0], weights[1], others[0], others[1]
        for x in range(number):
            a, b = flat[source + x], flat[source + x + ONE]
            target[goal + x] = w0 * a + w1 * b
            target[second + x] = v0 * a + v1 * b
    else:
        interpolate_row(flat, begin, weights, target, place, length)
        interpolate_row(flat, begin, others, target, other, length)


@inlined
def add_block_of_four(
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
    a, b = np.uint64(place_of(depth, m, y)), np.uint64(place_of(depth, m, y + 1))
    c, d = np.uint64(place_of(depth, m, y + 2)), np.uint64(place_of(depth, m, y + 3))
    e, f = np.uint64(place_of(depth, m, y + 4)), np.uint64(place_of(depth, m, y + 5))
    g = np.uint64(place_of(depth, m, y + 6))
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
def add_block_of_two(
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
    a, b = np.uint64(place_of(depth, m, y)), np.uint64(place_of(depth, m, y + 1))
    c, d = np.uint64(place_of(depth, m, y + 2)), np.uint64(place_of(depth, m, y + 3))
    e = np.uint64(place_of(depth, m, y + 4))
    p, q = np.uint64(begin), np.uint64(begin + step)
    r, s = np.uint64(begin + 2 * step), np.uint64(begin + 3 * step)
    w0, w1 = weights[0], weights[1]
    for x in range(number):
        ra, rb, rc, rd, re = rows[a + x], rows[b + x], rows[c + x], rows[d + x], rows[e + x]
        flat[p + x] += w0 * ra + w1 * rb
        flat[q + x] += w0 * rb + w1 * rc
        flat[r + x] += w0 * rc + w1 * rd
        flat[s + x] += w0 * rd + w1 * re


@inlined
def add_two_blocks_of_two(
    rows: Plane,
    depth: int,
    m: int,
    weights: Plane,
    others: Plane,
    y: int,
    flat: Plane,
    begin: int,
    step: int,
    length: int,
) -> None:
    """Add two weighted rows of each of two shifts to each of four: few sums, little rounding."""
    number = np.uint64(length)
    a, b = np.uint64(place_of(depth, m, y)), np.uint64(place_of(depth, m, y + 1))
    c, d = np.uint64(place_of(depth, m, y + 2)), np.uint64(place_of(depth, m, y + 3))
    e = np.uint64(place_of(depth, m, y + 4))
    h, i = np.uint64(place_of(depth, m + 1, y)), np.uint64(place_of(depth, m + 1, y + 1))
    j, k = np.uint64(place_of(depth, m + 1, y + 2)), np.uint64(place_of(depth, m + 1, y + 3))
    t = np.uint64(place_of(depth, m + 1, y + 4))
    p, q = np.uint64(begin), np.uint64(begin + step)
    r, s = np.uint64(begin + 2 * step), np.uint64(begin + 3 * step)
    w0, w1, v0, v1 = weights[0], weights[1], others[0], others[1]
    for x in range(number):
        ra, rb, rc, rd, re = rows[a + x], rows[b + x], rows[c + x], rows[d + x], rows[e + x]
        sa, sb, sc, sd, se = rows[h + x], rows[i + x], rows[j + x], rows[k + x], rows[t + x]
        flat[p + x] += w0 * ra + w1 * rb + v0 * sa + v1 * sb
        flat[q + x] += w0 * rb + w1 * rc + v0 * sb + v1 * sc
        flat[r + x] += w0 * rc + w1 * rd + v0 * sc + v1 * sd
        flat[s + x] += w0 * rd + w1 * re + v0 * sd + v1 * se
