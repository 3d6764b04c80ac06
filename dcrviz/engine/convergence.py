"""How well the matched templates fit the visits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.engine.fit import fit_visits
from dcrviz.engine.fourier_fit import fourier_misfits
from dcrviz.engine.noise import background_noise
from dcrviz.engine.problem import Problem
from dcrviz.engine.step import Correction
from dcrviz.engine.template import amplify
from dcrviz.frozen import Frozen
from dcrviz.kernels.planes import brightness
from dcrviz.records import Cube, Floats, Plane


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Convergence(Frozen):
    """The metric of a tile.

    Parameters
    ----------
    per_visit
        (V,), NaN for a visit without a usable pixel.
    correction
        What the same pass has found should be added to the planes; None where the next iteration
        needs more pixels than the metric.
    """

    metric: float
    per_visit: Floats
    correction: Correction | None = None


def measure(  # noqa: PLR0913 - each of the metric's knobs by its name
    problem: Problem,
    planes: Cube,
    tile: int,
    *,
    accelerate: float,
    estimator: str,
    empty: str,
    threads: int = 1,
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
    box, outer = problem.tiles[tile].inner, problem.tiles[tile].outer
    own = np.ascontiguousarray(planes[:, *box.slices])
    if problem.template_order is None:
        importance = importance_of(problem, planes, own, estimator=estimator)
        exact = fourier_misfits(problem, own, importance, threads=threads)
        return Convergence(metric=mean_metric(exact, problem.factors, empty=empty), per_visit=exact)
    fit = fit_visits(
        problem,
        amplify(own, accelerate, threads=threads),
        box=box,
        importance=importance_of(problem, planes, own, estimator=estimator, threads=threads),
        stack=box == outer,
        threads=threads,
    )
    correction = None
    if fit.correction is not None:
        correction = Correction(tile=tile, accelerate=accelerate, planes=fit.correction)
    return Convergence(
        metric=mean_metric(fit.per_visit, problem.factors, empty=empty),
        per_visit=fit.per_visit,
        correction=correction,
    )


def importance_of(
    problem: Problem, planes: Cube, own: Cube, *, estimator: str, threads: int = 1
) -> Plane:
    """(Y, X) weight of each pixel of a tile in the metric: ``|mean plane| + 3 noise``."""
    noise = background_noise(
        planes[min(1, len(planes) - 1)],
        problem.background,
        margin_px=problem.buffer_px,
        estimator=estimator,
        threads=threads,
    )
    importance = brightness(own, 3 * noise, threads=threads)
    return importance if importance.any() else np.ones_like(importance)


def mean_metric(per_visit: Floats, factors: Floats, *, empty: str) -> float:
    """Mean over the visits, each by its factor; 0 if no visit that is on has a usable pixel."""
    measured = np.isfinite(per_visit) & (factors > 0)
    if not measured.any():
        return 0.0
    total = (per_visit[measured] * factors[measured]).sum()
    return float(total / (factors if empty == "zero" else factors[measured]).sum())
