"""Advice on visits: what each would add, what each would take away, and where it pays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from dcrviz.frozen import Frozen
from dcrviz.physics.geometry import airmass_of
from dcrviz.plurals import percent
from dcrviz.records import Bools, Floats, Visit

NO_HELP = 0.01
"""Gain below which a visit is said not to help."""
# Part by which the seeing of a visit differs from the others' when it is worth a word.
_UNLIKE = 0.1


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
    fwhm_px
        (C,), seeing by which each was weighed; None where the fit knows no seeing.
    errors_at_one_seeing
        (C,), the errors, were all candidates as sharp as each other; None where they are.
    note
        When the target can be seen, or why it can't; empty where nobody asked.
    """

    before: float
    visits: tuple[Visit, ...]
    errors: Floats
    term_errors: Floats
    fwhm_px: Floats | None = None
    errors_at_one_seeing: Floats | None = None
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
        return " ".join(
            filter(
                None,
                [
                    f"The best next visit is {self.best.id}, at airmass "
                    f"{airmass_of(self.best):.2f} and parallactic angle {angle:.0f} deg: it lowers "
                    f"the error of colours from {percent(self.before)} to "
                    f"{percent(float(self.errors.min()))}.",
                    self._of_seeing(),
                    self.note,
                ],
            )
        )

    def _of_seeing(self) -> str:
        """What the seeing has to do with the choice; empty if nothing."""
        if self.fwhm_px is None or self.errors_at_one_seeing is None:
            return ""
        best, alike = int(self.errors.argmin()), int(self.errors_at_one_seeing.argmin())
        sharp = f"It is weighed with a seeing of {self.fwhm_px[best]:.2g} px"
        if best == alike:
            return f"{sharp}."
        other = self.visits[alike]
        return (
            f"{sharp}; were all as sharp it would be {other.id}, at airmass "
            f"{airmass_of(other):.2f}, which is weighed with {self.fwhm_px[alike]:.2g} px."
        )

    def as_mapping(self) -> dict[str, Any]:
        """All numbers by name, as JSON takes them."""
        widths = [None] * len(self.visits) if self.fwhm_px is None else self.fwhm_px.tolist()
        rows = [
            {
                "id": visit.id,
                "airmass": airmass_of(visit),
                "parallactic_deg": math.degrees(visit.parallactic_rad or 0.0),
                "fwhm_px": width,
                "colour_error": float(error),
                "gain": float(gain),
                "term_errors": terms.tolist(),
            }
            for visit, width, error, gain, terms in zip(
                self.visits, widths, self.errors, self.gains, self.term_errors, strict=True
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
    fwhm_px
        (V,), their seeing; None where the fit does not know it.
    """

    before: float
    visits: tuple[Visit, ...]
    errors: Floats
    term_errors: Floats
    fwhm_px: Floats | None = None

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
        if not self.visits:
            return "No visit has a usable pixel, so there is none to leave out."
        name, now, worst = self.most_important.id, self.before, float(self.errors.max())
        grows = "the error of colours grows from"
        if percent(now) == percent(worst):
            finely = " to ".join(f"{100 * error:.3g} %" for error in (now, worst))
            return f"No visit matters much: without {name} {grows} {finely}."
        return (
            f"Visit {name} matters most: without it {grows} {percent(now)} to {percent(worst)}."
            f"{self._of_seeing()}"
        )

    def _of_seeing(self) -> str:
        """What the seeing of that visit has to do with it; empty if next to nothing."""
        if self.fwhm_px is None:
            return ""
        own, middle = self.fwhm_px[int(self.losses.argmax())], np.median(self.fwhm_px)
        if abs(own / middle - 1) < _UNLIKE:
            return ""
        side = "sharper" if own < middle else "broader"
        return f" Its stars are {side} than most: {own:.2g} px, {middle:.2g} px in the median."

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
    return f"None of these visits helps: the error of colours stays at {percent(before)}."


def _gains(before: float, errors: Floats) -> Floats:
    # A visit never adds to the error; rounding might.
    return np.maximum(1 - errors / before, 0) if before > 0 else np.zeros_like(errors)
