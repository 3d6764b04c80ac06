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
from functools import partial

import numpy as np

from dcrviz.engine.detect import FWHM_PER_SIGMA
from dcrviz.engine.noise import robust_sigma
from dcrviz.frozen import Frozen
from dcrviz.kernels.excess import common_light, excess_beyond, weighed_excess
from dcrviz.kernels.gauss import smooth
from dcrviz.kernels.planes import mean_plane
from dcrviz.kernels.pool import bands_of, run_all
from dcrviz.records import Bools, Cube, Floats, Plane
from dcrviz.rooms import fresh_like

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
# Of more pixels only evenly spaced ones are sorted.
_ENOUGH = 3_000
# Of a band of rows, which then stays in the cache.
_PIXELS_AT_ONCE = 2_000_000
# Standard deviations at which a Gaussian is cut.
_TRUNCATED = 4.0


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
    planes: Cube, *, beside: Bools, sky_noise: float, fwhm_px: float, threads: int = 1
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
    psf_px = fwhm_px / FWHM_PER_SIGMA
    width_px = max(psf_px + COLOUR_FWHM * fwhm_px, LIGHT_FWHM * fwhm_px)
    places = np.flatnonzero(beside)
    places = places[:: max(1, places.size // _ENOUGH)]
    few = np.ascontiguousarray(planes.reshape(len(planes), 1, -1)[..., places])
    faint = (_FAINT_SIGMA * robust_sigma(mean_plane(few), middle=0)) ** 2
    flux, sigma, allowed = fresh_like(planes), fresh_like(planes), fresh_like(planes[0])
    bands = bands_of(planes.shape[1], max(1, planes[0].size // _PIXELS_AT_ONCE))

    def take_away(top: int, bottom: int) -> None:
        reach = math.ceil(_TRUNCATED * width_px) + 2
        first, last = max(0, top - reach), min(planes.shape[1], bottom + reach)
        own = slice(top - first, bottom - first)
        excess, light = _excess(
            np.ascontiguousarray(planes[:, first:last]), faint=faint, fwhm_px=fwhm_px
        )
        np.multiply(light[own], np.float32(SHARE**2), out=allowed[top:bottom])
        for plane, rest in zip(flux, excess, strict=True):
            plane[top:bottom] = smooth(rest, psf_px, mode="constant")[own]

    run_all([partial(take_away, *band) for band in bands], threads=threads)
    floor = sky_noise / (2 * math.sqrt(math.pi) * psf_px)
    noise = np.array([max(robust_sigma(plane.ravel()[places], middle=0), floor) for plane in flux])

    def scale(top: int, bottom: int) -> None:
        rows = slice(top, bottom)
        for plane, scaled, own in zip(flux, sigma, noise, strict=True):
            np.divide(plane[rows], np.sqrt(allowed[rows] + np.float32(own**2)), out=scaled[rows])

    run_all([partial(scale, *band) for band in bands], threads=threads)
    # A record would copy what somebody may write to.
    flux.flags.writeable = sigma.flags.writeable = False
    return ColourResidual(flux=flux, sigma=sigma, noise=noise)


def _excess(planes: Cube, *, faint: float, fwhm_px: float) -> tuple[list[Plane], Plane]:
    """What each plane has beyond the sources' colours, and the mean square of the light about.

    Parameters
    ----------
    faint
        Square of the light below which a source has no colour.
    """
    colour_px = COLOUR_FWHM * fwhm_px
    mean, light, squared = common_light(planes)
    power = smooth(squared, colour_px, mode="constant")
    power += np.float32(max(faint, 1e-30))
    rest = []
    for plane in planes:
        share = smooth(weighed_excess(plane, mean, light), colour_px, mode="constant")
        rest.append(excess_beyond(plane, mean, light, share, power))
    return rest, smooth(squared, LIGHT_FWHM * fwhm_px, mode="constant")
