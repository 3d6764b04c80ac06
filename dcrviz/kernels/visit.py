"""One visit in one sweep: matched template, residual, and the sums of the metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np

from dcrviz.kernels.blocks import BLOCK, STRIP
from dcrviz.kernels.jit import compiled, compiled_with_lists, summing, unwritable
from dcrviz.kernels.pool import run_bands
from dcrviz.kernels.ring import (
    Ring,
    ShiftTable,
    add_rings,
    clear_edges,
    fill_ring,
    ring_of,
    shift_table,
)
from dcrviz.kernels.sums import aligned
from dcrviz.kernels.taps import PAD, Taps
from dcrviz.records import Bools, Bytes, Cube, Floats, Ints, Plane


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class VisitPixels:
    """What a sweep reads of one visit, all (Y, X) on one rectangle.

    Parameters
    ----------
    image
        As read; NaN and anything else where it is not usable.
    usable, detected
        Pixels that count, and those on a source.
    """

    image: Plane
    usable: Bools
    detected: Bools


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class SweepRoom:
    """What a sweep works in: made once for many."""

    ring: Ring
    lines: Plane

    @classmethod
    def of(cls, tables: Sequence[Taps]) -> Self:
        """Room for sweeps with any of these tables: not all visits need equally many shifts."""
        return cls(ring=ring_of(max(tables, key=len)), lines=aligned(BLOCK * STRIP))


def residual_and_misfit(
    coefs: Cube,
    taps: Taps,
    sources: Ints,
    visit: VisitPixels,
    importance: Plane,
    *,
    residual: Plane,
    top: int,
    edge: int = 0,
    room: SweepRoom | None = None,
) -> tuple[float, float]:
    """Residual of a visit, and the two sums whose ratio is its metric.

    Parameters
    ----------
    coefs
        (S, Y + 2 PAD, X + 2 PAD) spline coefficients of the amplified planes.
    taps, sources
        The M shifts of the forward model, their weights along y carrying the factor of the mean,
        and (M,) the plane that each moves.
    importance
        (Y, X), the metric's weight of each pixel.
    residual
        (R + 2 edge, X + 2 edge), into which R rows of image - template are written, 0 where not
        usable; its edge is left.
    top
        The first of these rows.
    edge
        Pixels around what is written.
    room
        What is worked in; made anew if None.

    Returns
    -------
    difference, brightness
        Sums over usable and detected pixels of |image - template| and of |image + template| / 2,
        each times the importance.
    """
    room = room or SweepRoom.of([taps])
    difference, total = _sweep(
        coefs,
        shift_table(taps, sources),
        unwritable(visit.image),
        unwritable(visit.usable.view(np.uint8)),
        unwritable(visit.detected.view(np.uint8)),
        importance,
        residual,
        top,
        edge,
        PAD,
        room.ring,
        room.lines,
    )
    return difference, total / 2


@compiled
def _sweep(
    coefs: Cube,
    shifts: ShiftTable,
    image: Plane,
    usable: Bytes,
    detected: Bytes,
    importance: Plane,
    residual: Plane,
    top: int,
    edge: int,
    pad: int,
    ring: Ring,
    lines: Plane,
) -> tuple[float, float]:
    width = residual.shape[1] - 2 * edge
    bottom = top + len(residual) - 2 * edge
    difference, total = 0.0, 0.0
    for x0 in range(0, width, STRIP):
        x1 = min(x0 + STRIP, width)
        clear_edges(shifts, ring, x0, x1)
        for y in range(top, bottom, BLOCK):
            part = (y, min(y + BLOCK, bottom), x0, x1)
            lines[:] = 0
            m = 0
            while m < len(shifts[3]):
                served = fill_ring(coefs, shifts, ring, m, part, top, pad)
                add_rings(ring, shifts, m, served, part, lines, 0, STRIP)
                m += served
            for row in range(y, part[1]):
                less, more = _compare(
                    image[row, x0:x1],
                    lines[(row - y) * STRIP :],
                    usable[row, x0:x1],
                    detected[row, x0:x1],
                    importance[row, x0:x1],
                    residual[row - top + edge, x0 + edge : x1 + edge],
                )
                difference += less
                total += more
    return difference, total


@summing
def _compare(
    image: Plane,
    template: Plane,
    usable: Bytes,
    detected: Bytes,
    importance: Plane,
    residual: Plane,
) -> tuple[float, float]:
    """Residual along a row, and its contribution to the metric's two sums."""
    zero = np.float32(0)
    difference, total = 0.0, 0.0
    for x in range(len(image)):
        misfit = image[x] - template[x]
        # Chosen, not multiplied: what is not usable may be NaN.
        residual[x] = misfit if usable[x] else zero
        counts = usable[x] & detected[x]
        difference += float(abs(misfit) * importance[x] if counts else zero)
        total += float(abs(image[x] + template[x]) * importance[x] if counts else zero)
    return difference, total


def misfit_sums(
    template: Plane, visit: VisitPixels, importance: Plane, *, threads: int = 1
) -> tuple[float, float]:
    """The two sums of `residual_and_misfit` for a template that is at hand, (Y, X)."""
    sums = np.zeros((2, 1 + len(template)))
    loop = partial(
        _row_misfits,
        sums,
        np.ascontiguousarray(template),
        unwritable(visit.image),
        unwritable(visit.usable.view(np.uint8)),
        unwritable(visit.detected.view(np.uint8)),
        importance,
    )
    run_bands(loop, len(template), threads=threads)
    # One row after another, however many threads there are.
    difference, total = np.cumsum(sums, axis=1)[:, -1].tolist()
    return difference, total / 2


@compiled_with_lists
def _row_misfits(
    sums: Floats,
    template: Plane,
    image: Plane,
    usable: Bytes,
    detected: Bytes,
    importance: Plane,
    top: int,
    bottom: int,
) -> None:
    residual = np.empty(template.shape[1], np.float32)
    for y in range(top, bottom):
        sums[0, 1 + y], sums[1, 1 + y] = _compare(
            image[y], template[y], usable[y], detected[y], importance[y], residual
        )
