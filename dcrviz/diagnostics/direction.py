"""Whether the dipoles that are left point to the zenith, and where the zenith really is.

Refraction moves a source of colour c in visit v by c times d_v, the way from the red end of the
band to its blue end, plus one place for all visits. The colour is the source's own, the direction
the visit's: so the places tell which angles fit, whatever colours a fit has found under wrong ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from dcrviz.diagnostics.offsets import Offsets, measure_offsets
from dcrviz.diagnostics.places import about_mean, misfit
from dcrviz.diagnostics.shifted_visits import ShiftedVisit, shifted_visits, without_shifted
from dcrviz.engine import Problem
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.shifts import displacement_px
from dcrviz.records import Cube, Floats, Visit

AS_GIVEN = "as given"
LEAST_SOURCES = 3
"""With fewer, one variable star or blend would decide."""
NOT_TESTED = "Fewer than three bright and lonely sources: their places tell nothing."
"""What there is to say where `residual_direction` finds nothing."""
LEAST_SHRINK = 1.25
"""By which another angle must shrink the residuals to be named."""
_LEAST_SIGMA = 5.0
_LEAST_STRENGTH_OFF = 0.4

ANGLES: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        AS_GIVEN: lambda q: q,
        "mirrored": lambda q: -q,
        "turned by 180 deg": lambda q: q + math.pi,
        "mirrored and turned by 180 deg": lambda q: math.pi - q,
        "turned by 90 deg": lambda q: q + math.pi / 2,
        "turned by -90 deg": lambda q: q - math.pi / 2,
    }
)
"""What the parallactic angle might be, by name, made of what it is said to be."""


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
    shifted
        Visits that are off by themselves, the worst first.
    verdicts
        Sentences; the only one of a healthy field says so.
    """

    n_sources: int
    along_px: float
    across_px: float
    strength: float
    strength_error: float
    hypotheses: tuple[Hypothesis, ...]
    best: str
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


def residual_direction(problem: Problem, planes: Cube) -> Direction | None:
    """Test the visits' angles, the sign of refraction, and their astrometry.

    Parameters
    ----------
    planes
        (S, Y, X), as they become coadds.

    Returns
    -------
    Direction or None
        None if there are fewer than three sources to measure, or the angles aren't known.

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
    offsets = measure_offsets(problem, planes)
    if len(offsets.x) < LEAST_SOURCES:
        return None
    spans = {name: _band_spans(problem, bent) for name, bent in ANGLES.items()}
    lift = _lift(offsets, spans[AS_GIVEN])
    shifted, misfits = {}, {}
    for name, span in spans.items():
        seen = offsets.seen - lift[:, None] * span
        shifted[name] = shifted_visits(seen, offsets.weight, span)
        misfits[name] = misfit(seen, without_shifted(offsets.weight, shifted[name]), span)
    best = min(misfits, key=lambda name: misfits[name])
    shrink = {name: math.sqrt(misfits[AS_GIVEN] / max(m, 1e-30)) for name, m in misfits.items()}
    best = best if shrink[best] >= LEAST_SHRINK else AS_GIVEN
    along, across = _along_and_across(offsets, spans[AS_GIVEN])
    strength, error = _strength(offsets, without_shifted(offsets.weight, shifted[best]))
    return Direction(
        n_sources=len(offsets.x),
        along_px=along,
        across_px=across,
        strength=strength,
        strength_error=error,
        hypotheses=tuple(Hypothesis(name=name, shrink=by) for name, by in shrink.items()),
        best=best,
        shifted=shifted[best],
        verdicts=(
            *_about_angle(best, shrink[best]),
            *_about_visits(problem.visits, shifted[best]),
            *_about_strength(strength, error),
        )
        or ("The residuals have no direction: angles, sign and astrometry fit the data.",),
    )


def _band_spans(problem: Problem, bent: Callable[[float], float]) -> Floats:
    """(V, 2), the way (y, x) from red to blue in each visit under such angles."""
    assert problem.wcs is not None
    jacobian = wcs_jacobian(problem.wcs, problem.shape)
    ends = np.array([problem.band.min_nm, problem.band.max_nm])
    moved = [
        displacement_px(ends, _bent(visit, bent), band=problem.band, jacobian=jacobian)
        for visit in problem.visits
    ]
    return np.array([blue - red for blue, red in moved])


def _bent(visit: Visit, bent: Callable[[float], float]) -> Visit:
    assert visit.parallactic_rad is not None
    return replace(visit, parallactic_rad=bent(visit.parallactic_rad))


def _lift(offsets: Offsets, spans: Floats) -> Floats:
    """(V,) how far a source without colour moves to the zenith, in spans."""
    square = np.maximum((spans**2).sum(axis=1), 1e-30)
    each = np.einsum("nvk,vk->nv", offsets.colourless, spans) / square
    total = np.maximum(offsets.weight.sum(axis=0), 1e-30)
    return np.asarray((each * offsets.weight).sum(axis=0) / total)


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


def _about_angle(best: str, shrink: float) -> list[str]:
    if best == AS_GIVEN:
        return []
    return [
        f"Residuals shrink {shrink:.1f}x if the parallactic angle is {best}: the headers' "
        "convention, or a flip of the images, is not what was assumed."
    ]


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
