"""How well the matched templates fit the visits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.engine.noise import background_noise
from dcrviz.engine.problem import Problem
from dcrviz.engine.template import amplify, visit_template
from dcrviz.records import Bools, Cube, Floats, Frozen, Plane


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Convergence(Frozen):
    """The metric of a tile; `per_visit` is (V,), NaN for a visit without a usable pixel."""

    metric: float
    per_visit: Floats


def measure(
    problem: Problem, planes: Cube, tile: int, *, accelerate: float, estimator: str, empty: str
) -> Convergence:
    """Convergence of the whole field's planes on one tile.

    Parameters
    ----------
    planes
        (S, Y, X) of the whole field, not amplified.
    estimator
        Of the noise: ``std`` or ``robust``.
    empty
        What a visit without a usable pixel counts in the mean: ``zero`` or ``exclude``.

    Notes
    -----
    ALGORITHM.md section 5. The templates are made from the tile's own pixels without the buffer, as
    LSST's task does; the noise is that of the second plane over the whole field.
    """
    box = problem.tiles[tile].inner
    own = planes[:, *box.slices]
    noise = background_noise(
        planes[min(1, len(planes) - 1)],
        problem.background,
        margin_px=problem.buffer_px,
        estimator=estimator,
    )
    importance = np.abs(own.mean(axis=0, dtype=np.float64)) + 3 * noise
    if not importance.any():
        importance = np.ones_like(importance)
    amplified = amplify(own, accelerate)
    per_visit = np.array(
        [
            visit_metric(
                problem.images[visit][box.slices],
                visit_template(amplified, problem.shifts, visit, order=problem.order),
                importance,
                counted=problem.usable[visit][box.slices] & problem.detected[visit][box.slices],
            )
            for visit in range(len(problem.visits))
        ]
    )
    return Convergence(metric=mean_metric(per_visit, empty=empty), per_visit=per_visit)


def visit_metric(image: Plane, template: Plane, importance: Floats, *, counted: Bools) -> float:
    """Misfit of one visit: |image - template| over their mean, weighted; NaN if nothing counts."""
    difference = np.abs(image - template, dtype=np.float64)
    level = np.abs(image + template, dtype=np.float64) / 2
    counted = counted & np.isfinite(difference)
    if not counted.any():
        return float("nan")
    brightness = float(np.sum((level * importance)[counted]))
    return float(np.sum((difference * importance)[counted])) / brightness if brightness else 0.0


def mean_metric(per_visit: Floats, *, empty: str) -> float:
    """Mean over the visits; 0 if no visit has a usable pixel."""
    measured = per_visit[np.isfinite(per_visit)]
    if measured.size == 0:
        return 0.0
    return float(measured.sum() / (len(per_visit) if empty == "zero" else len(measured)))
