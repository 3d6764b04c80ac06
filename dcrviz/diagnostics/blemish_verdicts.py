"""Holes and wings of the last step as verdicts, with the sources they lie beside."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dcrviz.diagnostics.calming import MODEST_SUBFILTERS
from dcrviz.diagnostics.colour_residual import SHARE
from dcrviz.diagnostics.course import CourseEntry
from dcrviz.diagnostics.holes import DEPTH_SIGMA, LEAST_PIXELS, Blemish
from dcrviz.diagnostics.peaks import known_peaks
from dcrviz.diagnostics.verdict import Place, Remedy, Severity, Verdict
from dcrviz.diagnostics.zenith import zenith_axis
from dcrviz.engine import Problem

RULE = (
    "What a plane has beyond the source's colour, averaged over the PSF, is "
    f"{DEPTH_SIGMA:g} sigma or more on {LEAST_PIXELS} touching pixels, on or beside a source. "
    f"Sigma is its scatter beside sources, and {100 * SHARE:g} % of the light about it."
)
MANY = 10
"""Blemishes from which the planes are useless, not spoilt in places."""
DEEP_PERCENT = 3.0
"""Of its source's light from which a single blemish spoils a plane: healthy fits leave less."""
FEW_SOURCES = 0.1
"""Part of the sources up to which shallow blemishes are but worth knowing."""
ALONG = math.cos(math.radians(30))
"""Cosine of the angle to the line to the zenith within which a blemish lies along it."""
_WORDS = {
    "hole": "beside a source a plane is darker than the other planes and the source's colour "
    "leave room for",
    "wing": "a plane has light beside a source that the other planes take away again",
}


def blemish_verdicts(problem: Problem, course: Sequence[CourseEntry]) -> list[Verdict]:
    """One verdict on the holes and one on the wings of the last step, if there are any."""
    kinds = ("hole", "wing")
    told = [(kind, [b for b in course[-1].blemishes if b.kind == kind]) for kind in kinds]
    return [_verdict(problem, kind, found, course) for kind, found in told if found]


def _verdict(
    problem: Problem,
    kind: str,
    found: Sequence[Blemish],
    course: Sequence[CourseEntry],
) -> Verdict:
    worst = sorted(found, key=lambda blemish: -abs(blemish.depth_sigma))
    deepest = abs(worst[0].depth_sigma)
    plural = "" if len(found) == 1 else "s"
    severity: Severity = "warning" if warned_of(problem, found) else "notice"
    if len(found) > MANY:
        severity = "alarm"
    return Verdict(
        kind=f"{kind}s",
        when="during",
        severity=severity,
        title=f"{len(found)} {kind}{plural}",
        sentence=f"{len(found)} {kind}{plural}: {_WORDS[kind]}. The "
        f"{'deepest' if kind == 'hole' else 'highest'} has {deepest:.1f} sigma, at x "
        f"{worst[0].x:.0f}, y {worst[0].y:.0f} in subfilter {worst[0].subfilter}, "
        f"{abs(worst[0].depth_percent):.2g} % of the source's light.{_along(problem, found)}",
        rule=f"{RULE} As healthy fits have some, it is a notice where none has {DEEP_PERCENT:g} % "
        f"of its source's light, and one source or {100 * FEW_SOURCES:g} % of all have one.",
        confidence=float(np.clip(1 - 2.5 / deepest, 0.5, 1)),
        remedies=_remedies(problem),
        steps=tuple(
            entry.index for entry in course if any(b.kind == kind for b in entry.blemishes)
        ),
        places=tuple(Place(x=b.x, y=b.y, subfilter=b.subfilter) for b in worst),
    )


def warned_of(problem: Problem, found: Sequence[Blemish]) -> bool:
    """Whether blemishes of one kind are more than healthy fits have: a deep one, or many."""
    sources = {(b.source_x, b.source_y) for b in found}
    many = len(sources) > max(1, FEW_SOURCES * known_peaks(problem).x.size)
    # A depth of NaN has no source that would explain it.
    deep = not all(abs(b.depth_percent) < DEEP_PERCENT for b in found)
    return bool(found) and (deep or many)


def _along(problem: Problem, found: Sequence[Blemish]) -> str:
    """How many lie from their sources as the visits are refracted, where they share a line."""
    axis = zenith_axis(problem)
    sides = np.array([(b.x - b.source_x, b.y - b.source_y) for b in found])
    sides = sides[np.isfinite(sides).all(axis=1) & (np.hypot(*sides.T) > 0)]
    if axis is None or not len(sides):
        return ""
    along = np.abs(sides @ axis) > ALONG * np.hypot(*sides.T)
    return f" {int(along.sum())} of {len(sides)} lie along the line to the zenith."


def _remedies(problem: Problem) -> tuple[Remedy, ...]:
    exact = Remedy(
        sentence="Solve in closed form, with the prior of smooth spectra.",
        knobs={"solver": "direct"},
    )
    fewer = Remedy(
        sentence=f"Lower n_subfilters to {MODEST_SUBFILTERS}: fewer planes to tell apart.",
        knobs={"n_subfilters": MODEST_SUBFILTERS},
    )
    visits = Remedy(sentence="Add a visit at another airmass or parallactic angle.")
    remedies = [] if problem.config.in_fourier_space else [exact]
    if problem.n_subfilters > MODEST_SUBFILTERS:
        remedies.append(fewer)
    return (*remedies, visits)
