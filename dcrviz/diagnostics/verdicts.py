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
from dcrviz.diagnostics.offsets import StampCutter
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.transients import find_transients
from dcrviz.diagnostics.verdict import (
    CAUSES,
    SYMPTOMS,
    WRONG_ANGLES,
    Remedy,
    Severity,
    Verdict,
)
from dcrviz.engine import Outcome, Problem, Step
from dcrviz.engine.template import template_maker_of
from dcrviz.records import Cube

RUNAWAY = 1.9
"""Metric, of 2 at most, from which planes that have run away hold nothing of the visits to test."""
_OF_CAUSES = frozenset(
    {"holes", "wings", "badly_predicted", "washed_out_colours", "reversed_colours"}
)
"""Symptoms that stay, whatever else is turned, while their cause does."""


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
        # Of the starting model, and of planes that have run away, there is nothing to test.
        fitted = course[-1].iteration > 0 and not course[-1].metric > RUNAWAY
        if last.outcome is not Outcome.RUNNING and fitted:
            told += planes_verdicts(problem, shown_planes(last))
    return with_what_helps(told, config or problem.config)


def with_tests(
    told: Sequence[Verdict], found: Sequence[Verdict], config: AssembleConfig
) -> tuple[Verdict, ...]:
    """Verdicts on a run with those of tests that are made on wish: held-out visits, truth.

    Parameters
    ----------
    told
        As `verdicts` gives them.
    found
        If there are any, it is not said that planes pass their tests.
    config
        Knobs in force.
    """
    passed = [one for one in told if found and (one.kind, one.when) == ("healthy", "after")]
    return with_what_helps([*(one for one in told if one not in passed), *found], config)


def with_what_helps(told: Sequence[Verdict], config: AssembleConfig) -> tuple[Verdict, ...]:
    """Verdicts in the light of each other.

    Symptoms name first what removes their causes. A visit that does not fit, of which another
    verdict tells why, is but worth knowing. Nothing is advised that is in force already.

    Parameters
    ----------
    told
        All that is told of a run.
    config
        Knobs in force.
    """
    values, in_light = config.values(), []
    for verdict in told:
        causes = [
            one
            for one in told
            if one.kind in CAUSES and one.severity in ("warning", "alarm") and one is not verdict
        ]
        remedies = [
            remedy
            for remedy in _remedies(verdict, causes)
            if not remedy.knobs or any(values[knob] != to for knob, to in remedy.knobs.items())
        ]
        severity: Severity = "notice" if _explained(verdict, causes) else verdict.severity
        in_light.append(replace(verdict, remedies=tuple(remedies), severity=severity))
    return tuple(in_light)


def _remedies(verdict: Verdict, causes: Sequence[Verdict]) -> list[Remedy]:
    own = list(verdict.remedies)
    of_causes = [remedy for one in causes for remedy in one.remedies]
    if verdict.kind in SYMPTOMS and any(one.kind in WRONG_ANGLES for one in causes):
        # No knob helps.
        return of_causes
    if verdict.kind not in _OF_CAUSES:
        return own
    turned = [remedy.knobs for remedy in of_causes if remedy.knobs]
    return [
        *of_causes,
        *(one for one in own if one not in of_causes and one.knobs not in turned),
    ]


def _explained(verdict: Verdict, causes: Sequence[Verdict]) -> bool:
    """Whether it is of visits that a cause names: blurred, shifted, or with something of their own.

    A shift of a visit is explained by its seeing alone, in which it can't be told as well.
    """
    explaining = {
        "visit_misfits": ("variable_seeing", "bad_astrometry", "transient"),
        "bad_astrometry": ("variable_seeing",),
    }.get(verdict.kind, ())
    named = set().union(*(_switched_off(one) for one in causes if one.kind in explaining))
    off = _switched_off(verdict)
    return bool(off) and off <= named


def _switched_off(verdict: Verdict) -> set[str]:
    return {
        str(visit)
        for remedy in verdict.remedies
        for visit, factor in remedy.knobs.get("visit_factors", {}).items()
        if not factor
    }


def planes_verdicts(problem: Problem, planes: Cube) -> tuple[Verdict, ...]:
    """What the tests say that need no further fit, of planes that may be made elsewhere.

    Parameters
    ----------
    planes
        (S, Y, X), as they become coadds.
    """
    template, cutter = template_maker_of(problem, planes), StampCutter(problem)
    # What is made to look for transients is looked at for the direction, too.
    transients = find_transients(problem, cutter.beside(template))
    direction = residual_direction(problem, planes, lambda: cutter.stamps(template))
    return after_verdicts(problem, direction=direction, transients=transients)
