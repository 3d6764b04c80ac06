"""Shifts of an image, several at once and summed: separable, exact to float32's rounding.

A strip of columns is walked down row by row. Of each shift the last T rows, interpolated along x,
are kept in a ring; the output row is their weighted sum along y. All of it stays in the cache.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from dcrviz.kernels.jit import compiled, inlined
from dcrviz.kernels.spline import coefficients
from dcrviz.kernels.sums import add_rows, aligned
from dcrviz.kernels.taps import PAD, Taps, tap_table
from dcrviz.records import Cube, Floats, Ints, Plane, SplineOrder

STRIP = 1024
"""Columns that are worked on at once."""
ONE, TWO, THREE = np.uint64(1), np.uint64(2), np.uint64(3)


# Plain tuples, as numba's cache of machine code would not survive the renaming of a class.
ShiftTable: TypeAlias = tuple[Ints, Ints, Cube, Ints]
"""First taps, spans and weights of M shifts, and the plane that each moves."""
Ring: TypeAlias = tuple[Plane, Ints, Plane]
"""Room for the rows that an output row needs of each shift; for where they begin, and weigh."""


def shift_table(taps: Taps, sources: Ints) -> ShiftTable:
    """The table of these taps for the loops."""
    return taps.first, taps.span, taps.weights, sources


def ring_of(taps: Taps) -> Ring:
    """An empty ring for this table."""
    number = len(taps) * taps.weights.shape[2]
    return aligned(number * STRIP), np.empty(number, np.int64), np.empty(number, np.float32)


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
        add_shifts(coefs[None], taps, np.zeros(1, dtype=np.int64), out[None])
    return out


def add_shifts(coefs: Cube, taps: Taps, sources: Ints, out: Cube) -> None:
    """Add M shifted images to planes, one after another in turn: shift m to plane m modulo S.

    Parameters
    ----------
    coefs
        (B, Y + 2 PAD, X + 2 PAD).
    sources
        (M,), the image that each shift moves.
    out
        (S, Y, X).

    Notes
    -----
    Several shifts at once, as the planes are then read and written once for all of them.
    """
    _add_shifts(coefs, shift_table(taps, sources), out, PAD, ring_of(taps))


def add_weighted_shifts(
    coefs: Cube, taps: Taps, weight_coefs: Cube, weight_taps: Taps, out: Cube
) -> None:
    """Add to each of S planes the images of B visits times their weights, both shifted.

    The tables hold B S shifts, those of the first visit first.
    """
    sources = np.repeat(np.arange(len(coefs)), len(out))
    _add_weighted_shifts(
        coefs,
        shift_table(taps, sources),
        weight_coefs,
        shift_table(weight_taps, sources),
        out,
        PAD,
        ring_of(taps),
        ring_of(weight_taps),
        np.empty((2, STRIP), np.float32),
    )


@compiled
def _add_shifts(coefs: Cube, shifts: ShiftTable, out: Cube, pad: int, ring: Ring) -> None:
    number, height, width = out.shape
    flat = out.reshape(out.size)
    for x0 in range(0, width, STRIP):
        x1 = min(x0 + STRIP, width)
        ring[0][:] = 0
        for y in range(height):
            fill_ring(coefs, shifts, ring, y, 0, x0, x1, pad)
            for a in range(number):
                begin = (a * height + y) * width + x0
                add_ring(ring, shifts, a, number, y, flat, begin, x1 - x0)


@compiled
def _add_weighted_shifts(
    coefs: Cube,
    shifts: ShiftTable,
    weight_coefs: Cube,
    weight_shifts: ShiftTable,
    out: Cube,
    pad: int,
    ring: Ring,
    weight_ring: Ring,
    lines: Plane,
) -> None:
    number, height, width = out.shape
    every = len(shifts[3])
    moved, counted = lines[0], lines[1]
    for x0 in range(0, width, STRIP):
        x1 = min(x0 + STRIP, width)
        ring[0][:] = 0
        weight_ring[0][:] = 0
        for y in range(height):
            fill_ring(coefs, shifts, ring, y, 0, x0, x1, pad)
            fill_ring(weight_coefs, weight_shifts, weight_ring, y, 0, x0, x1, pad)
            for m in range(every):
                lines[:] = 0
                add_ring(ring, shifts, m, every, y, moved, 0, x1 - x0)
                add_ring(weight_ring, weight_shifts, m, every, y, counted, 0, x1 - x0)
                row = out[m % number, y, x0:x1]
                for x in range(x1 - x0):
                    row[x] += moved[x] * counted[x]


@inlined
def fill_ring(
    coefs: Cube, shifts: ShiftTable, ring: Ring, y: int, top: int, x0: int, x1: int, pad: int
) -> None:
    """Interpolate along x the rows that output row `y` needs and the ring does not hold yet.

    It holds nothing yet at row `top`. The row of tap j stands at place (y + j) modulo T.
    """
    flat = coefs.reshape(coefs.size)
    first, span, weights, sources = shifts
    taps, rows, columns = weights.shape[2], coefs.shape[1], coefs.shape[2]
    for m in range(len(weights)):
        low, high = max(x0, span[m, 1, 0]), min(x1, span[m, 1, 1])
        if y < span[m, 0, 0] or y >= span[m, 0, 1] or high <= low:
            continue
        for j in range(0 if y == max(top, span[m, 0, 0]) else taps - 1, taps):
            row = sources[m] * rows + pad + y + first[m, 0] + j
            begin = row * columns + pad + low + first[m, 1]
            place = (m * taps + (y + j) % taps) * STRIP + low - x0
            interpolate_row(flat, begin, weights[m, 1], ring[0], place, high - low)


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
            weight, further = weights[i], np.uint64(begin + i)
            for x in range(number):
                target[goal + x] += weight * flat[further + x]


@inlined
def add_ring(
    ring: Ring,
    shifts: ShiftTable,
    start: int,
    stride: int,
    y: int,
    flat: Plane,
    begin: int,
    length: int,
) -> None:
    """Add the weighted sums along y of shifts `start`, `start + stride` and so on.

    Those that do not reach row `y` add nothing.
    """
    _, span, weights, _ = shifts
    rows, begins, heights = ring
    taps, number = weights.shape[2], 0
    for m in range(start, len(weights), stride):
        if span[m, 0, 0] <= y < span[m, 0, 1]:
            for j in range(taps):
                begins[number] = (m * taps + (y + j) % taps) * STRIP
                heights[number] = weights[m, 0, j]
                number += 1
    add_rows(rows, begins, heights, number, flat, begin, length)
