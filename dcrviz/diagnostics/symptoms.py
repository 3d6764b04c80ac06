"""What a run shows at a glance, in plain sentences: holes, wings, and how the fit goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dcrviz.diagnostics.course import CourseEntry
from dcrviz.engine import Outcome

Kind = Literal[
    "start", "holes", "wings", "clean", "improving", "oscillating", "diverging", "resting", "ended"
]
# Turns of the metric in a row after which it goes up and down rather than on.
_TURNS = 3
# Smaller changes of the metric are not seen.
_LEAST_CHANGE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One thing that can be seen, and a sentence on what it means."""

    kind: Kind
    sentence: str


def symptoms(
    course: Sequence[CourseEntry], outcome: Outcome, *, solver: str = "iterative"
) -> tuple[Symptom, ...]:
    """What the last step of a course shows.

    Parameters
    ----------
    course
        From the starting model to the step in question, which is the last; empty: no symptoms.
    outcome
        Of that step.
    solver
        The knob; it words the ending.
    """
    if not course:
        return ()
    last = course[-1]
    if last.iteration == 0 and outcome is Outcome.RUNNING:
        return (
            Symptom(
                kind="start",
                sentence="The start: all planes are alike, so no source has a colour yet.",
            ),
        )
    return (*_blemishes(last), _progress(course, outcome, solver))


def _blemishes(entry: CourseEntry) -> list[Symptom]:
    found: list[Symptom] = []
    if entry.holes:
        sentence = (
            f"{_counted(entry.holes, 'hole')}: beside a source a plane is darker than the empty "
            "sky, which no colour can be."
        )
        found.append(Symptom(kind="holes", sentence=sentence))
    if entry.wings:
        sentence = (
            f"{_counted(entry.wings, 'wing')}: a plane has light beside a source that the other "
            "planes take away again."
        )
        found.append(Symptom(kind="wings", sentence=sentence))
    if not found:
        sentence = "No holes and no wings: the planes are told apart cleanly."
        found.append(Symptom(kind="clean", sentence=sentence))
    return found


def _progress(course: Sequence[CourseEntry], outcome: Outcome, solver: str) -> Symptom:
    """How the fit goes, or how it has ended."""
    if outcome is Outcome.DIVERGED:
        return Symptom(kind="diverging", sentence=outcome.sentence_for(solver))
    if outcome is not Outcome.RUNNING:
        return Symptom(kind="ended", sentence=outcome.sentence_for(solver))
    tile = course[-1].tile
    metrics = np.array([entry.metric for entry in course if entry.tile == tile])
    changes = np.diff(metrics) / metrics[:-1]
    if _oscillates(changes):
        sentence = (
            "The fit swings: it gets better and worse in turn, as each correction goes too far. A "
            "smaller gain calms it."
        )
        return Symptom(kind="oscillating", sentence=sentence)
    change = float(changes[-1]) if changes.size else 0.0
    if change > _LEAST_CHANGE:
        sentence = f"The fit gets worse: the metric grew by {_percent(change)} in this iteration."
        return Symptom(kind="diverging", sentence=sentence)
    if change < -_LEAST_CHANGE:
        sentence = f"The fit still improves: by {_percent(-change)} in this iteration."
        return Symptom(kind="improving", sentence=sentence)
    return Symptom(kind="resting", sentence="The fit hardly changes any more.")


def _oscillates(changes: np.ndarray) -> bool:
    """Whether the last changes have alternating signs, and none of them is negligible."""
    recent = changes[-(_TURNS + 1) :]
    if recent.size <= _TURNS or not (np.abs(recent) > _LEAST_CHANGE).all():
        return False
    return bool((recent[1:] * recent[:-1] < 0).all())


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"
