"""Whether a step of a lesson shows what it claims."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dcrviz.diagnostics.before import before_verdicts
from dcrviz.diagnostics.course import CourseEntry, course_entry
from dcrviz.diagnostics.during import during_verdicts
from dcrviz.diagnostics.panels import Scene, images, rows_of
from dcrviz.engine import Problem, Step
from dcrviz.lessons.records import Claim


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Shown:
    """A step with its numbers."""

    scene: Scene
    entry: CourseEntry


def _largest(shown: _Shown, row: str, place: int | None = None) -> float:
    """The pixel farthest from zero in a row, or in one of its panels."""
    (found,) = (one for one in rows_of(shown.scene.problem) if one.name == row)
    panels = found.panels if place is None else [found.panels[place]]
    return max(float(np.nanmax(np.abs(image))) for image in images(shown.scene, panels).values())


NUMBERS: Mapping[str, Callable[[_Shown], float]] = {
    "metric": lambda shown: shown.entry.metric,
    "gain": lambda shown: shown.entry.gain,
    "holes": lambda shown: shown.entry.holes,
    "wings": lambda shown: shown.entry.wings,
    "hole_fraction": lambda shown: shown.entry.hole_fraction,
    "wing_fraction": lambda shown: shown.entry.wing_fraction,
    "flux_ratio": lambda shown: shown.entry.flux_ratio,
    # In units of the noise: the largest deviation of a plane from the mean of the planes, and the
    # largest residual of the visit with the lowest airmass and of that with the highest.
    "colour": lambda shown: _largest(shown, "minus_mean"),
    "residual_low_airmass": lambda shown: _largest(shown, "residual", 0),
    "residual_high_airmass": lambda shown: _largest(shown, "residual", -1),
}
"""Numbers of a step that a lesson may make claims of, by their names in its file."""


def numbers_of(problem: Problem, steps: Sequence[Step]) -> dict[str, float]:
    """All `NUMBERS` of the last of these steps."""
    before = steps[-2] if len(steps) > 1 else None
    shown = _Shown(
        scene=Scene(problem=problem, step=steps[-1], before=before),
        entry=course_entry(problem, steps[-1], before),
    )
    return {name: float(number(shown)) for name, number in NUMBERS.items()}


def unmet(
    claim: Claim,
    problem: Problem,
    steps: Sequence[Step],
    *,
    before: Mapping[str, float] | None = None,
) -> list[str]:
    """A sentence for each part of a claim that does not hold; none if it is true.

    Parameters
    ----------
    steps
        From the starting model to the one on show.
    before
        `numbers_of` the step of the lesson before.
    """
    now = numbers_of(problem, steps)
    kinds = _kinds(problem, steps)
    outcome = steps[-1].outcome.name.lower()
    return [
        *(
            [f"outcome must be {claim.outcome}; got {outcome}"]
            if claim.outcome not in ("", outcome)
            else []
        ),
        *(
            f"verdict {kind} must be told; got {kinds}"
            for kind in claim.verdicts
            if kind not in kinds
        ),
        *(f"verdict {kind} must not be told" for kind in claim.not_verdicts if kind in kinds),
        *_out_of_bounds(claim, now),
        *_not_moved(claim, now, before or {}),
    ]


def _kinds(problem: Problem, steps: Sequence[Step]) -> list[str]:
    course = [
        course_entry(problem, step, earlier)
        for earlier, step in zip([None, *steps], steps, strict=False)
    ]
    told = [*before_verdicts(problem), *during_verdicts(problem, course, steps[-1].outcome)]
    return sorted({verdict.kind for verdict in told})


def _out_of_bounds(claim: Claim, now: Mapping[str, float]) -> Iterator[str]:
    for name, bound in claim.above.items():
        if not now[name] > bound:
            yield f"{name} must be above {bound:g}; got {now[name]:.4g}"
    for name, bound in claim.below.items():
        if not now[name] < bound:
            yield f"{name} must be below {bound:g}; got {now[name]:.4g}"


def _not_moved(
    claim: Claim, now: Mapping[str, float], before: Mapping[str, float]
) -> Iterator[str]:
    for name in claim.rises:
        if not now[name] > before.get(name, math.nan):
            yield f"{name} must rise; got {before.get(name, math.nan):.4g}, then {now[name]:.4g}"
    for name in claim.falls:
        if not now[name] < before.get(name, math.nan):
            yield f"{name} must fall; got {before.get(name, math.nan):.4g}, then {now[name]:.4g}"
