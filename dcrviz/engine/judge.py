"""The only place that decides when a tile stops, and what its ending is called."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dcrviz.engine.outcome import Outcome, worst
from dcrviz.engine.step import History, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingRule:
    """When a tile stops.

    Parameters
    ----------
    min_iterations
        Limit as LSST's task counts: at least ``min + 1`` iterations are run.
    most_iterations
        How many are run at most, counted plainly.
    threshold
        Relative improvement of the metric at or below which the run has converged.
    on_divergence
        ``last`` keeps the last planes of a run that ended worse than its best; ``best`` leaves the
        run open for one more step, which returns to the best ones.
    """

    min_iterations: float
    most_iterations: int
    threshold: float
    use_convergence: bool
    on_divergence: str


def judge(history: History, rule: StoppingRule) -> History:
    """The history with its outcome after the last iteration (ALGORITHM.md section 6)."""
    lsst_ending = _lsst_ending(history, rule)
    if not lsst_ending:
        return history
    ending = _ENDINGS[lsst_ending]
    if _worse_than_best(history) and ending is not Outcome.NO_DATA:
        ending = Outcome.DIVERGED
    if ending is Outcome.DIVERGED and rule.on_divergence == "best":
        return replace(history, ending=ending, lsst_ending=lsst_ending)
    return replace(history, outcome=ending, lsst_ending=lsst_ending)


def judge_equations(history: History, *, tolerance: float, most_iterations: int) -> History:
    """The history of a solver of equations, judged by how well they are solved.

    A metric that is worse than that of the template, which holds the visits' own noise, is no
    divergence.
    """
    residual = history.residuals[-1]
    if np.isnan(residual) and np.isfinite(tolerance):
        return replace(history, outcome=Outcome.DIVERGED, lsst_ending="diverged")
    if not residual > tolerance:
        return replace(history, outcome=Outcome.CONVERGED, lsst_ending="converged")
    if history.iterations >= most_iterations:
        return replace(history, outcome=Outcome.EXHAUSTED, lsst_ending="max_iterations")
    return history


def stopped(step: Step) -> Step:
    """The step as the end of a run that somebody stopped: tiles that ended already stay so."""
    return _with_outcome(step, Outcome.STOPPED, where=Outcome.RUNNING)


def resumed(step: Step) -> Step:
    """The step as it was before it was stopped."""
    return _with_outcome(step, Outcome.RUNNING, where=Outcome.STOPPED)


def _with_outcome(step: Step, outcome: Outcome, *, where: Outcome) -> Step:
    if all(history.outcome is not where for history in step.histories):
        return step
    histories = tuple(
        replace(history, outcome=outcome) if history.outcome is where else history
        for history in step.histories
    )
    return replace(step, histories=histories, outcome=worst(h.outcome for h in histories))


def _worse_than_best(history: History) -> bool:
    last, best = history.metrics[-1], history.metrics[history.best_iteration]
    return last > best


def _lsst_ending(history: History, rule: StoppingRule) -> str:
    """Ending as the 2019 task names it, empty while it would go on."""
    done = history.iterations - 1
    improvement = history.improvement if rule.use_convergence else 1.0
    if rule.use_convergence and not (np.isfinite(history.metrics[-1]) and history.metrics[-1]):
        return "metric_zero"
    if improvement < 0 and done > rule.min_iterations:
        return "diverged"
    if history.iterations >= rule.most_iterations:
        return "max_iterations"
    if improvement > rule.threshold or done + 1 <= rule.min_iterations:
        return ""
    return "converged"


_ENDINGS = {
    "metric_zero": Outcome.NO_DATA,
    "diverged": Outcome.DIVERGED,
    "max_iterations": Outcome.EXHAUSTED,
    "converged": Outcome.CONVERGED,
}
