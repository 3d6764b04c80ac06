"""All verdicts on a run: of its visits, its steps and its planes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.after import after_verdicts
from dcrviz.diagnostics.before import before_verdicts
from dcrviz.diagnostics.course import CourseEntry, course_entry
from dcrviz.diagnostics.direction import residual_direction
from dcrviz.diagnostics.during import during_verdicts
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.transients import find_transients
from dcrviz.diagnostics.verdict import SYMPTOMS, WRONG_ANGLES, Verdict
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
    angle = next((verdict for verdict in told if verdict.kind in WRONG_ANGLES), None)
    if angle is not None:
        # Under wrong angles no knob helps.
        told = [
            replace(one, remedies=angle.remedies) if one.kind in SYMPTOMS else one for one in told
        ]
    return tuple(_with_remedies_left(verdict, config or problem.config) for verdict in told)


def _with_remedies_left(verdict: Verdict, config: AssembleConfig) -> Verdict:
    """Without remedies whose knobs are turned that way already."""
    values = config.values()
    left = tuple(
        remedy
        for remedy in verdict.remedies
        if not remedy.knobs or any(values[knob] != to for knob, to in remedy.knobs.items())
    )
    return verdict if left == verdict.remedies else replace(verdict, remedies=left)


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
