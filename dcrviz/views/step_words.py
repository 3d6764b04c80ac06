"""What a step is called, and its numbers, as people read them; without Panel."""

from __future__ import annotations

from dcrviz.diagnostics.progress import metric_words
from dcrviz.engine import Step


def place_words(step: Step) -> str:
    """Which iteration, and of which subregion if there are several."""
    if len(step.histories) == 1:
        return f"Iteration {step.iteration}"
    return f"Subregion {step.tile + 1} of {len(step.histories)}, iteration {step.iteration}"


def done_words(step: Step) -> str:
    """How many iterations are done, whichever of them a run has returned to."""
    if step.returned and len(step.histories) == 1:
        return f"Iteration {step.history.iterations}"
    return place_words(step)


def step_words(step: Step, *, solver: str) -> str:
    """Where a run is, and the metric with what the solver goes by in this iteration."""
    place = f"Returned to iteration {step.iteration}" if step.returned else place_words(step)
    return f"{place}: {_numbers(step, solver)}."


def _numbers(step: Step, solver: str) -> str:
    metric = metric_words(step.metric)
    if not step.iteration:
        return f"the starting model, {metric}"
    if solver == "direct":
        return metric
    if solver == "pcg":
        return f"{metric}, relative residual {step.history.residuals[step.iteration - 1]:.1e}"
    return f"{metric}, gain {step.history.gains[step.iteration - 1]:.2f}"
