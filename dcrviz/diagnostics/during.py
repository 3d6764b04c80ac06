"""What the course of a fit says, as verdicts: blemishes, swings, and how the metric goes on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.blemish_verdicts import blemish_verdicts
from dcrviz.diagnostics.calming import calmer
from dcrviz.diagnostics.course import CourseEntry
from dcrviz.diagnostics.flux_verdicts import flux_verdicts
from dcrviz.diagnostics.verdict import Remedy, Verdict
from dcrviz.engine import Outcome, Problem
from dcrviz.records import Floats

TURNS = 3
"""Turns of the metric in a row after which it goes up and down rather than on."""
LEAST_CHANGE = 1e-4
"""Smaller relative changes of the metric are not seen."""
RISE = 0.01
"""Rise above its best from which a metric, or a visit's, has turned."""
OUTLIER = 2.0
"""A visit's metric over the median of all from which it is misfitted."""
STALLED_ABOVE = 3.0
"""Metric over that of noise alone from which a fit at rest has stalled."""


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
    if course[-1].iteration == 0 and outcome is Outcome.RUNNING:
        return (_start(course[-1]),)
    of_metric = _metric_verdicts(problem, course, outcome, config)
    # Where all goes wrong, no visit is to blame.
    blamed = () if of_metric else _visit_verdicts(problem, course, config)
    told = [
        *blemish_verdicts(problem, course),
        *of_metric,
        *blamed,
        *flux_verdicts(course),
    ]
    if any(verdict.severity in ("warning", "alarm") for verdict in told):
        return tuple(told)
    return (*told, _good(course, outcome, config))


def _start(entry: CourseEntry) -> Verdict:
    return Verdict(
        kind="start",
        when="during",
        severity="notice",
        title="Start",
        sentence="The start: all planes are alike, so no source has a colour yet.",
        rule="Said of the starting model.",
        confidence=1.0,
        steps=(entry.index,),
    )


def _good(course: Sequence[CourseEntry], outcome: Outcome, config: AssembleConfig) -> Verdict:
    """Neither blemishes nor swings: how the fit goes, or how it has ended."""
    clean = "No holes and no wings: the planes are told apart cleanly."
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


def progress_sentence(course: Sequence[CourseEntry], outcome: Outcome, *, solver: str) -> str:
    """How the fit goes, or how it has ended."""
    if outcome is not Outcome.RUNNING:
        return outcome.sentence_for(solver)
    metrics = _metrics(course)
    change = float(metrics[-1] / metrics[-2] - 1) if metrics.size > 1 else 0.0
    if change > LEAST_CHANGE:
        return f"The fit gets worse: the metric grew by {_percent(change)} in this iteration."
    if change < -LEAST_CHANGE:
        return f"The fit still improves: by {_percent(-change)} in this iteration."
    return "The fit hardly changes any more."


def _same_tile(course: Sequence[CourseEntry]) -> list[CourseEntry]:
    return [entry for entry in course if entry.tile == course[-1].tile]


def _metrics(course: Sequence[CourseEntry]) -> Floats:
    return np.array([entry.metric for entry in _same_tile(course)])


def _metric_verdicts(
    problem: Problem, course: Sequence[CourseEntry], outcome: Outcome, config: AssembleConfig
) -> list[Verdict]:
    if problem.config.in_fourier_space:
        return _equations_verdicts(course, outcome)
    entries, metrics = _same_tile(course), _metrics(course)
    swinging = _swings(metrics)
    if swinging:
        return [_ping_pong(problem, entries, metrics, swinging, config)]
    worse = _diverging(problem, entries, metrics, outcome, config)
    if worse is not None:
        return [worse]
    stalled = _stalled(entries, metrics, outcome, config)
    return [] if stalled is None else [stalled]


def _equations_verdicts(course: Sequence[CourseEntry], outcome: Outcome) -> list[Verdict]:
    """Of solvers that are judged by how well their equations are solved."""
    last = course[-1]
    if outcome is Outcome.DIVERGED:
        sentence = outcome.sentence_for("pcg")
    elif outcome is Outcome.EXHAUSTED:
        sentence = (
            f"{outcome.sentence_for('pcg')} It is {last.residual:.1e}, the tolerance "
            f"{last.tolerance:.1e}."
        )
    else:
        return []
    diverged = outcome is Outcome.DIVERGED
    return [
        Verdict(
            kind="diverging" if diverged else "stalled",
            when="during",
            severity="alarm" if diverged else "warning",
            title="Diverged" if diverged else "Stopped early",
            sentence=sentence,
            rule="The relative residual of the equations is above the tolerance at the end.",
            confidence=1.0,
            remedies=(
                Remedy(
                    sentence="Solve in closed form.",
                    knobs={"solver": "direct"},
                ),
            ),
            steps=(last.index,),
        )
    ]


def _swings(metrics: Floats) -> int:
    """How many turns in a row have just been made, if enough of them and none negligible."""
    changes = np.diff(metrics) / metrics[:-1]
    longest = turns = 0
    for one, other in pairwise(changes.tolist()):
        turned = one * other < 0 and min(abs(one), abs(other)) > LEAST_CHANGE
        turns = turns + 1 if turned else 0
        longest = max(longest, turns)
    return longest if longest >= TURNS else 0


def _ping_pong(
    problem: Problem,
    entries: Sequence[CourseEntry],
    metrics: Floats,
    turns: int,
    config: AssembleConfig,
) -> Verdict:
    changes = np.diff(metrics) / metrics[:-1]
    size = float(np.abs(changes[-turns:]).max())
    return Verdict(
        kind="ping_pong",
        when="during",
        severity="alarm" if size > 10 * RISE else "warning",
        title="Ping-pong",
        sentence=f"The fit swings: it gets better and worse in turn, {turns} times by up to "
        f"{_percent(size)}, as each correction goes too far.",
        rule=f"{TURNS} turns of the metric in a row, each of more than {LEAST_CHANGE:g} of it: a "
        "fit that settles turns once.",
        confidence=float(min(1.0, 0.5 + 0.1 * (turns - TURNS) + 5 * size)),
        remedies=calmer(problem, config),
        steps=tuple(entry.index for entry in entries[-turns - 1 :]),
    )


def _diverging(
    problem: Problem,
    entries: Sequence[CourseEntry],
    metrics: Floats,
    outcome: Outcome,
    config: AssembleConfig,
) -> Verdict | None:
    best = int(np.nanargmin(metrics)) if np.isfinite(metrics).any() else 0
    after = metrics[best + 1 :]
    rise = float(np.nanmax(after) / metrics[best] - 1) if after.size else 0.0
    if outcome is not Outcome.DIVERGED and not rise > RISE:
        return None
    lasting = after.size > 1 or outcome is Outcome.DIVERGED
    return Verdict(
        kind="diverging",
        when="during",
        severity="alarm" if lasting and rise > 10 * RISE else "warning",
        title="Getting worse",
        sentence=f"The fit gets worse: the metric grew by {_percent(rise)} above its best, "
        f"{metrics[best]:.4g} in iteration {entries[best].iteration}.",
        rule=f"The metric is {100 * RISE:.0f} % or more above its best, or the run has ended as "
        "diverged: a correction that is right lowers it each time.",
        confidence=float(min(1.0, 0.5 + 5 * rise + 0.2 * lasting)),
        remedies=calmer(problem, config),
        steps=tuple(entry.index for entry in entries[best + 1 :]),
    )


def _stalled(
    entries: Sequence[CourseEntry],
    metrics: Floats,
    outcome: Outcome,
    config: AssembleConfig,
) -> Verdict | None:
    """It hardly improves any more, though a metric of noise alone would be much lower."""
    floor = entries[-1].metric_floor
    if metrics.size < 3 or not np.isfinite(floor) or outcome is Outcome.NO_DETECTIONS:
        return None
    recent = float((metrics[-3] - metrics[-1]) / metrics[-1])
    above = float(metrics[-1] / floor)
    if above < STALLED_ABOVE or recent > 2 * max(float(config.convergence_threshold), LEAST_CHANGE):
        return None
    return Verdict(
        kind="stalled",
        when="during",
        severity="notice",
        title="Stalled above the noise",
        sentence=f"The fit hardly improves any more, at {above:.1f} times the metric that noise "
        "alone would leave.",
        rule=f"The last two iterations improved the metric by less than twice the threshold, and "
        f"it is {STALLED_ABOVE} times that which the variance of the visits predicts, or more.",
        confidence=float(1 - 0.5 * STALLED_ABOVE / above),
        remedies=(
            Remedy(
                sentence="Solve in closed form, which needs no iterations.",
                knobs={"solver": "direct"},
            ),
        ),
        steps=(entries[-1].index,),
    )


def _visit_verdicts(
    problem: Problem, course: Sequence[CourseEntry], config: AssembleConfig
) -> list[Verdict]:
    """Visits whose metric rises while that of the others falls, or that fit far worse."""
    entries = _same_tile(course)
    on = np.flatnonzero(problem.factors > 0)
    table = np.array([entry.visit_metrics for entry in entries])[:, on]
    if on.size < 4 or len(entries) < 2 or not np.isfinite(table[-1]).all():
        return []
    last, first = table[-1], table[0]
    rest = np.array([np.median(np.delete(last, v)) for v in range(on.size)])
    scatter = np.array([_spread(np.delete(last, v)) for v in range(on.size)])
    outlying = (last > OUTLIER * rest) & (last > rest + 5 * scatter)
    falling = np.array([np.median(np.delete(last / first, v)) < 1 - RISE for v in range(on.size)])
    leaving = falling & (last > (1 + 5 * RISE) * np.nanmin(table, axis=0)) & (last > rest)
    # What all visits do is the fit's fault, not theirs.
    told = outlying | leaving
    if not told.any() or 3 * told.sum() > on.size:
        return []
    return [
        _misfit(problem, entries, int(on[v]), float(last[v] / rest[v]), bool(leaving[v]), config)
        for v in sorted(np.flatnonzero(told), key=lambda v: -last[v] / rest[v])
    ]


def _spread(values: Floats) -> float:
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _misfit(
    problem: Problem,
    entries: Sequence[CourseEntry],
    visit: int,
    ratio: float,
    leaving: bool,
    config: AssembleConfig,
) -> Verdict:
    name = str(problem.visits[visit].id)
    how = "gets worse while the others get better, and " if leaving else ""
    return Verdict(
        kind="visit_misfits",
        when="during",
        severity="warning",
        title=f"Visit {name} does not fit",
        sentence=f"Visit {name} {how}has {ratio:.1f} times the metric of the other visits: its "
        "astrometry, its seeing or something in it is its own.",
        rule=f"Its metric is {OUTLIER:g} times the others' median and 5 times their scatter above "
        f"it, or has risen by {500 * RISE:.0f} % from its best while theirs fell.",
        confidence=float(np.clip(1 - 0.5 * OUTLIER / ratio, 0.5, 1)),
        remedies=(
            Remedy(
                sentence=f"Switch visit {name} off.",
                knobs={"visit_factors": {**config.visit_factors, name: 0.0}},
            ),
        ),
        steps=tuple(entry.index for entry in entries[-1:]),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"
