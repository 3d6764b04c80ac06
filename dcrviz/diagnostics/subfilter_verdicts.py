"""How many subfilters the visits can tell apart, as verdicts: fewer than asked for, or none."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from dcrviz.diagnostics.leverage import NOT_AT_ALL, Leverage
from dcrviz.diagnostics.planner import plan_next
from dcrviz.diagnostics.verdict import Remedy, Verdict
from dcrviz.engine import Problem
from dcrviz.records import Visit

_AIRMASSES = (1.05, 1.6)
_ANGLES_DEG = range(-150, 181, 30)


def subfilter_verdict(problem: Problem, found: Leverage | None) -> Verdict | None:
    """What the visits tell of the spectrum that so many subfilters ask for, if it is too little.

    Parameters
    ----------
    found
        Leverage of the problem; None if it is not known.
    """
    if found is None or not found.n_on or not found.terms:
        return None
    told = [bool(error < NOT_AT_ALL) for error in found.errors]
    if not any(told):
        return _no_colour(problem, found)
    return None if told[-1] else _too_many(problem, found, told)


def _too_many(problem: Problem, found: Leverage, told: list[bool]) -> Verdict:
    many = len(told) - sum(told) > 1
    # One term fewer than there are planes.
    enough = max(2, 1 + told.index(False))
    return Verdict(
        kind="too_many_subfilters",
        when="before",
        severity="warning" if many else "notice",
        title=f"{problem.n_subfilters} subfilters are {'too' if many else 'one too'} many",
        sentence=f"{problem.n_subfilters} subfilters ask for {len(told)} terms of the spectrum, of "
        f"which the visits tell {sum(told)}. {found.sentence}",
        rule=f"The expected error of the last term is {100 * NOT_AT_ALL:.0f} % of its usual size "
        "or more: it comes from the prior or from noise.",
        confidence=float(min(1.0, found.errors[-1])),
        remedies=(
            Remedy(sentence=f"Lower n_subfilters to {enough}.", knobs={"n_subfilters": enough}),
            Remedy(sentence="Add visits with more refraction."),
        ),
    )


def _no_colour(problem: Problem, found: Leverage) -> Verdict:
    """Two subfilters are the fewest that have a colour: no lower number would help."""
    return Verdict(
        kind="no_colour",
        when="before",
        severity="warning",
        title="The visits tell no colour",
        sentence=f"{found.sentence} No number of subfilters changes that: a single one is the "
        "plain coadd.",
        rule=f"The expected error of every term is {100 * NOT_AT_ALL:.0f} % of its usual size or "
        "more: what colours a fit has come from the prior or from noise.",
        confidence=float(min(1.0, found.errors.min())),
        remedies=(Remedy(sentence=_visit_that_helps(problem)),),
    )


def _visit_that_helps(problem: Problem) -> str:
    """The best of visits near the zenith and far from it, at angles all around."""
    advice = "Add visits with other refraction."
    if problem.wcs is None:
        return advice
    plan = plan_next(problem, _candidates(problem.visits[0]))
    place = int(np.argmin(plan.errors))
    best, slope = plan.visits[place], float(plan.term_errors[place, 0])
    if slope >= NOT_AT_ALL:
        return f"{advice} One alone will not do."
    return (
        f"{advice} One at airmass {best.airmass} and parallactic angle "
        f"{math.degrees(best.parallactic_rad or 0.0):.0f} deg would tell the slope to "
        f"{100 * slope:.0f} %."
    )


def _candidates(like: Visit) -> list[Visit]:
    return [
        replace(
            like,
            id="next",
            airmass=airmass,
            zenith_rad=None,
            parallactic_rad=math.radians(angle),
            weight=1.0,
        )
        for airmass in _AIRMASSES
        for angle in _ANGLES_DEG
    ]
