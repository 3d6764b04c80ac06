"""The taps of every shift of every visit, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dcrviz.kernels.taps import Taps, tap_table
from dcrviz.records import Ints, Shifts, SplineOrder


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class VisitTaps:
    """Every shift of one visit on rectangles of one shape.

    Parameters
    ----------
    forward, sources
        The M shifts of the forward model, and (M,) the plane that each moves.
    backward, linear
        The S shifts back, by the spline of the problem and by at most a linear one for weights.
    """

    forward: Taps
    sources: Ints
    backward: Taps
    linear: Taps


@lru_cache(maxsize=64)
def visit_taps(shifts: Shifts, shape: tuple[int, int], order: SplineOrder) -> tuple[VisitTaps, ...]:
    """The taps of every visit on rectangles of this shape; computed once."""
    linear: SplineOrder = 1 if order > 1 else order
    tables = []
    for visit, midpoint in enumerate(shifts.midpoint):
        means = [shifts.forward(visit, subfilter) for subfilter in range(len(midpoint))]
        rows = [moved for moved, _ in means]
        forward = tap_table(np.concatenate(rows), shape, order=order)
        share = np.concatenate([weights for _, weights in means]).astype(np.float32)
        weights = forward.weights.copy()
        # The mean over the shifts of a plane, carried by the taps along y.
        weights[:, 0] *= share[:, None]
        tables.append(
            VisitTaps(
                forward=Taps(first=forward.first, span=forward.span, weights=weights),
                sources=np.repeat(np.arange(len(rows)), [len(r) for r in rows]),
                backward=tap_table(-midpoint, shape, order=order),
                linear=tap_table(-midpoint, shape, order=linear),
            )
        )
    return tuple(tables)
