"""The photometric scale of exposures: from their headers, or from stars that they share."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import sep

from dcrviz.engine.bright_sources import bright_sources
from dcrviz.engine.masks import flagged
from dcrviz.io.layouts import detectors_of
from dcrviz.io.scan import scan
from dcrviz.records import Floats, Pixels
from dcrviz.warp.resample import UNUSABLE_PLANES

NANOJANSKY_ZERO = 31.4
"""AB magnitude of 1 nJy."""
ENOUGH_STARS = 3
"""Of fewer stars the median is no more than one of them."""
_SIGMA = 20.0
_MATCH_PX = 1.5
_APERTURE_FWHM = 2.0
_LONELY_FWHM = 4.0
_USUAL_FWHM_PX = 5.0


def header_zero_point(path: Path) -> float | None:
    """AB magnitude that gives one unit of an image, as its header tells it; None if it does not.

    None, too, of what is no file.

    Raises
    ------
    ValueError
        If the file is no FITS file of a known layout.

    Notes
    -----
    Fluxes in nJy by BUNIT; MAGZERO of the DECam community pipeline, which counts the exposure time
    in; FLUXMAG0 of LSST's older files, the flux of magnitude 0.
    """
    if not path.is_file():
        return None
    keys = detectors_of(scan(path))[0].keys
    if keys.text("BUNIT").lower() == "njy":
        return NANOJANSKY_ZERO
    zero = keys.number("MAGZERO")
    flux_of_zero = keys.number("FLUXMAG0")
    if zero is None and flux_of_zero is not None and flux_of_zero > 0:
        zero = 2.5 * math.log10(flux_of_zero)
    return zero


def stars_scale(pixels: Pixels, reference: Pixels, *, fwhm_px: float | None) -> tuple[float, int]:
    """By what an image must be multiplied so that its stars are as bright as a reference's.

    Parameters
    ----------
    fwhm_px
        Of the worse seeing of the two; apertures are twice as wide.

    Returns
    -------
    float, int
        The scale, and of how many stars it is the median.

    Raises
    ------
    ValueError
        If they have no lonely star in common.
    """
    fwhm = fwhm_px or _USUAL_FWHM_PX
    ours, theirs = (_stars(one, fwhm) for one in (pixels, reference))
    if len(ours) and len(theirs):
        apart = np.hypot(*(ours[:, None, :2] - theirs[None, :, :2]).transpose(2, 0, 1))
        nearest = apart.argmin(axis=1)
        matched = np.flatnonzero(apart.min(axis=1) < _MATCH_PX)
        ratios = theirs[nearest[matched], 2] / ours[matched, 2]
    else:
        ratios = np.empty(0)
    if not len(ratios):
        raise ValueError(
            f"zero points from stars need lonely stars above {_SIGMA:g} sigma that both visits "
            f"have; got none among {len(ours)} and {len(theirs)}"
        )
    return float(np.median(ratios)), len(ratios)


def _stars(pixels: Pixels, fwhm_px: float) -> Floats:
    """(N, 3) x, y and flux of bright sources with nothing unusable and no other one near."""
    bad = flagged(pixels.mask, pixels.planes, UNUSABLE_PLANES) | ~np.isfinite(pixels.image)
    found = bright_sources(pixels.image, pixels.variance, bad, sigma=_SIGMA)
    image = np.ascontiguousarray(np.where(bad, 0, pixels.image), dtype=np.float32)
    flux, _, flags = sep.sum_circle(image, found.x, found.y, _APERTURE_FWHM * fwhm_px, mask=bad)
    lonely = found.alone(within_px=_LONELY_FWHM * fwhm_px)
    stars: Floats = np.stack([found.x, found.y, flux], axis=1)[(flags == 0) & (flux > 0) & lonely]
    return stars
