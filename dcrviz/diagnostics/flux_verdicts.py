"""Where the light goes, as verdicts: clamped, lost, passed from plane to plane, or alternating."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dcrviz.diagnostics.course import CourseEntry
from dcrviz.diagnostics.verdict import Place, Remedy, Verdict

CLAMPED = 0.2
"""Part of the pixels, of all planes, that clamps limit."""
LEDGER = 0.1
"""By which the planes' sum may be off the template near sources."""
EXCHANGE = 0.05
"""Part of its flux that a plane gains or loses in each iteration while it passes light."""
ALTERNATION = 0.1
"""Part of its light that alternates between neighbouring planes in most of the sources."""
FEW_SOURCES = 0.1
"""Part of the sources up to which it is but worth knowing that single ones are off."""
# Times the noise of a source's light.
_BEYOND = 5.0
_LEAST_SOURCES = 3
_LEAST_ITERATIONS = 4


def flux_verdicts(course: Sequence[CourseEntry]) -> list[Verdict]:
    """What the last step's ledger, and the planes' fluxes of the last steps, show."""
    last = course[-1]
    found = [
        _clamped(last),
        _total(last) or _single_sources(last),
        _between_iterations(course),
        _between_planes(last),
    ]
    return [verdict for verdict in found if verdict is not None]


def _clamped(last: CourseEntry) -> Verdict | None:
    if not last.clamped > CLAMPED:
        return None
    return Verdict(
        kind="clamped",
        when="during",
        severity="warning" if last.clamped > 2 * CLAMPED else "notice",
        title=f"{100 * last.clamped:.0f} % clamped",
        sentence=f"The clamps limit {100 * last.clamped:.0f} % of all pixels and change the sum of "
        f"the planes by {100 * last.clamp_flux:+.1f} % of the template's light: the result is "
        "theirs as much as the visits'.",
        rule=f"More than {100 * CLAMPED:.0f} % of the pixels of all planes: few reach a clamp "
        "where steps are small.",
        confidence=float(min(1.0, 0.5 + last.clamped)),
        remedies=(
            Remedy(
                sentence="Solve in closed form, which needs no clamps.",
                knobs={"solver": "direct"},
            ),
        ),
        steps=(last.index,),
    )


def _total(last: CourseEntry) -> Verdict | None:
    off = last.flux_ratio - 1
    if not abs(off) > LEDGER:
        return None
    return Verdict(
        kind="flux_lost" if off < 0 else "flux_gained",
        when="during",
        severity="warning",
        title=f"{100 * off:+.1f} % flux",
        sentence=f"On sources the planes together differ from the light of the plain coadd by "
        f"{100 * off:+.1f} %, which refraction can't do.",
        rule=f"Off by more than {100 * LEDGER:.0f} %: refraction moves light and keeps it.",
        confidence=float(min(1.0, abs(off) / (2 * LEDGER))),
        remedies=(
            Remedy(
                sentence="Solve in closed form, which keeps the light.",
                knobs={"solver": "direct"},
            ),
        ),
        steps=(last.index,),
    )


def _single_sources(last: CourseEntry) -> Verdict | None:
    """Sources that are off though all of them together are not."""
    ledger = last.ledger
    off = ledger.off
    wrong = np.flatnonzero(
        (np.abs(off) > LEDGER) & (np.abs(off) * ledger.coadd > _BEYOND * ledger.noise)
    )
    if not wrong.size:
        return None
    worst = wrong[np.argsort(-np.abs(off[wrong]), kind="stable")]
    first, plural = worst[0], "s" if wrong.size > 1 else ""
    return Verdict(
        kind="source_flux",
        when="during",
        severity="warning" if wrong.size > max(1, FEW_SOURCES * off.size) else "notice",
        title=f"{wrong.size} source{plural} off in flux",
        sentence=f"About {wrong.size} of {off.size} bright sources the planes together differ from "
        f"the light of the plain coadd, most by {100 * off[first]:+.0f} % at x "
        f"{ledger.x[first]:.0f}, y {ledger.y[first]:.0f}: something that not all visits have, an "
        "edge, or a mask.",
        rule=f"In a box about the source they are off by more than {100 * LEDGER:.0f} % and by "
        f"more than {_BEYOND:g} times the noise: refraction moves light and keeps it. A warning "
        f"from {100 * FEW_SOURCES:.0f} % of the sources on.",
        confidence=float(min(1.0, 0.5 + np.abs(off[first]))),
        remedies=(
            Remedy(
                sentence="Leave out what single visits have seen, and keep the rest of them: "
                "switch find_artifacts on.",
                knobs={"find_artifacts": True},
            ),
        ),
        steps=(last.index,),
        places=tuple(Place(x=float(ledger.x[i]), y=float(ledger.y[i])) for i in worst),
    )


def _between_planes(last: CourseEntry) -> Verdict | None:
    """Planes that hold more than their neighbours, and less, in turn."""
    alternation = last.ledger.alternation
    if alternation.size < _LEAST_SOURCES:
        return None
    typical = float(np.median(alternation))
    if not abs(typical) > ALTERNATION:
        return None
    number = len(last.ledger.planes)
    pattern = "".join("+-"[(plane + (typical < 0)) % 2] for plane in range(number))
    return Verdict(
        kind="planes_alternate",
        when="during",
        severity="warning",
        title="Planes alternate",
        sentence=f"From blue to red the planes hold too much and too little light in turn "
        f"({pattern}), by {100 * abs(typical):.0f} % in most of {alternation.size} bright sources: "
        "no spectra do so.",
        rule=f"The median over the sources of what alternates between neighbouring planes is more "
        f"than {100 * ALTERNATION:.0f} % of their light: healthy fits leave less than half of it.",
        confidence=float(1 - 0.5 * ALTERNATION / abs(typical)),
        remedies=(
            Remedy(
                sentence="Solve in closed form, with the prior of smooth spectra.",
                knobs={"solver": "direct"},
            ),
            Remedy(sentence="Look whether the visits' parallactic angles are right."),
        ),
        steps=(last.index,),
    )


def _between_iterations(course: Sequence[CourseEntry]) -> Verdict | None:
    """Planes that gain and lose light in turn while their sum stays."""
    entries = [entry for entry in course if entry.tile == course[-1].tile]
    if len(entries) < _LEAST_ITERATIONS + 1:
        return None
    fluxes = np.array([entry.plane_flux for entry in entries[-_LEAST_ITERATIONS - 1 :]])
    changes = np.diff(fluxes, axis=0) / np.maximum(np.abs(fluxes[:-1]), 1e-30)
    turns = (changes[1:] * changes[:-1] < 0).all(axis=0)
    large = (np.abs(changes) > EXCHANGE).all(axis=0)
    passing = np.flatnonzero(turns & large)
    if not passing.size:
        return None
    size = float(np.abs(changes[:, passing]).max())
    names = ", ".join(str(plane) for plane in passing)
    return Verdict(
        kind="planes_exchange_flux",
        when="during",
        severity="warning",
        title="Planes pass light",
        sentence=f"Subfilters {names} gain and lose up to {100 * size:.0f} % of their light in "
        "turn, iteration after iteration.",
        rule=f"{_LEAST_ITERATIONS} changes in a row of more than {100 * EXCHANGE:.0f} %, each "
        "against the one before.",
        confidence=float(min(1.0, 0.5 + size)),
        remedies=(
            Remedy(
                sentence="Solve in closed form.",
                knobs={"solver": "direct"},
            ),
        ),
        steps=tuple(entry.index for entry in entries[-_LEAST_ITERATIONS:]),
    )
