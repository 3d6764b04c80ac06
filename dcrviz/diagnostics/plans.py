"""Advice on visits: what each would add, what each would take away, and where it pays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from dcrviz.physics.geometry import airmass_of
from dcrviz.records import Bools, Floats, Frozen, Visit

NO_HELP = 0.01
"""Gain below which a visit is said not to help."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Plan(Frozen):
    """What each of some visits would add to those taken.

    Parameters
    ----------
    before
        Expected error of all colour now, in units of all colour: `Leverage.colour_error`.
    visits
        The candidates, (C).
    errors
        (C,), the same error with one of them added.
    term_errors
        (C, S - 1), of slope, curvature, ... then, as `Leverage.errors`.
    note
        When the target can be seen, or why it can't; empty where nobody asked.
    """

    before: float
    visits: tuple[Visit, ...]
    errors: Floats
    term_errors: Floats
    note: str = ""

    @property
    def gains(self) -> Floats:
        """(C,), by how much of the present error each would lower it: 0 for nothing, 1 for all."""
        return _gains(self.before, self.errors)

    @property
    def best(self) -> Visit | None:
        """The candidate that helps most; None without any."""
        return self.visits[int(self.gains.argmax())] if self.visits else None

    @property
    def sentence(self) -> str:
        """The advice in words."""
        if self.best is None:
            return f"There is no visit to choose from. {self.note}".strip()
        if self.gains.max() < NO_HELP:
            return f"{_no_help(self.before)} {self.note}".strip()
        angle = math.degrees(self.best.parallactic_rad or 0.0)
        return (
            f"The best next visit is {self.best.id}, at airmass {airmass_of(self.best):.2f} and "
            f"parallactic angle {angle:.0f} deg: it lowers the error of colours from "
            f"{100 * self.before:.2g} % to {100 * self.errors.min():.2g} %. {self.note}"
        ).strip()

    def as_mapping(self) -> dict[str, Any]:
        """All numbers by name, as JSON takes them."""
        rows = [
            {
                "id": visit.id,
                "airmass": airmass_of(visit),
                "parallactic_deg": math.degrees(visit.parallactic_rad or 0.0),
                "colour_error": float(error),
                "gain": float(gain),
                "term_errors": terms.tolist(),
            }
            for visit, error, gain, terms in zip(
                self.visits, self.errors, self.gains, self.term_errors, strict=True
            )
        ]
        return {"before": self.before, "candidates": rows, "sentence": self.sentence}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class LeaveOneOut(Frozen):
    """What would be lost with each of the visits.

    Parameters
    ----------
    before
        Expected error of all colour with all visits that are on.
    visits
        Those that are on, (V).
    errors
        (V,), the same error without one of them.
    term_errors
        (V, S - 1), of slope, curvature, ... then, as `Leverage.errors`.
    """

    before: float
    visits: tuple[Visit, ...]
    errors: Floats
    term_errors: Floats

    @property
    def losses(self) -> Floats:
        """(V,), by how much the error of colours would grow."""
        return np.asarray(np.maximum(self.errors - self.before, 0))

    @property
    def most_important(self) -> Visit:
        """The visit whose loss would cost most."""
        return self.visits[int(self.losses.argmax())]

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        worst = 100 * float(self.errors.max())
        return (
            f"Visit {self.most_important.id} matters most: without it the error of colours grows "
            f"from {100 * self.before:.2g} % to {worst:.2g} %."
        )

    def as_mapping(self) -> dict[str, Any]:
        """All numbers by name, as JSON takes them."""
        without = {str(v.id): float(e) for v, e in zip(self.visits, self.errors, strict=True)}
        return {"before": self.before, "without": without, "sentence": self.sentence}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class GainMap(Frozen):
    """What a next visit would gain, by where in the sky it is taken.

    Parameters
    ----------
    hour_angle_h, dec_deg
        (H,) and (D,).
    gains
        (D, H), as `Plan.gains`; 0 where the sky can't be reached.
    reachable
        (D, H), above the horizon and within the airmass limit.
    altitude_deg, parallactic_deg
        (D, H).
    before
        Expected error of all colour now.
    """

    before: float
    hour_angle_h: Floats
    dec_deg: Floats
    gains: Floats
    reachable: Bools
    altitude_deg: Floats
    parallactic_deg: Floats


def _no_help(before: float) -> str:
    if not before:
        return "A single subfilter has no colour that a visit could tell."
    return f"None of these visits helps: the error of colours stays at {100 * before:.2g} %."


def _gains(before: float, errors: Floats) -> Floats:
    # A visit never adds to the error; rounding might.
    return np.maximum(1 - errors / before, 0) if before > 0 else np.zeros_like(errors)
