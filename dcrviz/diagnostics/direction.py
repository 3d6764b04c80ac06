"""Whether the dipoles that are left point to the zenith, and where the zenith really is.

Refraction moves a source of colour c in visit v by c times d_v, the way from the red end of the
band to its blue end, plus one place for all visits. The colour is the source's own, the direction
the visit's: so the places tell which angles fit, whatever colours a fit has found under wrong ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dcrviz.diagnostics.bends import Choice, choose_bend
from dcrviz.diagnostics.offsets import Offsets, StampCutter, Stamps, measure_offsets
from dcrviz.diagnostics.places import about_mean
from dcrviz.diagnostics.shifted_visits import ShiftedVisit, without_shifted
from dcrviz.diagnostics.smears import AS_GIVEN, QUARTERS, Bend, Smear, any_of, smears_of
from dcrviz.engine import Problem
from dcrviz.engine.template import template_maker_of
from dcrviz.records import Cube, Floats, Visit

LEAST_SOURCES = 3
"""With fewer, one variable star or blend would decide."""
LEAST_VISITS = 3
"""One colour and one place of each source explain any places in fewer."""
NOT_TESTED = (
    "Fewer than three visits, or three bright and lonely sources: their places tell nothing."
)
"""What there is to say where `residual_direction` finds nothing."""
_LEAST_SIGMA = 5.0
_LEAST_STRENGTH_OFF = 0.4
_HEALTHY = "The residuals have no direction: angles, sign and astrometry fit the data."


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What would be left of the residuals, were this so.

    Parameters
    ----------
    shrink
        Residuals under the angles as given over those under this; above 1 where this fits better.
    """

    name: str
    shrink: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """The test's result.

    Parameters
    ----------
    n_sources
        Bright and lonely sources that it was made with.
    along_px, across_px
        Root mean square of what the templates are off, along the zenith and across it.
    strength, strength_error
        How far the visits move the sources over how far their templates do; NaN where the
        templates move none. Below 0 where they move them the wrong way. A fit of its own takes a
        wrong strength of refraction into its colours: then it is near 1.
    hypotheses
        The angles as given first.
    best
        Name of that which fits best, ``as given`` unless another one is clearly better.
    undecided
        Names of others that fit as well: the visits' angles are too much alike, or refraction too
        weak, to tell.
    shifted
        Visits that are off by themselves, the worst first.
    verdicts
        Sentences; the first of a healthy field says so.
    """

    n_sources: int
    along_px: float
    across_px: float
    strength: float
    strength_error: float
    hypotheses: tuple[Hypothesis, ...]
    best: str
    undecided: tuple[str, ...]
    shifted: tuple[ShiftedVisit, ...]
    verdicts: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        """Whether angles, sign and astrometry are as the headers say."""
        return self.best == AS_GIVEN and not self.shifted

    @property
    def sentences(self) -> tuple[str, ...]:
        """The verdicts, and how far the templates are off."""
        return (
            *self.verdicts,
            f"Templates are off by {self.along_px:.3f} px along the zenith and "
            f"{self.across_px:.3f} px across it, in the mean of {self.n_sources} sources.",
        )


def residual_direction(
    problem: Problem, planes: Cube, see: Callable[[], Stamps] | None = None
) -> Direction | None:
    """Test the visits' angles, the sign of refraction, and their astrometry.

    Parameters
    ----------
    planes
        (S, Y, X), as they become coadds.
    see
        Gives what is seen of their templates, if they are made for something else, too.

    Returns
    -------
    Direction or None
        None if there are fewer than three visits in the fit or three sources to measure, or the
        angles aren't known.

    Notes
    -----
    For each hypothesis nothing is fitted anew but one colour and one place of each source, by
    linear least squares (`diagnostics/places.py`): to first order a residual is the gradient of the
    coadd times what is left of the source's offset. Turned by 180 deg, all colours are reversed and
    fit as well, to that order; but the shorter the waves, the faster refraction grows, so the smear
    of the band is lopsided, by as much as the templates of a sky without colours show. That is
    taken from the offsets first, along each hypothesis' own zenith, and tells the sign. Visits that
    are off by themselves are found for each hypothesis and left out before they are compared.
    """
    if problem.wcs is None or any(visit.parallactic_rad is None for visit in problem.visits):
        return None
    if np.count_nonzero(problem.factors) < LEAST_VISITS:
        return None

    stamps = see() if see else StampCutter(problem).stamps(template_maker_of(problem, planes))

    def measure(bends: Sequence[Bend]) -> tuple[Offsets, list[Smear]]:
        smears = smears_of(problem, bends)
        return measure_offsets(problem, planes, stamps, smears), smears

    offsets, smears = measure(QUARTERS)
    if len(offsets.x) < LEAST_SOURCES:
        return None
    choice = choose_bend(offsets, smears, measure)
    given, best = choice.tried[0], choice.best
    along, across = _along_and_across(offsets, smears[0].span)
    strength, error = _strength(offsets, without_shifted(offsets.weight, best.shifted))
    wrong = [
        *_about_angle(choice),
        *_about_visits(problem.visits, best.shifted),
        *_about_strength(strength, error),
    ]
    return Direction(
        n_sources=len(offsets.x),
        along_px=along,
        across_px=across,
        strength=strength,
        strength_error=error,
        hypotheses=tuple(
            Hypothesis(name=one.bend.name, shrink=one.shrink(given)) for one in choice.tried
        ),
        best=best.bend.name,
        undecided=tuple(one.bend.name for one in choice.undecided),
        shifted=best.shifted,
        verdicts=(*(wrong or [_HEALTHY]), *_about_undecided(choice)),
    )


def _along_and_across(offsets: Offsets, spans: Floats) -> tuple[float, float]:
    """Root mean square of what the templates are off, in the two directions [px]."""
    off = offsets.seen - offsets.predicted
    unit = spans / np.maximum(np.hypot(spans[:, 0], spans[:, 1]), 1e-30)[:, None]
    along = np.einsum("nvk,vk->nv", off, unit)
    across = off[..., 1] * unit[:, 0] - off[..., 0] * unit[:, 1]
    mean = [np.average(part**2, weights=offsets.weight) for part in (along, across)]
    return math.sqrt(mean[0]), math.sqrt(mean[1])


def _strength(offsets: Offsets, weight: Floats) -> tuple[float, float]:
    """How far the sources move over how far their templates do, and its error."""
    seen, moved = about_mean(offsets.seen, weight), about_mean(offsets.predicted, weight)
    information = float(np.einsum("nv,nvk->", weight, moved**2))
    if information < _LEAST_SIGMA**2:
        return math.nan, math.nan
    strength = float(np.einsum("nv,nvk,nvk->", weight, seen, moved)) / information
    left = float(np.einsum("nv,nvk->", weight, (seen - strength * moved) ** 2))
    unit = left / max(1, 2 * int((weight > 0).sum()))
    return strength, math.sqrt(max(1.0, unit) / information)


def _about_angle(choice: Choice) -> list[str]:
    best, given = choice.best, choice.tried[0]
    if best is given:
        return []
    return [
        f"Residuals shrink {best.shrink(given):.1f}x if the parallactic angle is {best.bend.name}: "
        "the headers' convention, or a flip of the images, is not what was assumed."
    ]


def _about_undecided(choice: Choice) -> list[str]:
    if not choice.undecided:
        return []
    names = any_of([one.bend.name for one in choice.undecided])
    return [f"Angles that are {names} would fit as well: these visits can't tell."]


def _about_visits(visits: Sequence[Visit], shifted: Sequence[ShiftedVisit]) -> list[str]:
    return [
        f"Visit {visits[off.index].id} lies off by ({off.x_px:+.2f}, {off.y_px:+.2f}) px in x and "
        f"y, whatever the source's colour (error {off.error_px:.2f} px): its astrometry is bad. "
        f"Residuals shrink {off.shrink:.1f}x without it."
        for off in shifted
    ]


def _about_strength(strength: float, error: float) -> list[str]:
    # False for NaN, too.
    if not abs(strength - 1) > max(_LEAST_STRENGTH_OFF, _LEAST_SIGMA * error):
        return []
    if strength < 0:
        return [
            f"The templates move sources the wrong way, {-strength:.2f} times as far: these planes "
            "were made with refraction of the opposite sign."
        ]
    return [
        f"The visits move sources {strength:.2f} times as far as the templates do: the planes hold "
        f"too {'little' if strength > 1 else 'much'} colour, or refraction is off by this factor."
    ]
