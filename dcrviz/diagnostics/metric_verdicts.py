"""How the metric goes, as verdicts: up and down in turn, up, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.calming import calmer
from dcrviz.diagnostics.course import CourseEntry
from dcrviz.diagnostics.progress import LEAST_CHANGE, RISE, metrics_of, same_tile
from dcrviz.diagnostics.verdict import Remedy, Verdict
from dcrviz.engine import Outcome, Problem
from dcrviz.plurals import percent
from dcrviz.records import Floats

TURNS = 3
"""Turns of the metric in a row after which it goes up and down rather than on."""
STALLED_ABOVE = 3.0
"""Metric over that of noise alone from which a fit at rest has stalled."""


def metric_verdicts(
    problem: Problem, course: Sequence[CourseEntry], outcome: Outcome, config: AssembleConfig
) -> list[Verdict]:
    """What the metric, or the residual of the equations, says at the last step."""
    if problem.config.in_fourier_space:
        return _equations(course, outcome)
    if outcome in (Outcome.NO_DATA, Outcome.NO_DETECTIONS):
        return [_nothing_fitted(course, outcome)]
    entries, metrics = same_tile(course), metrics_of(course)
    if not (metrics > 0).all():
        # Not measured: nobody can say how it goes.
        return []
    swinging = _swings(metrics)
    if swinging:
        return [_ping_pong(problem, entries, metrics, swinging, config)]
    worse = _diverging(problem, entries, metrics, outcome, config)
    if worse is not None:
        return [worse]
    stalled = _stalled(entries, metrics, outcome, config)
    return [] if stalled is None else [stalled]


def _nothing_fitted(course: Sequence[CourseEntry], outcome: Outcome) -> Verdict:
    """The run ended because there was nothing to compare."""
    without_sources = outcome is Outcome.NO_DETECTIONS
    return Verdict(
        kind="no_detections" if without_sources else "no_data",
        when="during",
        severity="alarm",
        title="No sources" if without_sources else "No data",
        sentence=outcome.sentence,
        rule="The run has ended so, in a subregion or more.",
        confidence=1.0,
        remedies=(
            Remedy(sentence="Look at the masks of template and visits: which planes mark sources?")
            if without_sources
            else Remedy(sentence="Look at the visits' masks: which bad planes cover all sources?"),
        ),
        steps=(course[-1].index,),
    )


def _equations(course: Sequence[CourseEntry], outcome: Outcome) -> list[Verdict]:
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
        f"{percent(size)}, as each correction goes too far.",
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
        sentence=f"The fit gets worse: the metric grew by {percent(rise)} above its best, "
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
