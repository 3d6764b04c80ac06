"""How the power of the sky falls with frequency: by the seeing, or as the mean image shows it."""

from __future__ import annotations

import logging
import math

import numpy as np

from dcrviz.kernels.modes import NormalEquations
from dcrviz.psf import KOLMOGOROV, TABLE_FREQUENCY, Psf
from dcrviz.records import Floats, Ints

_log = logging.getLogger(__name__)
_RINGS = 128
# The seeing that the visits tell is believed within these factors of the one that the image shows.
_BELIEVED = (0.67, 1.5)
_WIDTHS = np.geomspace(0.4, 2.5, 10)
_ENOUGH_MODES = 1500
# Error of a visit's flux in units of that of the width of its seeing: calibration is the better.
_FLUX_ERROR = 0.3


def sky_profile(
    equations: NormalEquations, radius: Floats, *, fwhm_px: float | None, psf: Psf
) -> Floats:
    """Square root of the radial power of the sky, (T,), 1 at low frequency.

    Parameters
    ----------
    radius
        Of the equations' modes, cycles per pixel.
    fwhm_px, psf
        Of the stars in the planes; without a width, or if the mean image shows quite another one,
        the profile is measured.
    """
    if fwhm_px is None:
        return measured_profile(equations, radius)
    shown = _likeliest_width(equations, radius, fwhm_px, psf)
    if _BELIEVED[0] <= shown <= _BELIEVED[1]:
        return seeing_profile(fwhm_px, psf)
    _log.warning(
        "the visits tell a seeing of %.3g px, the mean image shows about %.3g px: the power of the "
        "sky is measured instead",
        fwhm_px,
        shown * fwhm_px,
    )
    return measured_profile(equations, radius)


def straying(profile: Floats) -> Floats:
    """Variance that visits add whose seeing and flux are not the model's, in units of the sky's.

    Notes
    -----
    Where the width of the seeing is off by a part d, ln profile is off by 5/3 d ln profile: nothing
    at the lowest frequencies, where the flux of a source is. The flux is taken to be off by 0.3 d.
    """
    height = np.clip(profile, 1e-30, 1.0)
    return np.asarray(height**2 * (_FLUX_ERROR**2 + (5 / 3 * np.log(height)) ** 2))


def at_radius(profile: Floats, radius: Floats) -> Floats:
    """The profile at these frequencies, cycles per pixel."""
    return np.asarray(np.interp(radius, TABLE_FREQUENCY, profile))


def seeing_profile(fwhm_px: float, psf: Psf = KOLMOGOROV) -> Floats:
    """Modulation transfer function of stars along radius, (T,)."""
    return psf.transfer(TABLE_FREQUENCY, fwhm_px=fwhm_px)


def measured_profile(equations: NormalEquations, radius: Floats) -> Floats:
    """Square root of the radial power of the mean image less its noise, (T,), 1 at most."""
    half = len(equations.right) // 2
    precision, re, im = (
        plane.ravel() for plane in (equations.normal[0], equations.right[0], equations.right[half])
    )
    # No ring is so narrow that a small field has no mode in it.
    rings = max(1, min(_RINGS, int(np.sqrt(radius.size))))
    ring = np.minimum((radius / TABLE_FREQUENCY[-1] * rings).astype(int), rings - 1)
    # The zero mode is the sum of the image, not its structure.
    known = (precision > 0) & (radius > 0)
    if not known.any():
        return np.ones(len(TABLE_FREQUENCY))
    inverse = np.divide(1, precision, out=np.zeros(precision.shape), where=known)
    power = (re.astype(float) ** 2 + im.astype(float) ** 2) * inverse**2 - inverse
    number = np.bincount(ring[known], minlength=rings)
    filled = np.flatnonzero(number)
    mean = np.bincount(ring[known], power[known], minlength=rings)[filled] / number[filled]
    falling = _falling(mean, number[filled])
    root = np.sqrt(falling / falling[0]) if falling[0] > 0 else np.ones(len(falling))
    middles = (filled + 0.5) * TABLE_FREQUENCY[-1] / rings
    return np.asarray(np.interp(TABLE_FREQUENCY, middles, root))


def _falling(power: Floats, number: Ints) -> Floats:
    """The nearest power that falls with frequency as light does, through the noise, too."""
    # Half of what importing the package would take, for a field whose seeing nobody told.
    from scipy.optimize import isotonic_regression

    nearest = isotonic_regression(power, weights=number, increasing=False).x
    return np.asarray(np.maximum(nearest, 0))


def _likeliest_width(equations: NormalEquations, radius: Floats, fwhm_px: float, psf: Psf) -> float:
    """Width of the seeing under which the mean image is most probable, in units of the one told."""
    stride = max(1, radius.size // _ENOUGH_MODES)
    chosen = np.flatnonzero(radius > 0)[::stride]
    noise = 1 / np.maximum(equations.normal[0].ravel()[chosen], 1e-30).astype(float)
    half = len(equations.right) // 2
    squared = (
        equations.right[0].ravel()[chosen].astype(float) ** 2
        + equations.right[half].ravel()[chosen].astype(float) ** 2
    ) * noise**2
    # Light of many sources of many widths; its level is found with each width.
    unlikely = [
        _unlikely(squared, noise, at_radius(seeing_profile(fwhm_px * width, psf), radius[chosen]))
        for width in _WIDTHS
    ]
    return float(_WIDTHS[int(np.argmin(unlikely))])


def _unlikely(squared: Floats, noise: Floats, profile: Floats) -> float:
    """Minus the logarithm of the probability of these squared modes, at the likeliest level."""
    shape = profile**2
    level = max(float((squared * shape).sum() / (shape**2).sum()), float(np.median(noise)))
    for _ in range(4):
        # One step of expectation and maximisation after another.
        kept = level * shape / (level * shape + noise)
        mean = kept**2 * squared + kept * noise
        seen = shape > 1e-4
        if not seen.any():
            # So wide that no mode of the field could tell it.
            return math.inf
        level = float((mean[seen] / shape[seen]).mean())
    variance = level * shape + noise
    return float((np.log(variance) + squared / variance).sum())
