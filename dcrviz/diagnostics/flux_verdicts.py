"""Where the light goes, as verdicts: clamped, lost, or passed from plane to plane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dcrviz.diagnostics.course import CourseEntry
from dcrviz.diagnostics.verdict import Remedy, Verdict

CLAMPED = 0.2
"""Part of the pixels, of all planes, that clamps limit."""
LEDGER = 0.1
"""By which the planes' sum may be off the template near sources."""
EXCHANGE = 0.05
"""Part of its flux that a plane gains or loses in each iteration while it passes light."""
_LEAST_ITERATIONS = 4


def flux_verdicts(course: Sequence[CourseEntry]) -> list[Verdict]:
    """What the last step's ledger, and the planes' fluxes of the last steps, show."""
    last = course[-1]
    found = [
        _clamped(last),
        _ledger(last),
        _between_iterations(course),
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


def _ledger(last: CourseEntry) -> Verdict | None:
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
