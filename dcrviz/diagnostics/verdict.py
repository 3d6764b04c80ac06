"""What is wrong, or right, with a fit: one record for what is found before, during and after."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from dcrviz.frozen import Frozen

Severity = Literal["good", "notice", "warning", "alarm"]
When = Literal["before", "during", "after"]

FEWEST_VISITS = 3
"""That an advice must leave."""


SYMPTOMS = frozenset(
    {
        "holes",
        "wings",
        "clamped",
        "flux_lost",
        "flux_gained",
        "source_flux",
        "planes_alternate",
        "badly_predicted",
        "washed_out_colours",
        "reversed_colours",
    }
)
"""Kinds that tell what is seen and not why: told after causes that are as bad."""
WRONG_ANGLES = frozenset({"mirrored_angle", "turned_angle"})
"""Kinds by which every plane is wrong, whatever the knobs."""
CAUSES = WRONG_ANGLES | {
    "one_angle",
    "narrow_airmass",
    "single_high_airmass",
    "no_colour",
    "variable_seeing",
    "bad_astrometry",
    "transient",
    "saturated",
    "ping_pong",
    "diverging",
}
"""Kinds that explain symptoms: what helps against them comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy(Frozen):
    """Something to turn, and what that would do.

    Parameters
    ----------
    sentence
        For people, as an instruction: "Lower base_gain to 0.25."
    knobs
        Values of `AssembleConfig` that follow it; empty where no knob helps.
    """

    sentence: str
    knobs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is seen.

    Parameters
    ----------
    x, y
        Pixel, from 0.
    subfilter
        Of which plane; None if of all.
    visit
        Index of the visit on whose residual it is; None if on the planes.
    """

    x: float
    y: float
    subfilter: int | None = None
    visit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One finding.

    Parameters
    ----------
    kind
        Names it for machines, the same in every run: ``holes``, ``ping_pong``.
    when
        Whether it follows from the visits alone, from the steps, or from the finished planes.
    severity
        ``good`` where all is well, ``notice`` for what is worth knowing, ``warning`` for what
        spoils part of the result, ``alarm`` for what makes it useless.
    title
        In a few words: "3 holes".
    sentence
        What is seen, with its numbers.
    rule
        From which threshold on it is told, and why from there.
    confidence
        How sure it is, 0 to 1.
    remedies
        The likeliest to help first.
    steps
        Indices of the steps in which it is seen, in order.
    places
        The worst first.
    """

    kind: str
    when: When
    severity: Severity
    title: str
    sentence: str
    rule: str
    confidence: float
    remedies: tuple[Remedy, ...] = ()
    steps: tuple[int, ...] = ()
    places: tuple[Place, ...] = ()


def in_order(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """What is wrong first, causes before symptoms, then by severity and confidence."""
    worst_first = ("alarm", "warning", "notice", "good")

    def place(one: Verdict) -> tuple[bool, bool, int, float]:
        wrong = one.severity in ("alarm", "warning")
        severity = worst_first.index(one.severity)
        return (not wrong, wrong and one.kind in SYMPTOMS, severity, -one.confidence)

    return sorted(verdicts, key=place)


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain values."""
    return {
        "kind": verdict.kind,
        "when": verdict.when,
        "severity": verdict.severity,
        "title": verdict.title,
        "sentence": verdict.sentence,
        "rule": verdict.rule,
        "confidence": round(verdict.confidence, 3),
        "remedies": [
            {"sentence": remedy.sentence, "knobs": dict(remedy.knobs)}
            for remedy in verdict.remedies
        ],
        "steps": list(verdict.steps),
        "places": [
            {"x": place.x, "y": place.y, "subfilter": place.subfilter, "visit": place.visit}
            for place in verdict.places
        ],
    }


def beyond(larger: float, smaller: float) -> float:
    """Confidence: 0.5 at a threshold, towards 1 far beyond it."""
    if not (math.isfinite(larger) and larger > 0):
        return 0.5
    return float(1 - 0.5 * max(0.0, smaller) / larger)
