"""Shifts of an image, several at once and summed: separable, exact to float32's rounding."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.blocks import BLOCK, STRIP
from dcrviz.kernels.jit import compiled, inlined
from dcrviz.kernels.ring import (
    Part,
    Ring,
    ShiftTable,
    add_ring,
    clear_edges,
    fill_ring,
    ring_of,
    shift_table,
)
from dcrviz.kernels.spline import coefficients
from dcrviz.kernels.sums import aligned
from dcrviz.kernels.taps import PAD, Taps, tap_table
from dcrviz.records import Cube, Floats, Ints, Plane, SplineOrder


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


def add_shifts(coefs: Cube, taps: Taps, sources: Ints, out: Cube, *, anew: bool = False) -> None:
    """Add M shifted images to planes, one after another in turn: shift m to plane m modulo S.

    Parameters
    ----------
    coefs
        (B, Y + 2 PAD, X + 2 PAD).
    sources
        (M,), the image that each shift moves.
    out
        (S, Y, X).
    anew
        Whether the planes begin at 0, whatever they hold.

    Notes
    -----
    Several shifts at once, as the planes are then read and written once for all of them.
    """
    _add_shifts(coefs, shift_table(taps, sources), out, anew, PAD, ring_of(taps))


def add_weighted_shifts(
    coefs: Cube,
    taps: Taps,
    weight_coefs: Cube,
    weight_taps: Taps,
    out: Cube,
    *,
    anew: bool = False,
) -> None:
    """Add to each of S planes the images of B visits times their weights, both shifted.

    The tables hold B S shifts, those of the first visit first; `anew` is that of `add_shifts`.
    """
    sources = np.repeat(np.arange(len(coefs)), len(out))
    _add_weighted_shifts(
        coefs,
        shift_table(taps, sources),
        weight_coefs,
        shift_table(weight_taps, sources),
        out,
        anew,
        PAD,
        ring_of(taps),
        ring_of(weight_taps),
        aligned(2 * BLOCK * STRIP),
    )


@inlined
def _clear(out: Cube, part: Part) -> None:
    """Set a part of all planes to 0, just before it is added to and so while it is at hand."""
    top, bottom, x0, x1 = part
    for a in range(len(out)):
        for y in range(top, bottom):
            out[a, y, x0:x1] = 0


@compiled
def _add_shifts(
    coefs: Cube, shifts: ShiftTable, out: Cube, anew: bool, pad: int, ring: Ring
) -> None:
    number, height, width = out.shape
    every = len(shifts[3])
    flat = out.reshape(out.size)
    for x0 in range(0, width, STRIP):
        x1 = min(x0 + STRIP, width)
        clear_edges(shifts, ring, x0, x1)
        for y in range(0, height, BLOCK):
            part = (y, min(y + BLOCK, height), x0, x1)
            if anew:
                _clear(out, part)
            m = 0
            while m < every:
                served = fill_ring(coefs, shifts, ring, m, part, 0, pad)
                for k in range(m, m + served):
                    begin = (k % number * height + y) * width + x0
                    add_ring(ring, shifts, k, part, flat, begin, width)
                m += served


@compiled
def _add_weighted_shifts(
    coefs: Cube,
    shifts: ShiftTable,
    weight_coefs: Cube,
    weight_shifts: ShiftTable,
    out: Cube,
    anew: bool,
    pad: int,
    ring: Ring,
    weight_ring: Ring,
    lines: Plane,
) -> None:
    number, height, width = out.shape
    every = len(shifts[3])
    half = BLOCK * STRIP
    for x0 in range(0, width, STRIP):
        x1 = min(x0 + STRIP, width)
        clear_edges(shifts, ring, x0, x1)
        clear_edges(weight_shifts, weight_ring, x0, x1)
        for y in range(0, height, BLOCK):
            part = (y, min(y + BLOCK, height), x0, x1)
            if anew:
                _clear(out, part)
            filled, counts = 0, 0
            for m in range(every):
                if filled == m:
                    filled += fill_ring(coefs, shifts, ring, m, part, 0, pad)
                if counts == m:
                    counts += fill_ring(weight_coefs, weight_shifts, weight_ring, m, part, 0, pad)
                lines[:] = 0
                add_ring(ring, shifts, m, part, lines, 0, STRIP)
                add_ring(weight_ring, weight_shifts, m, part, lines, half, STRIP)
                for k in range(part[1] - y):
                    moved, counted = lines[k * STRIP :], lines[half + k * STRIP :]
                    row = out[m % number, y + k, x0:x1]
                    for x in range(x1 - x0):
                        row[x] += moved[x] * counted[x]
