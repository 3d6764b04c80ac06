"""The numbers of one step that tell how a run goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.diagnostics.holes import Blemish, blemishes_in, blemishes_of, near_pixels, share_of
from dcrviz.diagnostics.ledger import Ledger, ledger_of
from dcrviz.diagnostics.pictures import (
    shown_planes,
    sky_noise,
    source_pixels,
    visit_noise,
)
from dcrviz.diagnostics.remembered import remembered
from dcrviz.engine import Problem, Step
from dcrviz.frozen import Frozen
from dcrviz.kernels.counted import counted_sums, squared_change
from dcrviz.records import Bools, Cube, Floats


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class CourseEntry(Frozen):
    """What the curves show of one step; NaN where there is no such number.

    Parameters
    ----------
    index
        Place in the timeline.
    tile, iteration
        The subregion that was advanced, and its iterations that led to these planes.
    metric, visit_metrics
        Of that subregion: the mean, and (V,) of each visit.
    best
        Lowest metric so far.
    threshold
        Metric below which the iteration counts as progress: the last one over 1 plus the
        convergence threshold. NaN for solvers that are not judged by the metric.
    gain
        Of this iteration.
    residual, tolerance
        Relative residual of the solver's equations, and that at which it stops.
    holes, wings
        How many there are in all planes.
    hole_fraction, wing_fraction
        Of the pixels near sources, of all planes.
    clamped
        Fraction of the subregion's pixels, of all planes, that a clamp limited: that of the two
        which limited more of a plane.
    clamp_flux
        By which the clamps changed the sum of all planes, over that of the template; 0 without.
    metric_floor
        The metric that noise alone would leave, by the visits' background.
    plane_flux
        (S,), sum of each plane over the source pixels, or over all where nothing is detected.
    template_flux
        The same sum of the template.
    ledger
        Light of each bright source.
    change_sigma
        Root mean square over these pixels of what has changed since the step before, in units of
        the sky noise.
    """

    index: int
    tile: int
    iteration: int
    metric: float
    visit_metrics: Floats
    best: float
    threshold: float
    gain: float
    residual: float
    tolerance: float
    blemishes: tuple[Blemish, ...]
    hole_fraction: float
    wing_fraction: float
    clamped: float
    clamp_flux: float
    metric_floor: float
    plane_flux: Floats
    template_flux: float
    ledger: Ledger
    change_sigma: float

    @property
    def holes(self) -> int:
        """Number of holes."""
        return sum(blemish.kind == "hole" for blemish in self.blemishes)

    @property
    def wings(self) -> int:
        """Number of wings."""
        return len(self.blemishes) - self.holes

    @property
    def flux_ratio(self) -> float:
        """Flux of all planes over that of the template."""
        return float(self.plane_flux.sum() / self.template_flux) if self.template_flux else np.nan


def course_entry(
    problem: Problem, step: Step, before: Step | None = None, config: AssembleConfig | None = None
) -> CourseEntry:
    """The numbers of a step.

    Parameters
    ----------
    before
        The step it came from; None for the starting model.
    config
        Knobs of the iteration that led to it; None for those the problem was prepared with.
    """
    config = config or problem.config
    history, iteration = step.history, step.iteration
    shown = shown_planes(step, threads=threads_of(problem.config, problem.shape))
    # Returning to the best planes is no iteration: it has neither gain nor residual.
    iterated = iteration > 0 and not step.returned
    metrics = np.array(history.metrics[: iteration + 1])
    blemishes, near = blemishes_of(problem, step, shown), near_pixels(problem)
    shares = {
        kind: share_of(blemishes, near, kind=kind, n_subfilters=problem.n_subfilters)
        for kind in ("hole", "wing")
    }
    # An exact solver isn't judged by its metric, and only conjugate gradients have a tolerance.
    by_metric = iterated and not problem.config.in_fourier_space
    return CourseEntry(
        index=step.index,
        tile=step.tile,
        iteration=iteration,
        metric=step.metric,
        visit_metrics=(
            history.visit_metrics[iteration]
            if metrics.size
            else np.full(len(problem.visits), np.nan)
        ),
        best=float(np.nanmin(metrics)) if np.isfinite(metrics).any() else np.nan,
        threshold=metrics[-2] / (1 + config.convergence_threshold) if by_metric else np.nan,
        gain=history.gains[iteration - 1] if iterated else np.nan,
        residual=history.residuals[iteration - 1] if iterated else np.nan,
        tolerance=config.tolerance if problem.config.solver == "pcg" else np.nan,
        blemishes=blemishes,
        hole_fraction=shares["hole"],
        wing_fraction=shares["wing"],
        clamped=_clamped(step),
        clamp_flux=_clamp_flux(problem, step),
        metric_floor=_metric_floor(problem),
        plane_flux=_flux(problem, shown),
        template_flux=_template_flux(problem),
        ledger=ledger_of(problem, shown),
        change_sigma=np.nan if before is None else _change(problem, shown, before),
    )


def planes_entry(problem: Problem, planes: Cube) -> CourseEntry:
    """The numbers of planes that were made elsewhere, as of a start; NaN where only a fit has any.

    Parameters
    ----------
    planes
        (S, Y, X), as they become coadds.
    """
    blemishes, near = blemishes_in(problem, planes), near_pixels(problem)
    shares = {
        kind: share_of(blemishes, near, kind=kind, n_subfilters=len(planes))
        for kind in ("hole", "wing")
    }
    nan = float("nan")
    return CourseEntry(
        index=0,
        tile=0,
        iteration=0,
        metric=nan,
        visit_metrics=np.full(len(problem.visits), nan),
        best=nan,
        threshold=nan,
        gain=nan,
        residual=nan,
        tolerance=nan,
        blemishes=blemishes,
        hole_fraction=shares["hole"],
        wing_fraction=shares["wing"],
        clamped=nan,
        clamp_flux=0.0,
        metric_floor=_metric_floor(problem),
        plane_flux=_flux(problem, planes),
        template_flux=_template_flux(problem),
        ledger=ledger_of(problem, planes),
        change_sigma=nan,
    )


def _clamped(step: Step) -> float:
    clamps = step.clamps
    if clamps is None:
        return float("nan")
    of_iterations = clamps.iteration_high + clamps.iteration_low
    of_subfilters = clamps.subfilter_high + clamps.subfilter_low
    return float(np.mean(np.maximum(of_iterations, of_subfilters)))


def _clamp_flux(problem: Problem, step: Step) -> float:
    clamps, total = step.clamps, _template_flux(problem)
    if clamps is None or not total:
        return 0.0
    return float((clamps.flux_after - clamps.flux_before).sum() / abs(total))


@remembered
def _metric_floor(problem: Problem) -> float:
    """Mean over the visits that are on of what their background's noise adds to the metric.

    Each pixel of a source weighs as much as it is bright (`convergence.importance_of`), and the
    mean size of Gaussian noise is sqrt(2 / pi) of its deviation.
    """
    on = np.flatnonzero(problem.factors)
    light = np.abs(problem.template.image[source_pixels(problem)]).astype(np.float64)
    if not on.size or not light.any():
        return np.nan
    noise = np.mean([visit_noise(problem, int(visit)) for visit in on])
    return float(np.sqrt(2 / np.pi) * noise * light.sum() / (light**2).sum())


def _flux(problem: Problem, planes: Cube) -> Floats:
    return counted_sums(
        planes, _counted(problem), threads=threads_of(problem.config, problem.shape)
    )


@remembered
def _template_flux(problem: Problem) -> float:
    return float(_flux(problem, problem.template.image[None])[0])


def _change(problem: Problem, shown: Cube, before: Step) -> float:
    counted, threads = _counted(problem), threads_of(problem.config, problem.shape)
    then = shown_planes(before, threads=threads)
    squares = squared_change(shown, then, counted, threads=threads)
    number = problem.n_subfilters * int(np.count_nonzero(counted))
    return float(np.sqrt(squares / max(1, number)) / sky_noise(problem))


@remembered
def _counted(problem: Problem) -> Bools:
    """(Y, X), the source pixels, or all if nothing is detected."""
    detected = source_pixels(problem)
    return detected if detected.any() else np.ones_like(detected)
