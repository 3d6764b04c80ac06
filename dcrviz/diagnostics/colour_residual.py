"""What is left of planes when each source's own colour is taken away, after the matched filter.

A source of any colour exceeds the mean plane by a share of its light. About every pixel that share
is fitted over a Gaussian window, every pixel weighing as its light squared: so a source's core
decides for its wings, and of two sources close together each for its own. What is then left beside
them is no colour. Light is what the mean plane has above 0: a hole that pulls the mean plane down
with it must not pass for a dark source.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dcrviz.engine.detect import FWHM_PER_SIGMA
from dcrviz.kernels.gauss import smooth
from dcrviz.kernels.planes import mean_plane
from dcrviz.records import Bools, Cube, Floats, Frozen, Ints, Plane

COLOUR_FWHM = 0.5
"""Deviation of the window in which a colour is fitted, over the FWHM of the PSF.

Wide enough that a star's core decides for the ring about it; a window twice as wide gives a source
the colour of its neighbour, which is then left as a hole and a wing.
"""
LIGHT_FWHM = 1.0
"""Deviation of the window in which the light about a pixel is measured."""
SHARE = 0.005
"""Of the light about it that a pixel may be off in planes that fit, by splines, seeing and prior.

Light is the root of the mean square of the mean plane in the window. LSST's iteration leaves so
much about stars a thousand times brighter than the noise (benchmarks/holes.py).
"""
# The share is 0 where there is no more light than this many times the noise.
_FAINT_SIGMA = 1.5
_MAD_TO_SIGMA = 1.4826
# Of more pixels only evenly spaced ones are sorted.
_ENOUGH = 3_000


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ColourResidual(Frozen):
    """Matched-filtered residuals of planes against their mean.

    Parameters
    ----------
    flux
        (S, Y, X), light in excess of the source's colour, averaged over the PSF.
    sigma
        (S, Y, X), the same over its noise and what is allowed near light.
    noise
        (S,), scatter of `flux` beside the sources, or that of the plain coadd's sky after the same
        filter if that is more: a prior or a clamp leaves planes smoother than any visits are.
    """

    flux: Cube
    sigma: Cube
    noise: Floats


def colour_residual(
    planes: Cube, *, beside: Bools, sky_noise: float, fwhm_px: float
) -> ColourResidual:
    """Take the colours of all sources away, then filter with the PSF.

    Parameters
    ----------
    planes
        (S, Y, X), with the sky of each at 0.
    beside
        (Y, X), pixels near sources and off their footprints: there the noise is measured, as
        planes that are held to the template have none far away, and none of them is white.
    sky_noise
        Of a pixel of the plain coadd.
    """
    psf_px, colour_px = fwhm_px / FWHM_PER_SIGMA, COLOUR_FWHM * fwhm_px
    places = np.flatnonzero(beside)
    places = places[:: max(1, places.size // _ENOUGH)]
    mean = mean_plane(planes)
    light = np.maximum(mean, 0)
    squared = light * light
    allowed = np.float32(SHARE**2) * smooth(squared, LIGHT_FWHM * fwhm_px, mode="constant")
    power = smooth(squared, colour_px, mode="constant")
    power += np.float32(max((_FAINT_SIGMA * _scatter(mean, places)) ** 2, 1e-30))
    floor = sky_noise / (2 * math.sqrt(math.pi) * psf_px)
    flux, sigma = np.empty_like(planes), np.empty_like(planes)
    noise = np.empty(len(planes))
    for a, plane in enumerate(planes):
        excess = plane - mean
        share = smooth(excess * light, colour_px, mode="constant")
        share /= power
        share *= light
        excess -= share
        flux[a] = smooth(excess, psf_px, mode="constant")
        noise[a] = max(_scatter(flux[a], places), floor)
        np.divide(flux[a], np.sqrt(allowed + np.float32(noise[a] ** 2)), out=sigma[a])
    return ColourResidual(flux=flux, sigma=sigma, noise=noise)


def _scatter(image: Plane, places: Ints) -> float:
    """Deviation at these places of the flat image, by the median of their sizes; 0 without any."""
    values = np.abs(image.ravel()[places])
    return _MAD_TO_SIGMA * float(np.median(values)) if values.size else 0.0
