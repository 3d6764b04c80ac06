"""What the visits say before any fit, as verdicts: too few, too much alike, masked."""

from __future__ import annotations

import numpy as np

from dcrviz.diagnostics.leverage import Leverage, leverage
from dcrviz.diagnostics.remembered import remembered
from dcrviz.diagnostics.seeing_verdicts import seeing_verdicts
from dcrviz.diagnostics.subfilter_verdicts import subfilter_verdict
from dcrviz.diagnostics.verdict import (
    FEWEST_VISITS,
    Place,
    Remedy,
    Severity,
    Verdict,
    beyond,
)
from dcrviz.diagnostics.visit_entries import tan_z
from dcrviz.engine import Problem
from dcrviz.engine.masks import flagged
from dcrviz.kernels.patches import find_patches
from dcrviz.physics.geometry import airmass_of
from dcrviz.plurals import counted
from dcrviz.records import Floats

NARROW_TAN_Z = 0.15
"""Range of tan z below which all visits are refracted alike."""
ONE_ANGLE_SHARE = 0.15
"""Leverage across over leverage along, below which the visits lie along one line."""
SINGLE_SHARE = 0.5
"""Part of the leverage that must be left without any one visit."""
UNCERTAIN = 0.3
"""Expected colour error, in units of all colour, from which lacking leverage is a warning."""


def before_verdicts(problem: Problem) -> tuple[Verdict, ...]:
    """What lacks in the visits that are on; a single good verdict if nothing does."""
    on = np.flatnonzero((problem.factors > 0) & problem.usable.any(axis=(1, 2)))
    few = _too_few(problem, on.size)
    if few is not None and few.severity == "alarm":
        return (few,)
    found = _known_leverage(problem)
    lacking = [few, *_geometry(problem, on, found), subfilter_verdict(problem, found)]
    lacking += [*seeing_verdicts(problem, on), _saturated(problem)]
    told = tuple(verdict for verdict in lacking if verdict is not None)
    return told if any(v.severity != "notice" for v in told) else (*told, _good(found))


@remembered
def _known_leverage(problem: Problem) -> Leverage | None:
    known = all(v.parallactic_rad is not None for v in problem.visits)
    return leverage(problem) if known else None


def _good(found: Leverage | None) -> Verdict:
    return Verdict(
        kind="healthy",
        when="before",
        severity="good",
        title="Visits fit for the task",
        sentence=found.sentence if found else "The visits have nothing that spoils a fit.",
        rule="Said when no rule about the visits gives a warning.",
        confidence=1.0,
    )


def _too_few(problem: Problem, n_on: int) -> Verdict | None:
    least = max(FEWEST_VISITS, problem.n_subfilters)
    if n_on >= least:
        return None
    fewer = max(1, min(n_on, problem.n_subfilters))
    remedies = [Remedy(sentence=f"Add visits: {least} or more.")]
    if 1 <= fewer < problem.n_subfilters:
        remedies.insert(
            0,
            Remedy(
                sentence=f"Lower n_subfilters to {fewer}: no more than there are visits.",
                knobs={"n_subfilters": fewer},
            ),
        )
    return Verdict(
        kind="too_few_visits",
        when="before",
        severity="alarm" if n_on < 2 else "warning",
        title=f"{counted(n_on, 'visit')} only",
        sentence=f"{counted(n_on, 'usable visit')} {'is' if n_on == 1 else 'are'} on, for "
        f"{problem.n_subfilters} subfilters: what the planes can't take from the visits they take "
        "from the prior, or from noise.",
        rule=f"Fewer than {FEWEST_VISITS} visits, or fewer than subfilters: there are then more "
        "unknowns than measurements in each spatial frequency.",
        confidence=1.0,
        remedies=tuple(remedies),
    )


def _spans(problem: Problem) -> Floats:
    """(V, 2), what lies between the first and the last plane in each visit [px]."""
    return np.asarray(problem.shifts.midpoint[:, 0] - problem.shifts.midpoint[:, -1], np.float64)


def _geometry(problem: Problem, on: np.ndarray, found: Leverage | None) -> list[Verdict]:
    if problem.n_subfilters == 1 or on.size < 2:
        return []
    spans = _spans(problem)[on]
    airmasses = np.array([airmass_of(problem.visits[v]) for v in on])
    tangents = np.array([tan_z(airmass) for airmass in airmasses])
    single = _single(problem, on, spans, airmasses)
    narrow = None if single else _narrow(airmasses, tangents, found)
    one_angle = _one_angle(spans, found)
    return [verdict for verdict in (single, narrow, one_angle) if verdict is not None]


def _lever(spans: Floats) -> Floats:
    """(2,) standard deviations along and across the direction in which spans differ most."""
    off = spans - spans.mean(axis=0)
    least, most = np.sqrt(np.maximum(np.linalg.eigvalsh(off.T @ off / len(off)), 0))
    return np.array([most, least])


def _single(problem: Problem, on: np.ndarray, spans: Floats, airmasses: Floats) -> Verdict | None:
    if len(on) <= FEWEST_VISITS:
        return None
    whole = np.hypot(*_lever(spans))
    left = [np.hypot(*_lever(np.delete(spans, v, axis=0))) for v in range(len(on))]
    alone = int(np.argmin(left))
    if whole <= 0 or left[alone] >= SINGLE_SHARE * whole or airmasses[alone] < airmasses.max():
        return None
    name = problem.visits[on[alone]].id
    highest = airmasses[alone]
    middle = float((np.median(airmasses) + highest) / 2)
    return Verdict(
        kind="single_high_airmass",
        when="before",
        severity="warning",
        title=f"All colour from visit {name}",
        sentence=f"Visit {name} alone, at airmass {highest:.2f}, tells colours: without it "
        f"{100 * left[alone] / whole:.0f} % of the leverage is left. Whatever is wrong with it "
        "becomes a colour.",
        rule=f"Without one visit less than {100 * SINGLE_SHARE:.0f} % of the scatter of shifts "
        "between the ends of the band is left, and it has the highest airmass.",
        confidence=beyond(SINGLE_SHARE * whole, left[alone]),
        remedies=(Remedy(sentence=f"Add visits at airmass {middle:.1f} or higher."),),
    )


def _narrow(airmasses: Floats, tangents: Floats, found: Leverage | None) -> Verdict | None:
    extent = float(np.ptp(tangents))
    if extent >= NARROW_TAN_Z:
        return None
    return Verdict(
        kind="narrow_airmass",
        when="before",
        severity=_severity(found),
        title="Narrow range of airmass",
        sentence=f"All airmasses lie between {airmasses.min():.2f} and {airmasses.max():.2f}: "
        f"refraction differs hardly from visit to visit. {_told(found)}",
        rule=f"The tangents of the zenith angles, to which refraction is proportional, span less "
        f"than {NARROW_TAN_Z}.",
        confidence=beyond(NARROW_TAN_Z, extent),
        remedies=(Remedy(sentence=_other_airmass(airmasses)),),
    )


def _other_airmass(airmasses: Floats) -> str:
    if airmasses.mean() > 1.3:
        return "Add a visit near the zenith, at airmass 1.1 or lower."
    return f"Add a visit at airmass {max(1.5, airmasses.max() + 0.3):.1f} or higher."


def _one_angle(spans: Floats, found: Leverage | None) -> Verdict | None:
    """Spans along one line through the origin: one angle, or one and its opposite."""
    second = spans.T @ spans / len(spans)
    least, most = np.sqrt(np.maximum(np.linalg.eigvalsh(second), 0))
    if most <= 0 or least >= ONE_ANGLE_SHARE * most:
        return None
    return Verdict(
        kind="one_angle",
        when="before",
        severity=_severity(found, least="warning"),
        title="One parallactic angle",
        sentence="All visits are refracted along one line on the image: across it nothing is told, "
        f"and holes and wings lie along it. {_told(found)}",
        rule="Across the line along which the visits are refracted most they are refracted less "
        f"than {100 * ONE_ANGLE_SHARE:.0f} % as far.",
        confidence=beyond(ONE_ANGLE_SHARE, least / most),
        remedies=(
            Remedy(
                sentence="Add a visit at another parallactic angle, 45 deg away or more: on the "
                "other side of the meridian.",
            ),
        ),
    )


def _told(found: Leverage | None) -> str:
    return found.sentence if found else ""


def _severity(found: Leverage | None, *, least: Severity = "notice") -> Severity:
    uncertain = found is None or found.colour_error > UNCERTAIN
    return "warning" if uncertain else least


def _saturated(problem: Problem) -> Verdict | None:
    """Stars whose pixels are marked SAT in the template, let into the fit or left out of it."""
    marked = flagged(problem.template.mask, problem.mask_planes, ["SAT"])
    cores = find_patches(marked, problem.template.image)
    if not cores.x.size:
        return None
    let_in = "SAT" not in problem.config.bad_planes
    order = np.argsort(-cores.pixels, kind="stable")
    number, pixels = f"{cores.x.size} saturated star", int(cores.pixels.sum())
    plural = "s" if cores.x.size > 1 else ""
    mask = Remedy(
        sentence="Name SAT among bad_planes: then each pixel is fitted by the visits in which it "
        "is not full.",
        knobs={"bad_planes": [*problem.config.bad_planes, "SAT"]},
    )
    exact = Remedy(
        sentence="Solve with pcg, which leaves masked pixels out exactly.",
        knobs={"solver": "pcg"},
    )
    spare = Remedy(sentence="Trust no colour there: list the star for mask_bright_objects.")
    other = [] if problem.config.solver == "pcg" else [exact]
    return Verdict(
        kind="saturated",
        when="before",
        severity="warning" if let_in else "notice",
        title=number + plural,
        sentence=f"{number}{plural}, {pixels} pixels marked SAT, are "
        + (
            "let into the fit: a cut core and its bleeding pass for colour."
            if let_in
            else "left out of the fit: fewer visits tell the colour there."
        ),
        rule="The template's mask has pixels marked SAT; a warning if bad_planes lets them in.",
        confidence=1.0,
        remedies=(mask, spare) if let_in else (*other, spare),
        places=tuple(Place(x=float(cores.x[i]), y=float(cores.y[i])) for i in order),
    )
