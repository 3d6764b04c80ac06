"""One visit in one sweep: matched template, residual, and the sums of the metric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.kernels.jit import compiled, compiled_with_lists, summing
from dcrviz.kernels.shift import STRIP, Ring, ShiftTable, add_ring, fill_ring, ring_of, shift_table
from dcrviz.kernels.sums import aligned
from dcrviz.kernels.taps import PAD, Taps
from dcrviz.records import Bools, Bytes, Cube, Ints, Plane


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


def residual_and_misfit(
    coefs: Cube,
    taps: Taps,
    sources: Ints,
    visit: VisitPixels,
    importance: Plane,
    *,
    residual: Plane,
    top: int,
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
        (R, X), into which R rows of image - template are written, 0 where not usable.
    top
        The first of these rows.

    Returns
    -------
    difference, brightness
        Sums over usable and detected pixels of |image - template| and of |image + template| / 2,
        each times the importance.
    """
    difference, total = _sweep(
        coefs,
        shift_table(taps, sources),
        visit.image,
        visit.usable.view(np.uint8),
        visit.detected.view(np.uint8),
        importance,
        residual,
        top,
        PAD,
        ring_of(taps),
        aligned(STRIP),
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
    pad: int,
    ring: Ring,
    line: Plane,
) -> tuple[float, float]:
    width = residual.shape[1]
    difference, total = 0.0, 0.0
    for x0 in range(0, width, STRIP):
        x1 = min(x0 + STRIP, width)
        ring[0][:] = 0
        for y in range(top, top + len(residual)):
            line[:] = 0
            fill_ring(coefs, shifts, ring, y, top, x0, x1, pad)
            add_ring(ring, shifts, 0, 1, y, line, 0, x1 - x0)
            less, more = _compare(
                image[y, x0:x1],
                line[: x1 - x0],
                usable[y, x0:x1],
                detected[y, x0:x1],
                importance[y, x0:x1],
                residual[y - top, x0:x1],
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


def misfit_sums(template: Plane, visit: VisitPixels, importance: Plane) -> tuple[float, float]:
    """The two sums of `residual_and_misfit` for a template that is at hand, (Y, X)."""
    difference, total = _sum_misfit(
        np.ascontiguousarray(template),
        visit.image,
        visit.usable.view(np.uint8),
        visit.detected.view(np.uint8),
        importance,
    )
    return difference, total / 2


@compiled_with_lists
def _sum_misfit(
    template: Plane, image: Plane, usable: Bytes, detected: Bytes, importance: Plane
) -> tuple[float, float]:
    residual = np.empty(template.shape[1], np.float32)
    difference, total = 0.0, 0.0
    for y in range(len(template)):
        less, more = _compare(
            image[y], template[y], usable[y], detected[y], importance[y], residual
        )
        difference += less
        total += more
    return difference, total
