"""What a timeline is made of: stored steps, whole or without their pixels."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from typing import Any

from dcrviz.engine import Step

_numbers = itertools.count(1)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Moment:
    """A stored step, with the values of the solver's knobs that made it.

    Parameters
    ----------
    step
        All of it, or its course alone: an outline has no planes and no memory.
    number
        Names the moment for as long as it is stored, with its pixels or without.
    kept
        Whether the pixels are there.
    given
        Whether it came from a file, and so is not computed again.
    seconds
        How long the engine took for the iteration; NaN where that isn't known.
    """

    step: Step
    knobs: dict[str, Any]
    number: int = field(default_factory=_numbers.__next__)
    kept: bool = True
    given: bool = False
    seconds: float = math.nan


def without_correction(moment: Moment) -> Moment:
    """The moment without what is there for speed only."""
    return replace(moment, step=replace(moment.step, correction=None))


def outline(moment: Moment) -> Moment:
    """The moment with the course of its step alone."""
    step = moment.step
    bare = replace(
        step,
        planes=step.planes[:, :0, :0],
        histories=tuple(replace(history, best_planes=None) for history in step.histories),
        correction=None,
        memory=None,
    )
    return replace(moment, step=bare, kept=False)
