"""How a run, or one tile of it, ended."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Outcome(Enum):
    """State of a run; the value is a sentence for people. Ordered from best to worst ending."""

    RUNNING = "The run goes on."
    CONVERGED = "Converged: the last iteration improved the metric by less than the threshold."
    NO_DETECTIONS = (
        "No detections: nothing is marked as a source here, so the template divided by the number "
        "of subfilters stays."
    )
    STOPPED = "Stopped by hand."
    EXHAUSTED = "Maximum reached: the iterations ran out before the metric stopped improving."
    TOO_FEW_VISITS = (
        "Too few visits: no pixel is covered by more than one usable visit, so nothing was fitted."
    )
    DIVERGED = "Diverged: the metric ended worse than its best value."
    NO_DATA = "No valid data: no visit has a usable pixel on a source, so the fit can't be judged."

    @property
    def sentence(self) -> str:
        """The ending in words."""
        return self.value

    @property
    def severity(self) -> int:
        """Rank among the endings, 0 for a run that goes on, the worst highest."""
        return list(Outcome).index(self)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome of a whole: RUNNING while any part runs, then the worst of the parts."""
    parts = list(outcomes)
    if Outcome.RUNNING in parts:
        return Outcome.RUNNING
    return max(parts, key=lambda outcome: outcome.severity)
