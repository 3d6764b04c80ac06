"""How far a run has come, how fast it goes, and how long it may still take."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from typing import ClassVar

import param

from dcrviz.config_rules import most_iterations
from dcrviz.engine import Outcome
from dcrviz.session import Session
from dcrviz.views.inputs import Quiet
from dcrviz.views.step_words import done_words

_JS = Path(__file__).parent / "js"
_CSS = """
.progress { display: flex; gap: 10px; align-items: center; font-size: 0.95em; white-space: nowrap; }
.progress progress {
  width: 150px; height: 10px; accent-color: var(--dcrviz-accent, #1f6f8b); flex: none;
}
"""
# Iterations over which the pace is taken.
_RECENT = 12


class ProgressLine(Quiet):
    """A native progress bar with words."""

    label = param.String("Progress of the run", doc="Accessible name of the bar.")
    value = param.Number(0, bounds=(0, 1), doc="How much is done at least.")
    words = param.String("", doc="The same as a person reads it.")
    tip = param.String("", doc="Shown when the pointer rests on it.")

    _esm = _JS / "progress.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]


class Tempo:
    """Iterations per second, from the times at which the last ones came."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=_RECENT)
        self._last: int | None = None

    def note(self, index: int, *, now: float | None = None) -> None:
        """The last stored step is this one now; several at once count as several."""
        came = 0 if self._last is None else max(0, index - self._last)
        if self._last is not None and index < self._last:
            self._times.clear()
        self._last = index
        self._times.extend([time.monotonic() if now is None else now] * came)

    def begin(self, *, now: float | None = None) -> None:
        """The run begins or goes on after a rest, which is not counted."""
        self._times.clear()
        self._times.append(time.monotonic() if now is None else now)

    @property
    def per_second(self) -> float:
        """Iterations per second; NaN before there is a time to speak of."""
        if len(self._times) < 2 or self._times[-1] <= self._times[0]:
            return float("nan")
        return (len(self._times) - 1) / (self._times[-1] - self._times[0])


def share_done(session: Session) -> float:
    """How much of the longest way that the run may take is behind it, 0 to 1."""
    if not session.moments:
        return 0.0
    step = session.moments[-1].step
    if step.outcome is not Outcome.RUNNING:
        return 1.0
    ended = [history.outcome is not Outcome.RUNNING for history in step.histories]
    under_way = 0.0 if ended[step.tile] else step.iteration / most_iterations(session.config)
    return min(1.0, (sum(ended) + under_way) / len(ended))


def progress_words(session: Session, per_second: float) -> str:
    """Which iteration of how many at most, the pace, and what is left at most."""
    if not session.moments:
        return ""
    step, most = session.moments[-1].step, most_iterations(session.config)
    parts = [f"{done_words(step)} of at most {most}"]
    if per_second > 0:
        parts.append(f"{per_second:.1f} it/s")
    if per_second > 0 and session.playing and step.outcome is Outcome.RUNNING:
        waiting = sum(history.outcome is Outcome.RUNNING for history in step.histories)
        left = waiting * most - step.iteration
        parts.append(f"{duration(max(0, left) / per_second)} left at most")
    return " · ".join(parts)


def history_words(session: Session) -> str:
    """Which of the stored steps have lost their pixels to the budget; empty if none has."""
    kept, all_of_them = sum(moment.kept for moment in session.moments), len(session.moments)
    if kept == all_of_them:
        return ""
    return (
        f"The history is full: {kept} of {all_of_them} steps are kept, the others are computed "
        "again when shown."
    )


def duration(seconds: float) -> str:
    """Seconds, or minutes if there are many."""
    return f"{max(1, seconds):.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
