"""What each pixel counts: visit weights, stacked weights, model weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dcrviz.box import Box
from dcrviz.kernels import smooth
from dcrviz.kernels.pool import row_bands, run_all, run_row_bands
from dcrviz.kernels.shift import add_shifts
from dcrviz.kernels.spline import begin_coefficients, coefficients, end_coefficients
from dcrviz.kernels.taps import PAD, tap_table
from dcrviz.physics.geometry import airmass_of
from dcrviz.records import Bools, Cube, Floats, Plane, Shifts, SplineOrder, Visit
from dcrviz.rooms import fresh
from dcrviz.scratch import Room

# Weights of some rows of a visit.
RowsOfVisits = Callable[[int, slice], Plane]
# A single visit arrives as 1 but for the rounding of its taps: it must not pass for more than one.
_ROUNDING = 1e-5


def visit_weights(visits: Sequence[Visit], *, by_airmass: bool) -> Floats:
    """(V,) statistical weight of each visit, multiplied by its airmass if asked for."""
    weights = np.array([visit.weight for visit in visits], dtype=np.float64)
    if not by_airmass:
        return weights
    airmasses = np.array([airmass_of(visit) for visit in visits])
    weighted: Floats = weights * airmasses
    return weighted


def pixel_weights(variance: Plane, usable: Bools, visit_weight: float) -> Plane:
    """(Y, X) inverse variance times visit weight, 0 where not usable or without a variance."""
    counts = usable & np.isfinite(variance) & (variance > 0)
    weight = np.zeros(variance.shape, dtype=np.float32)
    np.divide(visit_weight, variance, out=weight, where=counts, casting="same_kind")
    return weight


def stack_weights(
    weights: RowsOfVisits | None,
    usable: Bools,
    shifts: Shifts,
    *,
    order: SplineOrder,
    room: Room | None = None,
    threads: int = 1,
) -> tuple[Cube, NDArray[np.uint16]]:
    """One over the summed weights of each plane, and the counts of visits, (S, Y, X) each.

    Parameters
    ----------
    weights
        Gives those of some rows of a visit, and is asked for each once; None for 1 where a pixel is
        usable and 0 where not.
    room
        Where both are kept; in memory if None.

    Notes
    -----
    ALGORITHM.md section 3: the usable pixels of each visit are shifted backward into each
    subfilter; a pixel is good where more than one visit's worth arrives in every subfilter. Both
    are 0 elsewhere.
    """
    room, n_subfilters = room or Room(), shifts.midpoint.shape[1]
    shape = (n_subfilters, *usable.shape[1:])
    # Linear: a higher spline rings around holes of a deep visit, and summed weights near zero would
    # amplify without limit.
    linear: SplineOrder = 1 if order > 1 else order
    stack, counts = room.begin(shape, np.float32), room.begin(shape, np.uint16)
    arrived = np.zeros(shape, np.float32)

    def clear(rows: slice) -> None:
        stack.array[:, rows], counts.array[:, rows] = 0, 0

    def add(subfilter: int, visit: int, flags: Plane) -> None:
        reached = _moved_back(flags, shifts, (visit, subfilter), order)
        _count(reached, arrived[subfilter], counts.array[subfilter])

    def weigh(subfilter: int, visit: int, coefs: Plane) -> None:
        stack.array[subfilter] += _moved_back(coefs, shifts, (visit, subfilter), linear)

    def invert(rows: slice) -> None:
        totals, reached = stack.array[:, rows], arrived[:, rows]
        if weights is None:
            totals[:] = reached
        good = (reached > 1 + _ROUNDING).all(axis=0) & (totals > 0).all(axis=0)
        np.divide(1, totals, out=totals, where=good)
        totals[:, ~good] = 0
        counts.array[:, rows] *= good

    run_row_bands(clear, shape[1:], threads=threads)
    for visit, flags in enumerate(usable):
        of_visit = None if weights is None else partial(weights, visit)
        coefs = _coefs_of(flags, of_visit, orders=(order, linear), threads=threads)
        tasks = [
            partial(task, subfilter, visit, each)
            for task, each in zip((add, weigh), coefs, strict=False)
            for subfilter in range(n_subfilters)
        ]
        run_all(tasks, threads=threads)
    run_row_bands(invert, shape[1:], threads=threads)
    return stack.finish(), counts.finish()


def _coefs_of(
    flags: Bools,
    weights: Callable[[slice], Plane] | None,
    *,
    orders: tuple[SplineOrder, SplineOrder],
    threads: int,
) -> list[Plane]:
    """Coefficients of the flags of a visit and, if there are any, of its weights."""
    height, width = (side + 2 * PAD for side in flags.shape)
    coefs = [fresh(height, width) for _ in range(1 if weights is None else 2)]

    def of_flags() -> None:
        image = fresh(*flags.shape)
        image[:] = flags
        coefficients(image, order=orders[0], out=coefs[0])

    if weights is None:
        of_flags()
        return coefs

    def begin(rows: slice) -> None:
        begin_coefficients(weights(rows), coefs[1], top=rows.start, order=orders[1])

    # Band by band, as to compute weights may take longer than all that is done with the flags.
    bands: list[Callable[[], None]] = [partial(begin, rows) for rows in row_bands(flags.shape)]
    run_all([of_flags, *bands], threads=threads)
    end_coefficients(coefs[1], order=orders[1])
    return coefs


def _count(reached: Plane, arrived: Plane, counts: NDArray[np.uint16]) -> None:
    for rows in row_bands(reached.shape):
        arrived[rows] += reached[rows]
        # Around a hole a spline may fall below zero: the count wraps, and comes up again.
        counts[rows] += np.rint(reached[rows]).astype(np.int16).view(np.uint16)


def _moved_back(coefs: Plane, shifts: Shifts, which: tuple[int, int], order: SplineOrder) -> Plane:
    """The image of these coefficients, shifted back from a visit into a subfilter."""
    out = fresh(coefs.shape[0] - 2 * PAD, coefs.shape[1] - 2 * PAD)
    if out.size:
        taps = tap_table(-shifts.midpoint[which][None], out.shape, order=order)
        add_shifts(coefs[None], taps, np.zeros(1, np.int64), out[None], anew=True)
    return out


def model_weights(sources: Bools, box: Box, *, width_px: float) -> Plane:
    """Omega on a rectangle: its sources, smoothed and scaled to a maximum of 1; 0 without any.

    Notes
    -----
    ALGORITHM.md section 4, last item.
    """
    footprint = smooth(sources[box.slices].astype(np.float32), width_px, mode="reflect")
    peak = footprint.max()
    return footprint / peak if peak > 0 else footprint
