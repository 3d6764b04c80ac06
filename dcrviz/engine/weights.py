"""What each pixel counts: visit weights, stacked weights, model weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dcrviz.kernels import shift_image, smooth
from dcrviz.physics.geometry import airmass_of
from dcrviz.records import Bools, Box, Cube, Floats, Plane, Shifts, SplineOrder, Visit

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
    weights: Cube | None, usable: Bools, shifts: Shifts, *, order: SplineOrder
) -> tuple[Cube, NDArray[np.uint16]]:
    """One over the summed weights of each plane, and the counts of visits, (S, Y, X) each.

    Parameters
    ----------
    weights
        (V, Y, X) of each pixel; None for 1 where it is usable and 0 where not.

    Notes
    -----
    ALGORITHM.md section 3: the usable pixels of each visit are shifted backward into each
    subfilter; a pixel is good where more than one visit's worth arrives in every subfilter. Both
    are 0 elsewhere.
    """
    n_visits, n_subfilters = shifts.midpoint.shape[:2]
    shape = (n_subfilters, *usable.shape[1:])
    arrived = np.zeros(shape, dtype=np.float32)
    total = arrived if weights is None else np.zeros(shape, dtype=np.float32)
    counts = np.zeros(shape, dtype=np.float32)
    for visit in range(n_visits):
        flat = usable[visit].astype(np.float32)
        for subfilter in range(n_subfilters):
            back = -shifts.midpoint[visit, subfilter]
            reached = shift_image(flat, back, order=order)
            arrived[subfilter] += reached
            counts[subfilter] += np.rint(reached)
            if weights is not None:
                # Linear: a higher spline rings around holes of a deep visit, and summed weights
                # near zero would amplify without limit.
                total[subfilter] += shift_image(weights[visit], back, order=min(order, 1))
    good = (arrived > 1 + _ROUNDING).all(axis=0) & (total > 0).all(axis=0)
    stack = np.divide(1, total, out=np.zeros(shape, dtype=np.float32), where=good)
    return stack, np.where(good, counts, 0).astype(np.uint16)


def model_weights(sources: Bools, box: Box, *, width_px: float) -> Plane:
    """Omega on a rectangle: its sources, smoothed and scaled to a maximum of 1; 0 without any.

    Notes
    -----
    ALGORITHM.md section 4, last item.
    """
    footprint = smooth(sources[box.slices].astype(np.float32), width_px, mode="reflect")
    peak = footprint.max()
    return footprint / peak if peak > 0 else footprint
