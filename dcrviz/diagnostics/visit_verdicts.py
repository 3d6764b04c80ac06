"""Visits against each other, as verdicts: one that stops fitting, or those that were not fitted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.blemish_verdicts import warned_of
from dcrviz.diagnostics.course import CourseEntry
from dcrviz.diagnostics.progress import RISE, same_tile
from dcrviz.diagnostics.verdict import Remedy, Verdict
from dcrviz.engine import Problem
from dcrviz.engine.noise import robust_sigma
from dcrviz.plurals import percent

OUTLIER = 2.0
"""A visit's metric over the median of the others from which it is misfitted."""
_LASTING = 3


def visit_verdicts(
    problem: Problem, course: Sequence[CourseEntry], config: AssembleConfig
) -> list[Verdict]:
    """Visits whose metric rises while that of the others falls, or that fit far worse."""
    entries = same_tile(course)
    on = np.flatnonzero(problem.factors > 0)
    table = np.array([entry.visit_metrics for entry in entries])[:, on]
    last, first = table[-1], table[0]
    measured = np.isfinite(last).all() and (first > 0).all() and (last > 0).all()
    if on.size < 4 or len(entries) < 2 or not measured:
        return []
    rest = np.array([np.median(np.delete(last, v)) for v in range(on.size)])
    scatter = np.array([robust_sigma(np.delete(last, v)) for v in range(on.size)])
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


def over_fitting(problem: Problem, course: Sequence[CourseEntry]) -> Verdict | None:
    """The fitted visits still fit better, yet those that are off, or the planes, get worse."""
    entries = same_tile(course)
    if len(entries) <= _LASTING or problem.config.in_fourier_space:
        return None
    table = np.array([entry.visit_metrics for entry in entries])
    on = problem.factors > 0
    fitted = table[:, on].mean(axis=1)
    if not (np.diff(fitted[-_LASTING - 1 :]) < 0).all():
        return None
    unseen = table[:, ~on & np.isfinite(table).all(axis=0)]
    best = int(np.argmin(unseen.mean(axis=1))) if unseen.size else len(entries) - 1
    rise = float(unseen[-1].mean() / unseen[best].mean() - 1) if unseen.size else 0.0
    marks = [entry.holes + entry.wings for entry in entries[-_LASTING - 1 :]]
    growing = warned_of(problem, entries[-1].blemishes) and all(
        later > earlier for earlier, later in pairwise(marks)
    )
    if not (rise > RISE or growing):
        return None
    since = best if rise > RISE else len(entries) - 1 - _LASTING
    what = (
        f"the metric of those that are off has risen by {percent(rise)}"
        if rise > RISE
        else f"holes and wings grow from {marks[0]} to {marks[-1]}"
    )
    number = max(1, entries[since].iteration - 2)
    return Verdict(
        kind="over_fitting",
        when="during",
        severity="warning",
        title="Over-fitting",
        sentence=f"The visits that are fitted still fit better, but {what} since iteration "
        f"{entries[since].iteration}: what is learnt now is noise.",
        rule=f"Over {_LASTING} iterations the metric of the fitted visits falls, while that of "
        f"visits that are off is {100 * RISE:.0f} % above its best, or there are more holes and "
        "wings each time.",
        confidence=float(min(1.0, 0.6 + 5 * rise)),
        remedies=(
            Remedy(sentence="Solve in closed form, under a prior.", knobs={"solver": "direct"}),
            Remedy(
                sentence=f"Stop earlier: lower max_iterations to {number}.",
                knobs={"max_iterations": number, "min_iterations": min(number, 1)},
            ),
        ),
        steps=tuple(entry.index for entry in entries[since:]),
    )
