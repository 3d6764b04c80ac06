"""What the course of a fit says, as verdicts: blemishes, swings, and how the metric goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.blemish_verdicts import blemish_verdicts
from dcrviz.diagnostics.course import CourseEntry, planes_entry
from dcrviz.diagnostics.flux_verdicts import flux_verdicts
from dcrviz.diagnostics.metric_verdicts import metric_verdicts
from dcrviz.diagnostics.progress import progress_sentence
from dcrviz.diagnostics.verdict import Verdict
from dcrviz.diagnostics.visit_verdicts import over_fitting, visit_verdicts
from dcrviz.engine import Outcome, Problem
from dcrviz.records import Cube

# What leaves the starting model as it is: nothing was done to judge.
_UNTOUCHED = (Outcome.RUNNING, Outcome.STOPPED, Outcome.TOO_FEW_VISITS)


def during_verdicts(
    problem: Problem,
    course: Sequence[CourseEntry],
    outcome: Outcome,
    config: AssembleConfig | None = None,
) -> tuple[Verdict, ...]:
    """What the last step of a course shows, and how it came to it.

    Parameters
    ----------
    course
        From the starting model to the step in question, which is the last; empty: no verdicts.
    outcome
        Of that step.
    config
        Knobs in force; None for those the problem was prepared with.

    Notes
    -----
    One ``good`` verdict, the last, if there is no warning and no alarm.
    """
    if not course:
        return ()
    config = config or problem.config
    if course[-1].iteration == 0 and outcome in _UNTOUCHED:
        return (_start(course[-1], outcome),)
    of_metric = metric_verdicts(problem, course, outcome, config)
    # Where all goes wrong, no visit is to blame.
    blamed = () if of_metric else visit_verdicts(problem, course, config)
    over = over_fitting(problem, course)
    told = [
        *blemish_verdicts(problem, course),
        *of_metric,
        *blamed,
        *([] if over is None else [over]),
        *flux_verdicts(course),
    ]
    if any(verdict.severity in ("warning", "alarm") for verdict in told):
        return tuple(told)
    return (*told, _good(course, outcome, config))


def standing_verdicts(problem: Problem, planes: Cube) -> tuple[Verdict, ...]:
    """Of the same rules those that need no course: on planes that were made elsewhere.

    Parameters
    ----------
    planes
        (S, Y, X), as they become coadds.
    """
    course = [planes_entry(problem, planes)]
    told = [*blemish_verdicts(problem, course), *flux_verdicts(course)]
    return tuple(replace(verdict, steps=()) for verdict in told)


def _start(entry: CourseEntry, outcome: Outcome) -> Verdict:
    ending = "" if outcome is Outcome.RUNNING else f" {outcome.sentence}"
    return Verdict(
        kind="start",
        when="during",
        severity="notice",
        title="Start",
        sentence=f"The start: all planes are alike, so no source has a colour yet.{ending}",
        rule="Said of the starting model.",
        confidence=1.0,
        steps=(entry.index,),
    )


def _good(course: Sequence[CourseEntry], outcome: Outcome, config: AssembleConfig) -> Verdict:
    """Neither blemishes nor swings: how the fit goes, or how it has ended."""
    clean = (
        "No holes and wings but shallow ones."
        if course[-1].blemishes
        else "No holes and no wings: the planes are told apart cleanly."
    )
    how = progress_sentence(course, outcome, solver=config.solver)
    return Verdict(
        kind="healthy",
        when="during",
        severity="good",
        title="Healthy fit",
        sentence=f"{clean} {how}",
        rule="Said when no rule about the steps gives a warning.",
        confidence=1.0,
        steps=(course[-1].index,),
    )
