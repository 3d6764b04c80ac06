"""Dipoles on difference images: what a template that is off by a fraction of a pixel leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dcrviz.engine.detect import FWHM_PER_SIGMA
from dcrviz.kernels.extract import extract
from dcrviz.records import Floats, Plane

THRESHOLD_SIGMA = 5.0
"""Of a detection on the difference smoothed by the PSF."""
# A pair further apart is two sources; one with less equal lobes is a variable star.
_REACH_FWHM = 2.0
_LEAST_RATIO = 0.2
_LEAST_PIXELS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Dipole:
    """A positive detection with a negative one beside it.

    Parameters
    ----------
    x, y
        Middle between the two.
    separation_px
        From one to the other; where they overlap they cancel, and what is left lies further apart.
    orientation_deg
        Direction from the negative to the positive one, from the x axis towards the y axis, -180
        to 180.
    flux_ratio
        Flux of the fainter over that of the brighter, 0.2 to 1.
    flux
        Mean of both, without their signs.
    """

    x: float
    y: float
    separation_px: float
    orientation_deg: float
    flux_ratio: float
    flux: float


def find_dipoles(difference: Plane, *, sigma: Plane | float, fwhm_px: float) -> tuple[Dipole, ...]:
    """Dipoles on a difference image, the brightest first; no detection is in two of them.

    Parameters
    ----------
    difference
        (Y, X), visit minus template; pixels that are not finite are not used.
    sigma
        Noise, of each pixel or of all.
    fwhm_px
        Of the PSF, as a Gaussian of which the matched filter is made.

    Raises
    ------
    ValueError
        If noise or FWHM are not above 0.

    Notes
    -----
    Detections are 5 sigma after the filter, of 3 pixels or more. A pair is at most two FWHM apart,
    and the fainter one has a fifth of the brighter one's flux or more: a star that has changed its
    brightness leaves one lobe only.
    """
    if not fwhm_px > 0:
        raise ValueError(f"fwhm_px must be above 0; got {fwhm_px:g}")
    if not np.nanmin(sigma) > 0:
        raise ValueError(f"sigma must be above 0 in every pixel; got {np.nanmin(sigma):g}")
    positive = _detections(difference, sigma, fwhm_px)
    negative = _detections(-difference, sigma, fwhm_px)
    if not len(positive) or not len(negative):
        return ()
    apart = np.hypot(*(positive[:, None, :2] - negative[None, :, :2]).transpose(2, 0, 1))
    fluxes = positive[:, None, 2], negative[None, :, 2]
    ratio = np.minimum(*fluxes) / np.maximum(*fluxes)
    apart[(apart > _REACH_FWHM * fwhm_px) | (ratio < _LEAST_RATIO)] = np.inf
    found = []
    while np.isfinite(apart).any():
        # The closest first, so that no pair takes a lobe that belongs to another one.
        one, other = np.unravel_index(apart.argmin(), apart.shape)
        found.append(_dipole(positive[one], negative[other]))
        apart[one], apart[:, other] = np.inf, np.inf
    return tuple(sorted(found, key=lambda dipole: -dipole.flux))


def _dipole(positive: Floats, negative: Floats) -> Dipole:
    dx, dy, _ = (float(value) for value in positive - negative)
    middle = (positive + negative) / 2
    fluxes = sorted((float(positive[2]), float(negative[2])))
    return Dipole(
        x=float(middle[0]),
        y=float(middle[1]),
        separation_px=math.hypot(dx, dy),
        orientation_deg=math.degrees(math.atan2(dy, dx)),
        flux_ratio=fluxes[0] / fluxes[1],
        flux=float(middle[2]),
    )


def _detections(image: Plane, sigma: Plane | float, fwhm_px: float) -> Floats:
    """(N, 3), x, y and flux of what stands out of an image."""
    noise = np.broadcast_to(np.asarray(sigma, np.float32), image.shape)
    unusable = ~(np.isfinite(image) & np.isfinite(noise))
    if unusable.all():
        return np.empty((0, 3))
    found = extract(
        np.where(unusable, 0, image).astype(np.float32),
        THRESHOLD_SIGMA,
        err=np.where(unusable, 1, noise).astype(np.float32),
        mask=unusable,
        minarea=_LEAST_PIXELS,
        filter_kernel=_gaussian(fwhm_px),
    )
    rows: Floats = np.stack([found["x"], found["y"], found["flux"]], axis=1).astype(np.float64)
    return rows[rows[:, 2] > 0]


def _gaussian(fwhm_px: float) -> Plane:
    sigma_px = fwhm_px / FWHM_PER_SIGMA
    radius = max(1, math.ceil(3 * sigma_px))
    profile = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma_px) ** 2)
    return np.outer(profile, profile).astype(np.float32)
