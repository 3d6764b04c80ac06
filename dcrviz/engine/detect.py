"""Sources on the template coadd."""

from __future__ import annotations

import numpy as np
import sep

from dcrviz.kernels import grow_flags
from dcrviz.records import Bools, Plane

_THRESHOLD_SIGMA = 5.0
_GROW_SIGMA = 2.0
# Rows that are searched at once.
_ROWS = 512
FWHM_PER_SIGMA = 2.3548200450309493
"""Of a Gaussian: sqrt(8 ln 2)."""


def detect_sources(image: Plane, variance: Plane, *, fwhm_px: float) -> Bools:
    """Footprints above 5 sigma after smoothing with the PSF, grown by 2 sigma of it, (Y, X).

    Notes
    -----
    ALGORITHM.md section 7, last items; the matched filter is `sep`'s, with the PSF as a Gaussian.
    Pixels that are not finite are no sources. Bands of rows are searched one after another, each
    with what the filter needs around it: so that the same pixels are found in less memory.
    """
    sigma_px = fwhm_px / FWHM_PER_SIGMA
    kernel = _gaussian(sigma_px)
    height, reach = len(image), len(kernel) // 2
    found = np.zeros(image.shape, dtype=np.bool_)
    for top in range(0, height, _ROWS):
        bottom = min(top + _ROWS, height)
        first, last = max(0, top - reach), min(height, bottom + reach)
        band = _above_threshold(image[first:last], variance[first:last], kernel)
        found[top:bottom] = band[top - first : bottom - first]
    return grow_flags(found, _GROW_SIGMA * sigma_px)


def _above_threshold(image: Plane, variance: Plane, kernel: Plane) -> Bools:
    unusable = ~(np.isfinite(image) & np.isfinite(variance) & (variance > 0))
    if unusable.all():
        return np.zeros(image.shape, dtype=np.bool_)
    error = np.sqrt(np.where(unusable, 1, variance)).astype(np.float32)
    pixels = np.where(unusable, 0, image).astype(np.float32)
    # Room for the case that every pixel is above the threshold.
    sep.set_extract_pixstack(max(sep.get_extract_pixstack(), 2 * image.size))
    _, segments = sep.extract(
        pixels,
        _THRESHOLD_SIGMA,
        err=error,
        mask=unusable,
        minarea=1,
        filter_kernel=kernel,
        # Nobody asks to which source a pixel belongs.
        deblend_nthresh=1,
        deblend_cont=1.0,
        clean=False,
        segmentation_map=True,
    )
    return np.asarray(segments > 0)


def _gaussian(sigma_px: float) -> Plane:
    radius = max(1, int(np.ceil(3 * sigma_px)))
    axis = np.arange(-radius, radius + 1)
    profile = np.exp(-0.5 * (axis / sigma_px) ** 2)
    kernel = np.outer(profile, profile)
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)
