"""Sources on the template coadd."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import ndimage

from dcrviz.kernels import grow_flags
from dcrviz.kernels.pool import run_all
from dcrviz.records import Bools, Floats, Plane

_THRESHOLD_SIGMA = 5.0
_GROW_SIGMA = 2.0
# Rows that are searched at once.
_ROWS = 512
FWHM_PER_SIGMA = 2.3548200450309493
"""Of a Gaussian: sqrt(8 ln 2)."""


def detect_sources(image: Plane, variance: Plane, *, fwhm_px: float, threads: int = 1) -> Bools:
    """Footprints above 5 sigma after smoothing with the PSF, grown by 2 sigma of it, (Y, X).

    Notes
    -----
    ALGORITHM.md section 7, last items, with the PSF as a Gaussian. Pixels that are not finite are
    no sources. Bands of rows are searched by themselves, each with what the filter needs around
    it: so that the same pixels are found in less memory. Nobody asks to which source a pixel
    belongs: they are those that `sep` finds where one is enough.
    """
    sigma_px = fwhm_px / FWHM_PER_SIGMA
    kernel = _gaussian(sigma_px)
    height, reach = len(image), len(kernel) // 2

    def search(top: int) -> Bools:
        bottom = min(top + _ROWS, height)
        first, last = max(0, top - reach), min(height, bottom + reach)
        signal = _signal_to_noise(image[first:last], variance[first:last], kernel)
        return np.asarray(signal[top - first : bottom - first] > _THRESHOLD_SIGMA)

    tasks = [partial(search, top) for top in range(0, height, _ROWS)]
    found = np.concatenate(run_all(tasks, threads=threads))
    return grow_flags(found, _GROW_SIGMA * sigma_px)


def _signal_to_noise(image: Plane, variance: Plane, kernel: Floats) -> Plane:
    """The matched filter: of a star that is the product of the kernel along y and along x.

    Notes
    -----
    sum k f / v over sqrt(sum k^2 / v), of pixels f and variances v; `sep` does the same
    with a kernel that need not be a product, pixel by pixel.
    """
    usable = np.isfinite(image) & np.isfinite(variance) & (variance > 0)
    precision = np.divide(1, variance, out=np.zeros_like(image), where=usable)
    weighted = np.multiply(image, precision, out=np.zeros_like(image), where=usable)
    power = _convolved(precision, kernel**2)
    signal = _convolved(weighted, kernel)
    return np.divide(signal, np.sqrt(power), out=np.zeros_like(image), where=power > 0)


def _convolved(image: Plane, kernel: Floats) -> Plane:
    for axis in (0, 1):
        image = ndimage.convolve1d(image, kernel, axis=axis, mode="constant")
    return image


def _gaussian(sigma_px: float) -> Floats:
    """Along one axis, with a sum of 1."""
    radius = max(1, int(np.ceil(3 * sigma_px)))
    profile = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma_px) ** 2)
    return np.asarray(profile / profile.sum())
