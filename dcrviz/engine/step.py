"""The state between two iterations: all that the next one needs, and nothing derived."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dcrviz.engine.outcome import Outcome
from dcrviz.frozen import Frozen
from dcrviz.records import Cube, Floats


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ClampReport(Frozen):
    """What the clamps did in one iteration; fractions of the pixels, (S,) each.

    Parameters
    ----------
    iteration_high, iteration_low
        Clamped because the pixel changed too much since the last iteration.
    subfilter_high, subfilter_low
        Clamped because the pixel differs too much from the mean of the planes.
    flux_before, flux_after
        Sum of each plane before and after both clamps.
    """

    iteration_high: Floats
    iteration_low: Floats
    subfilter_high: Floats
    subfilter_low: Floats
    flux_before: Floats
    flux_after: Floats


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Correction(Frozen):
    """The stacked residual of a step's planes, which the pass for the metric has made already.

    Parameters
    ----------
    tile, accelerate
        Under which it was made: with any other it is stale.
    planes
        (S, Y, X) on the tile with its buffer.
    """

    tile: int
    accelerate: float
    planes: Cube


class Memory:
    """What a solver must remember beside the planes; each solver has its own, or none."""

    __slots__ = ()


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class History(Frozen):
    """The course of one tile.

    Parameters
    ----------
    gains
        One per iteration.
    metrics
        One more than the gains, the starting model's first; empty before the tile has begun, NaN
        where convergence was not measured.
    visit_metrics
        (V,) for each metric; NaN for a visit without a usable pixel.
    residuals
        Relative residual of the normal equations after each iteration; NaN where the solver has
        no such equations.
    best_planes
        (S, Y, X) of the whole field when the metric was at its best; None once another tile has
        followed.
    ending
        What the run was judged to end as, while the return to the best planes is still to come.
    lsst_ending
        What LSST's 2019 task would call the ending: ``converged``, ``diverged``,
        ``max_iterations`` or ``metric_zero``; empty before the end.
    """

    gains: tuple[float, ...] = ()
    metrics: tuple[float, ...] = ()
    visit_metrics: tuple[Floats, ...] = ()
    residuals: tuple[float, ...] = ()
    best_planes: Cube | None = None
    ending: Outcome | None = None
    outcome: Outcome = Outcome.RUNNING
    lsst_ending: str = ""

    @property
    def iterations(self) -> int:
        """Number of iterations done."""
        return len(self.gains)

    @property
    def begun(self) -> bool:
        """Whether the starting model has been measured."""
        return bool(self.metrics)

    @property
    def best_iteration(self) -> int:
        """Iteration with the lowest metric, 0 for the starting model."""
        metrics = np.asarray(self.metrics)
        return int(np.nanargmin(metrics)) if np.isfinite(metrics).any() else self.iterations

    @property
    def improvement(self) -> float:
        """Relative improvement by the last iteration; 1 where it was not measured.

        Notes
        -----
        ALGORITHM.md section 6: check = (previous - metric) / metric.
        """
        if len(self.metrics) < 2 or not np.isfinite(self.metrics[-2:]).all():
            return 1.0
        previous, last = self.metrics[-2:]
        return (previous - last) / last if last else 1.0

    def followed_by(
        self, *, gain: float, metric: float, per_visit: Floats, residual: float = float("nan")
    ) -> History:
        """The history with one more iteration."""
        return replace(
            self,
            gains=(*self.gains, gain),
            metrics=(*self.metrics, metric),
            visit_metrics=(*self.visit_metrics, per_visit),
            residuals=(*self.residuals, residual),
        )


@dataclass(frozen=True, eq=False, slots=True, kw_only=True, weakref_slot=True)
class Step(Frozen):
    """One point of the timeline: the planes after an iteration of one tile.

    Parameters
    ----------
    index
        Position in the timeline; 0 is the starting model.
    tile
        The tile that this step advanced.
    planes
        (S, Y, X), the subfilter planes of the whole field, not amplified.
    histories
        One for each tile.
    accelerate
        The amplification that was in force, with which the planes become coadds.
    clamps
        What the clamps did; None where nothing was iterated.
    outcome
        Of the whole run: the worst of its tiles'.
    correction
        For speed only: what the next iteration would compute first. It may be dropped at any time.
    memory
        What the solver goes on from, beside the planes; None if it needs nothing more.
    covariance
        (S, S), posterior covariance of the planes in one pixel; None if the solver tells none.
    """

    index: int
    tile: int
    planes: Cube
    histories: tuple[History, ...]
    accelerate: float
    clamps: ClampReport | None = None
    outcome: Outcome = Outcome.RUNNING
    correction: Correction | None = None
    memory: Memory | None = None
    covariance: Floats | None = None

    @property
    def history(self) -> History:
        """Of the tile that this step advanced."""
        return self.histories[self.tile]

    @property
    def returned(self) -> bool:
        """Whether this step took the tile back to its best iteration."""
        history = self.history
        return history.ending is not None and history.outcome is history.ending

    @property
    def iteration(self) -> int:
        """Iterations of the tile that led to these planes."""
        return self.history.best_iteration if self.returned else self.history.iterations

    @property
    def metric(self) -> float:
        """Convergence metric of the tile, NaN where it was not measured."""
        metrics = self.history.metrics
        return metrics[self.iteration] if metrics else float("nan")

    @property
    def gain(self) -> float:
        """Gain of the tile's last iteration, NaN before the first."""
        return self.history.gains[-1] if self.history.gains else float("nan")
