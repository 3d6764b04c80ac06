"""How a run, or one tile of it, ended."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Outcome(Enum):
    """State of a run; the value is a sentence for people. Ordered from best to worst ending."""

    RUNNING = "The run goes on."
    CONVERGED = "Converged: another iteration would change little."
    NO_DETECTIONS = (
        "No detections: nothing is marked as a source here, so the template divided by the number "
        "of subfilters stays."
    )
    STOPPED = "Stopped by hand."
    EXHAUSTED = "Maximum reached: the iterations ran out before the run converged."
    TOO_FEW_VISITS = (
        "Too few visits: no pixel is covered by more than one usable visit, so nothing was fitted."
    )
    DIVERGED = "Diverged: the run ended worse than it was before."
    NO_DATA = "No valid data: no visit has a usable pixel on a source, so the fit can't be judged."

    @property
    def sentence(self) -> str:
        """The ending in words that are true for every solver."""
        return self.value

    def sentence_for(self, solver: str) -> str:
        """The ending in the words of one solver: what it is judged by."""
        return _IN_ITS_WORDS.get(solver, _BY_METRIC).get(self, self.value)

    @property
    def severity(self) -> int:
        """Rank among the endings, 0 for a run that goes on, the worst highest."""
        return list(Outcome).index(self)


_BY_METRIC = {
    Outcome.CONVERGED: "Converged: the last iteration improved the metric by less than the "
    "threshold.",
    Outcome.DIVERGED: "Diverged: the metric ended worse than its best value.",
}
_IN_ITS_WORDS = {
    "direct": {Outcome.CONVERGED: "Solved in closed form: there is nothing left to iterate."},
    "pcg": {
        Outcome.CONVERGED: "Converged: the relative residual of the equations is within the "
        "tolerance.",
        Outcome.EXHAUSTED: "Maximum reached: the iterations ran out before the relative residual "
        "was within the tolerance.",
        Outcome.DIVERGED: "Diverged: the residual of the equations is not a number any more.",
    },
}


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome of a whole: RUNNING while any part runs, then the worst of the parts."""
    parts = list(outcomes)
    if Outcome.RUNNING in parts:
        return Outcome.RUNNING
    return max(parts, key=lambda outcome: outcome.severity)
