"""What each visit tells at each spatial frequency, and what the planes' sharpness costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dcrviz.engine import Problem
from dcrviz.engine.fitted_seeing import noise_of_planes
from dcrviz.engine.seeing import VisitSeeing
from dcrviz.frozen import Frozen
from dcrviz.physics.geometry import airmass_of
from dcrviz.physics.star_shape import ellipticity
from dcrviz.records import Floats

HALF_LIGHT = 0.5
"""Of the planes' stars at low frequency: where they have so much left, visits are compared."""
# Of the planes' light: where there is less nobody sees its noise.
_SEEN = 0.02
_STEPS = 64
_DIRECTIONS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSharpness:
    """How sharp one visit is.

    Parameters
    ----------
    fwhm_px
        None if it does not tell its seeing.
    ellipticity
        (major - minor) / (major + minor) axis of its star image, 0 for a bare FWHM.
    share
        Part of what all visits tell that it tells where the planes' stars have half their light.
    weight_share
        The same at low frequency, where seeing does not matter: its part of the weight.
    """

    id: int | str
    airmass: float
    fwhm_px: float | None
    ellipticity: float
    share: float
    weight_share: float


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Sharpness(Frozen):
    """What each visit tells at each spatial frequency.

    Parameters
    ----------
    planes_fwhm_px
        Seeing of the planes; None where the fit does not know that of the visits, which then count
        alike at all frequencies.
    visits
        (V), in the problem's order.
    frequency
        (F,), cycles per pixel, from 0 to where the planes' stars have 2 % of their light.
    shares
        (V, F), part of each visit in what all tell; they add up to 1. A visit that is off has 0.
    light
        (F,), what the planes' stars have left of their light.
    noise
        (F,), noise of the planes' sum over that of the plain coadd.
    """

    planes_fwhm_px: float | None
    visits: tuple[VisitSharpness, ...]
    frequency: Floats
    shares: Floats
    light: Floats
    noise: Floats

    @property
    def sentences(self) -> tuple[str, ...]:
        """The main numbers in words."""
        return _sentences(self)

    def as_mapping(self) -> dict[str, Any]:
        """All numbers by name, as JSON takes them."""
        return {
            "planes_fwhm_px": self.planes_fwhm_px,
            "visits": [
                {name: getattr(visit, name) for name in VisitSharpness.__slots__}
                for visit in self.visits
            ],
            "frequency": self.frequency.tolist(),
            "shares": self.shares.tolist(),
            "light": self.light.tolist(),
            "noise": self.noise.tolist(),
        }


def sharpness(problem: Problem) -> Sharpness:
    """What each visit of a problem tells at each spatial frequency.

    Notes
    -----
    The light of a mode P y is seen in visit i as K_i P y with a precision of w_i: it tells
    ``w_i |K_i P|^2``, the mean over all directions and planes. The noise is `noise_of_planes`.
    """
    seeing, precision = problem.seeing, problem.precision
    fwhm_px = None if seeing is None else seeing.planes.fwhm_px
    frequency = _frequencies(seeing)
    told = precision[:, None] * _passed(seeing, len(precision), frequency)
    total = told.sum(axis=0)
    shares = np.divide(told, total, out=np.zeros_like(told), where=total > 0)
    light = _light(seeing, frequency)
    half = int(np.argmin(np.abs(light - HALF_LIGHT)))
    return Sharpness(
        planes_fwhm_px=fwhm_px,
        visits=tuple(
            _of_visit(problem, visit, float(shares[visit, half]), float(shares[visit, 0]))
            for visit in range(len(precision))
        ),
        frequency=frequency,
        shares=shares,
        light=light,
        noise=np.ones(len(frequency))
        if seeing is None or not precision.any()
        else noise_of_planes(seeing, precision, frequency),
    )


def _of_visit(problem: Problem, visit: int, share: float, weight_share: float) -> VisitSharpness:
    seeing, record = problem.seeing, problem.visits[visit]
    star = None if seeing is None else seeing.stars[visit]
    return VisitSharpness(
        id=record.id,
        airmass=airmass_of(record),
        fwhm_px=record.psf_fwhm_px if seeing is None else float(seeing.fwhm_px[visit]),
        ellipticity=0.0 if star is None else ellipticity(star),
        share=share,
        weight_share=weight_share,
    )


def _frequencies(seeing: VisitSeeing | None) -> Floats:
    all_of_them = np.linspace(0, 0.5, 2048)
    dark = np.flatnonzero(_light(seeing, all_of_them) < _SEEN)
    highest = all_of_them[dark[0]] if dark.size else 0.5
    return np.linspace(0, highest, _STEPS)


def _light(seeing: VisitSeeing | None, frequency: Floats) -> Floats:
    if seeing is None:
        return np.ones_like(frequency)
    return seeing.planes.profile.transfer(frequency, fwhm_px=seeing.planes.fwhm_px)


def _passed(seeing: VisitSeeing | None, n_visits: int, frequency: Floats) -> Floats:
    """(V, F), |K_i|^2, the mean over directions and planes."""
    if seeing is None:
        return np.ones((n_visits, len(frequency)))
    angles = np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
    y, x = np.outer(np.sin(angles), frequency), np.outer(np.cos(angles), frequency)
    each = [
        (np.abs(seeing.transfer(visit, y.ravel(), x.ravel())) ** 2).mean(axis=0).reshape(y.shape)
        for visit in range(n_visits)
    ]
    return np.asarray(np.stack(each).mean(axis=1))


def _sentences(found: Sharpness) -> tuple[str, ...]:
    if found.planes_fwhm_px is None:
        return ("The fit does not know the seeing of the visits: all frequencies count alike.",)
    widths = [visit.fwhm_px for visit in found.visits if visit.fwhm_px is not None]
    told = (
        f"Stars of the planes are {found.planes_fwhm_px:.2f} px wide, those of the visits "
        f"{min(widths):.2f} to {max(widths):.2f} px."
    )
    most = max(found.visits, key=lambda visit: visit.share)
    noisiest = int(np.argmax(found.noise))
    return (
        told,
        f"Where the planes' stars have half their light, visit {most.id} tells most: "
        f"{100 * most.share:.0f} % of all, with {100 * most.weight_share:.0f} % of the weight.",
        f"The noise of the planes is up to {found.noise[noisiest]:.2f} times that of the coadd, at "
        f"{found.frequency[noisiest]:.2f} cycles per pixel.",
    )
