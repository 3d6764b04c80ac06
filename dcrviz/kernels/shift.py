"""Shifts of an image, several at once and summed: separable, exact to float32's rounding.

A strip of columns is walked down row by row. Of each shift the last T rows, interpolated along x,
are kept in a ring; the output row is their weighted sum along y. All of it stays in the cache.
"""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import compiled
from dcrviz.kernels.spline import coefficients
from dcrviz.kernels.taps import PAD, Taps, tap_table
from dcrviz.records import Cube, Floats, Ints, Plane, SplineOrder

STRIP = 512
"""Columns that are worked on at once."""


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
    number, taps = weights.shape[0], weights.shape[2]
    ring = np.zeros((number, taps, STRIP), np.float32)
    line = np.zeros(STRIP, np.float32)
    for x0 in range(0, width, STRIP):
        x1 = min(x0 + STRIP, width)
        ring[:] = 0
        for y in range(height):
            fill_ring(coefs, first, span, weights, sources, ring, y, x0, x1, pad)
            sum_ring(ring, span, weights, y, x1 - x0, line)
            out[y, x0:x1] = line[: x1 - x0]


@compiled
def fill_ring(
    coefs: Cube,
    first: Ints,
    span: Ints,
    weights: Cube,
    sources: Ints,
    ring: Cube,
    y: int,
    x0: int,
    x1: int,
    pad: int,
) -> None:
    """Interpolate along x the rows that output row `y` needs and the ring does not hold yet."""
    number, taps = weights.shape[0], weights.shape[2]
    for m in range(number):
        if y < span[m, 0, 0] or y >= span[m, 0, 1]:
            continue
        fresh = taps if y == span[m, 0, 0] else 1
        low, high = max(x0, span[m, 1, 0]), min(x1, span[m, 1, 1])
        if high <= low:
            continue
        start = pad + low + first[m, 1]
        w = weights[m, 1]
        for j in range(taps - fresh, taps):
            source = y + first[m, 0] + j
            row = coefs[sources[m], pad + source, start : start + high - low + taps - 1]
            target = ring[m, (y + j) % taps, low - x0 : high - x0]
            interpolate_row(row, w, target)


@compiled
def interpolate_row(row: Plane, w: Plane, target: Plane) -> None:
    """Weighted sum of neighbours along a row, longer than `target` by the taps less one."""
    taps, length = len(w), len(target)
    if taps == 4:
        w0, w1, w2, w3 = w[0], w[1], w[2], w[3]
        for x in range(length):
            target[x] = w0 * row[x] + w1 * row[x + 1] + w2 * row[x + 2] + w3 * row[x + 3]
    elif taps == 2:
        w0, w1 = w[0], w[1]
        for x in range(length):
            target[x] = w0 * row[x] + w1 * row[x + 1]
    else:
        for x in range(length):
            target[x] = w[0] * row[x]
        for i in range(1, taps):
            wi = w[i]
            shifted = row[i : i + length]
            for x in range(length):
                target[x] += wi * shifted[x]


@compiled
def sum_ring(ring: Cube, span: Ints, weights: Cube, y: int, length: int, line: Plane) -> None:
    """Weighted sum along y of the rows in the ring, over all shifts that reach row `y`."""
    line[:length] = 0
    for m in range(len(weights)):
        if y < span[m, 0, 0] or y >= span[m, 0, 1]:
            continue
        add_rows(ring[m], weights[m, 0], y, line[:length])


@compiled
def add_rows(rows: Plane, w: Plane, y: int, line: Plane) -> None:
    """Add the weighted rows of one shift; the row of tap j stands at place (y + j) modulo T."""
    taps, length = len(w), len(line)
    if taps == 4:
        r0, r1, r2, r3 = rows[y % 4], rows[(y + 1) % 4], rows[(y + 2) % 4], rows[(y + 3) % 4]
        w0, w1, w2, w3 = w[0], w[1], w[2], w[3]
        for x in range(length):
            line[x] += w0 * r0[x] + w1 * r1[x] + w2 * r2[x] + w3 * r3[x]
    elif taps == 2:
        r0, r1 = rows[y % 2], rows[(y + 1) % 2]
        w0, w1 = w[0], w[1]
        for x in range(length):
            line[x] += w0 * r0[x] + w1 * r1[x]
    else:
        for j in range(taps):
            row, wj = rows[(y + j) % taps], w[j]
            for x in range(length):
                line[x] += wj * row[x]


def add_shifts(coefs: Plane, taps: Taps, out: Cube) -> None:
    """Add to each plane of `out` (S, Y, X) one image, shifted by that plane's taps."""
    _add_shifts(coefs, taps.first, taps.span, taps.weights, out, PAD)


@compiled
def _add_shifts(coefs: Plane, first: Ints, span: Ints, weights: Cube, out: Cube, pad: int) -> None:
    number, height, width = out.shape
    ring = np.zeros((number, weights.shape[2], STRIP), np.float32)
    source = np.zeros(number, np.int64)
    same = coefs.reshape((1, *coefs.shape))
    for x0 in range(0, width, STRIP):
        x1 = min(x0 + STRIP, width)
        ring[:] = 0
        for y in range(height):
            fill_ring(same, first, span, weights, source, ring, y, x0, x1, pad)
            for m in range(number):
                if span[m, 0, 0] <= y < span[m, 0, 1]:
                    add_rows(ring[m], weights[m, 0], y, out[m, y, x0:x1])
