"""What a lesson consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

END = -1
"""The iteration of a step that shows how a run ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a step says of its picture, so that a machine can check it.

    Parameters
    ----------
    outcome
        Name of the run's outcome, in lower case; empty if nothing is said of it.
    verdicts, not_verdicts
        Kinds of verdicts on visits and step that must be told, and that must not.
    above, below
        Bounds of numbers of the step, by the names in `claims.NUMBERS`.
    rises, falls
        Numbers that are higher, or lower, than at the step of the lesson before.
    """

    outcome: str = ""
    verdicts: tuple[str, ...] = ()
    not_verdicts: tuple[str, ...] = ()
    above: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    below: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    rises: tuple[str, ...] = ()
    falls: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is claimed."""
        return self == Claim()


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class LessonStep:
    """One thing to see.

    Parameters
    ----------
    scene
        Word of a scene.
    knobs
        Values besides those that the scene begins with.
    iteration
        Which is shown; `END` for that with which the run ends.
    rows
        Names of the wall's rows that are visible.
    look
        (x, y) of the pixel that is shown closely; None for the whole field.
    question
        Asked while the step before is on show; empty for none.
    caption
        What is to be seen, in a sentence or two.
    """

    scene: str
    knobs: Mapping[str, Any]
    iteration: int
    rows: tuple[str, ...]
    look: tuple[int, int] | None
    question: str
    caption: str
    expect: Claim


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Lesson:
    """Steps in their order.

    Parameters
    ----------
    name
        By which links and the command know it.
    about
        What one learns, in a sentence.
    """

    name: str
    title: str
    about: str
    steps: tuple[LessonStep, ...]
