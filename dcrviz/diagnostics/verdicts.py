"""All verdicts on a run: of its visits, its steps and its planes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.after import after_verdicts
from dcrviz.diagnostics.before import before_verdicts
from dcrviz.diagnostics.course import CourseEntry, course_entry
from dcrviz.diagnostics.direction import residual_direction
from dcrviz.diagnostics.during import during_verdicts
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.transients import find_transients
from dcrviz.diagnostics.verdict import CAUSES, SYMPTOMS, WRONG_ANGLES, Verdict
from dcrviz.engine import Outcome, Problem, Step
from dcrviz.records import Cube


def verdicts(
    problem: Problem, steps: Sequence[Step], config: AssembleConfig | None = None
) -> tuple[Verdict, ...]:
    """What is wrong, or right, with a run: before, during and, once it has ended, after the fit.

    Parameters
    ----------
    steps
        From the starting model on; the verdicts are on the last. Without steps only the visits are
        judged. A last step alone will do where the steps before it are gone.
    config
        Knobs in force at the last step; None for those the problem was prepared with.

    Examples
    --------
    >>> problem = dcrviz.prepare(exposures)  # doctest: +SKIP
    >>> for verdict in dcrviz.verdicts(problem, list(dcrviz.assemble(problem))):  # doctest: +SKIP
    ...     print(verdict.severity, verdict.sentence)
    """
    course = tuple(
        course_entry(problem, step, before, config)
        for before, step in zip([None, *steps], steps, strict=False)
    )
    return verdicts_on(problem, course, steps[-1] if steps else None, config)


def verdicts_on(
    problem: Problem,
    course: Sequence[CourseEntry],
    last: Step | None,
    config: AssembleConfig | None = None,
) -> tuple[Verdict, ...]:
    """The same of a course that is known already."""
    told = list(before_verdicts(problem))
    if last is not None:
        told += during_verdicts(problem, course, last.outcome, config)
        if last.outcome is not Outcome.RUNNING:
            told += planes_verdicts(problem, shown_planes(last))
    return with_what_helps(told, config or problem.config)


def with_what_helps(told: Sequence[Verdict], config: AssembleConfig) -> tuple[Verdict, ...]:
    """Symptoms with what removes their causes first; nothing is advised that is in force already.

    Parameters
    ----------
    told
        All that is told of a run.
    config
        Knobs in force.
    """
    causes = [one for one in told if one.kind in CAUSES and one.severity in ("warning", "alarm")]
    values = config.values()
    return tuple(_with_what_helps(one, causes, values) for one in told)


def _with_what_helps(
    verdict: Verdict, causes: Sequence[Verdict], values: Mapping[str, Any]
) -> Verdict:
    remedies = list(verdict.remedies)
    of_causes = [remedy for one in causes for remedy in one.remedies]
    if verdict.kind in SYMPTOMS and any(one.kind in WRONG_ANGLES for one in causes):
        # No knob helps.
        remedies = of_causes
    elif verdict.kind in ("holes", "wings"):
        remedies = [*of_causes, *remedies]
    left = [
        remedy
        for remedy in remedies
        if not remedy.knobs or any(values[knob] != to for knob, to in remedy.knobs.items())
    ]
    return replace(verdict, remedies=tuple(left))


def planes_verdicts(problem: Problem, planes: Cube) -> tuple[Verdict, ...]:
    """What the tests say that need no further fit, of planes that may be made elsewhere.

    Parameters
    ----------
    planes
        (S, Y, X), as they become coadds.
    """
    return after_verdicts(
        problem,
        direction=residual_direction(problem, planes),
        transients=find_transients(problem, planes),
    )
