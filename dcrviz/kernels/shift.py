"""Shifts of an image, several at once and summed: separable, exact to float32's rounding.

A strip of columns is walked down row by row. Of each shift the last T rows, interpolated along x,
are kept in a ring; the output row is their weighted sum along y. All of it stays in the cache.
"""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import compiled, inlined
from dcrviz.kernels.spline import coefficients
from dcrviz.kernels.taps import PAD, Taps, tap_table
from dcrviz.records import Cube, Floats, Ints, Plane, SplineOrder

STRIP = 512
"""Columns that are worked on at once."""
_LINE = 64
"""Bytes of a cache line: vectors that lie across two of them are loaded twice."""
ONE, TWO, THREE = np.uint64(1), np.uint64(2), np.uint64(3)


def shift_image(image: Plane, shift_px: Floats, *, order: SplineOrder) -> Plane:
    """Move an image by ``(y, x)`` pixels, zero where nothing comes from inside.

    Parameters
    ----------
    image
        (Y, X); with NaN or infinities the result is not finite around them.
    order
        Of the interpolating spline, 0 to 5.

    Notes
    -----
    ``out(y, x) = in(y - dy, x - dx)`` (ALGORITHM.md section 2), as `scipy.ndimage.shift` with mode
    ``constant`` defines it.
    """
    image = np.asarray(image, dtype=np.float32)
    out = np.zeros_like(image)
    if image.size:
        taps = tap_table(np.asarray(shift_px)[None], out.shape, order=order)
        coefs = coefficients(image, order=order)
        shift_and_sum(coefs[None], taps, np.zeros(1, dtype=np.int64), out)
    return out


def shift_and_sum(coefs: Cube, taps: Taps, sources: Ints, out: Plane) -> None:
    """Write the sum over M shifts, each of the plane that `sources` (M,) names, into `out`."""
    _shift_and_sum(coefs, taps.first, taps.span, taps.weights, sources, out, PAD)


@compiled
def _shift_and_sum(
    coefs: Cube, first: Ints, span: Ints, weights: Cube, sources: Ints, out: Plane, pad: int
) -> None:
    height, width = out.shape
    ring, base = aligned(len(weights) * weights.shape[2] * STRIP)
    line, start = aligned(STRIP)
    for x0 in range(0, width, STRIP):
        x1 = min(x0 + STRIP, width)
        ring[:] = 0
        for y in range(height):
            fill_ring(coefs, first, span, weights, sources, ring, base, y, 0, x0, x1, pad)
            sum_ring(ring, base, span, weights, y, line, start)
            out[y, x0:x1] = line[start : start + x1 - x0]


@inlined
def aligned(length: int) -> tuple[Plane, int]:
    """A zeroed flat array, and the place in it from which so many numbers begin a cache line."""
    room = np.zeros(length + _LINE // 4, np.float32)
    return room, (-room.ctypes.data % _LINE) // 4


@inlined
def fill_ring(
    coefs: Cube,
    first: Ints,
    span: Ints,
    weights: Cube,
    sources: Ints,
    ring: Plane,
    base: int,
    y: int,
    top: int,
    x0: int,
    x1: int,
    pad: int,
) -> None:
    """Interpolate along x the rows that output row `y` needs and the ring does not hold yet.

    It holds nothing yet at row `top`.

    Arrays are indexed flat by unsigned numbers: a slice for each row would cost as much as the row.
    """
    flat = coefs.reshape(coefs.size)
    taps, rows, columns = weights.shape[2], coefs.shape[1], coefs.shape[2]
    for m in range(len(weights)):
        if y < span[m, 0, 0] or y >= span[m, 0, 1]:
            continue
        low, high = max(x0, span[m, 1, 0]), min(x1, span[m, 1, 1])
        if high <= low:
            continue
        for j in range(0 if y == max(top, span[m, 0, 0]) else taps - 1, taps):
            row = sources[m] * rows + pad + y + first[m, 0] + j
            begin = row * columns + pad + low + first[m, 1]
            place = base + (m * taps + (y + j) % taps) * STRIP + low - x0
            interpolate_row(flat, begin, weights, m, ring, place, high - low)


@inlined
def interpolate_row(
    flat: Plane, begin: int, weights: Cube, m: int, target: Plane, place: int, length: int
) -> None:
    """Weighted sum of neighbours along a row of a flat array, written into another."""
    taps = weights.shape[2]
    source, goal, number = np.uint64(begin), np.uint64(place), np.uint64(length)
    if taps == 4:
        w0, w1, w2, w3 = weights[m, 1, 0], weights[m, 1, 1], weights[m, 1, 2], weights[m, 1, 3]
        for x in range(number):
            target[goal + x] = (
                w0 * flat[source + x]
                + w1 * flat[source + x + ONE]
                + w2 * flat[source + x + TWO]
                + w3 * flat[source + x + THREE]
            )
    elif taps == 2:
        w0, w1 = weights[m, 1, 0], weights[m, 1, 1]
        for x in range(number):
            target[goal + x] = w0 * flat[source + x] + w1 * flat[source + x + ONE]
    else:
        for x in range(number):
            target[goal + x] = weights[m, 1, 0] * flat[source + x]
        for i in range(1, taps):
            weight, further = weights[m, 1, i], np.uint64(begin + i)
            for x in range(number):
                target[goal + x] += weight * flat[further + x]


@inlined
def sum_ring(
    ring: Plane, base: int, span: Ints, weights: Cube, y: int, line: Plane, start: int
) -> None:
    """Weighted sum along y of the rows in the ring, over all shifts that reach row `y`."""
    line[:] = 0
    add_every(ring, base, span, weights, 0, 1, y, line, start, STRIP)


@inlined
def add_every(
    rows: Plane,
    base: int,
    span: Ints,
    weights: Cube,
    first: int,
    stride: int,
    y: int,
    flat: Plane,
    begin: int,
    length: int,
) -> None:
    """Add the shifts `first`, `first + stride` and so on, two at a time where both reach."""
    m = first
    while m < len(weights):
        n = m + stride
        one = span[m, 0, 0] <= y < span[m, 0, 1]
        two = n < len(weights) and span[n, 0, 0] <= y < span[n, 0, 1]
        if one and two and weights.shape[2] == 4:
            add_two(rows, base, weights, m, n, y, flat, begin, length)
        else:
            if one:
                add_rows(rows, base, weights, m, y, flat, begin, length)
            if two:
                add_rows(rows, base, weights, n, y, flat, begin, length)
        m = n + stride


@inlined
def add_two(
    rows: Plane,
    base: int,
    weights: Cube,
    m: int,
    n: int,
    y: int,
    flat: Plane,
    begin: int,
    length: int,
) -> None:
    """Add the weighted rows of two cubic shifts: the flat array is then read and written once."""
    goal, number = np.uint64(begin), np.uint64(length)
    p0, p1, p2, p3 = y % 4, (y + 1) % 4, (y + 2) % 4, (y + 3) % 4
    r0, r1 = np.uint64(base + (m * 4 + p0) * STRIP), np.uint64(base + (m * 4 + p1) * STRIP)
    r2, r3 = np.uint64(base + (m * 4 + p2) * STRIP), np.uint64(base + (m * 4 + p3) * STRIP)
    s0, s1 = np.uint64(base + (n * 4 + p0) * STRIP), np.uint64(base + (n * 4 + p1) * STRIP)
    s2, s3 = np.uint64(base + (n * 4 + p2) * STRIP), np.uint64(base + (n * 4 + p3) * STRIP)
    w0, w1, w2, w3 = weights[m, 0, 0], weights[m, 0, 1], weights[m, 0, 2], weights[m, 0, 3]
    v0, v1, v2, v3 = weights[n, 0, 0], weights[n, 0, 1], weights[n, 0, 2], weights[n, 0, 3]
    for x in range(number):
        flat[goal + x] += (
            w0 * rows[r0 + x]
            + w1 * rows[r1 + x]
            + w2 * rows[r2 + x]
            + w3 * rows[r3 + x]
            + v0 * rows[s0 + x]
            + v1 * rows[s1 + x]
            + v2 * rows[s2 + x]
            + v3 * rows[s3 + x]
        )


@inlined
def add_rows(
    rows: Plane, base: int, weights: Cube, m: int, y: int, flat: Plane, begin: int, length: int
) -> None:
    """Add the weighted rows of one shift to part of a flat array.

    The row of tap j stands in the ring at place (y + j) modulo the number of taps.
    """
    taps = weights.shape[2]
    goal, number = np.uint64(begin), np.uint64(length)
    if taps == 4:
        r0 = np.uint64(base + (m * 4 + y % 4) * STRIP)
        r1 = np.uint64(base + (m * 4 + (y + 1) % 4) * STRIP)
        r2 = np.uint64(base + (m * 4 + (y + 2) % 4) * STRIP)
        r3 = np.uint64(base + (m * 4 + (y + 3) % 4) * STRIP)
        w0, w1, w2, w3 = weights[m, 0, 0], weights[m, 0, 1], weights[m, 0, 2], weights[m, 0, 3]
        for x in range(number):
            flat[goal + x] += (
                w0 * rows[r0 + x] + w1 * rows[r1 + x] + w2 * rows[r2 + x] + w3 * rows[r3 + x]
            )
    else:
        for j in range(taps):
            weight, row = weights[m, 0, j], np.uint64(base + (m * taps + (y + j) % taps) * STRIP)
            for x in range(number):
                flat[goal + x] += weight * rows[row + x]


def add_shifts(coefs: Cube, taps: Taps, out: Cube) -> None:
    """Add to each plane of `out` (S, Y, X) the images of B visits, each shifted to that plane.

    Parameters
    ----------
    coefs
        (B, Y + 2 PAD, X + 2 PAD).
    taps
        Of B S shifts, those of the first visit first.

    Notes
    -----
    Several visits at once, as the planes are then read and written once for all of them.
    """
    sources = np.repeat(np.arange(len(coefs)), len(out))
    _add_shifts(coefs, taps.first, taps.span, taps.weights, sources, out, PAD)


def add_weighted_shifts(
    coefs: Cube, taps: Taps, weight_coefs: Cube, weight_taps: Taps, out: Cube
) -> None:
    """Add to each plane of `out` the images of B visits times their weights, both shifted."""
    sources = np.repeat(np.arange(len(coefs)), len(out))
    _add_weighted_shifts(
        coefs,
        taps.first,
        taps.span,
        taps.weights,
        weight_coefs,
        weight_taps.first,
        weight_taps.weights,
        sources,
        out,
        PAD,
    )


@compiled
def _add_shifts(
    coefs: Cube, first: Ints, span: Ints, weights: Cube, sources: Ints, out: Cube, pad: int
) -> None:
    number, height, width = out.shape
    flat = out.reshape(out.size)
    ring, base = aligned(len(weights) * weights.shape[2] * STRIP)
    for x0 in range(0, width, STRIP):
        x1 = min(x0 + STRIP, width)
        ring[:] = 0
        for y in range(height):
            fill_ring(coefs, first, span, weights, sources, ring, base, y, 0, x0, x1, pad)
            for a in range(number):
                place = (a * height + y) * width + x0
                add_every(ring, base, span, weights, a, number, y, flat, place, x1 - x0)


@compiled
def _add_weighted_shifts(
    coefs: Cube,
    first: Ints,
    span: Ints,
    weights: Cube,
    other: Cube,
    other_first: Ints,
    other_weights: Cube,
    sources: Ints,
    out: Cube,
    pad: int,
) -> None:
    number, height, width = out.shape
    ring, base = aligned(len(weights) * weights.shape[2] * STRIP)
    other_ring, other_base = aligned(len(weights) * other_weights.shape[2] * STRIP)
    moved, counted = np.empty(STRIP, np.float32), np.empty(STRIP, np.float32)
    for x0 in range(0, width, STRIP):
        x1 = min(x0 + STRIP, width)
        ring[:] = 0
        other_ring[:] = 0
        for y in range(height):
            fill_ring(coefs, first, span, weights, sources, ring, base, y, 0, x0, x1, pad)
            fill_ring(
                other,
                other_first,
                span,
                other_weights,
                sources,
                other_ring,
                other_base,
                y,
                0,
                x0,
                x1,
                pad,
            )
            for m in range(len(weights)):
                if span[m, 0, 0] <= y < span[m, 0, 1]:
                    moved[:] = 0
                    counted[:] = 0
                    add_rows(ring, base, weights, m, y, moved, 0, x1 - x0)
                    add_rows(other_ring, other_base, other_weights, m, y, counted, 0, x1 - x0)
                    row = out[m % number, y, x0:x1]
                    for x in range(x1 - x0):
                        row[x] += moved[x] * counted[x]
