"""How noisy the background of a plane is."""

from __future__ import annotations

import numpy as np

from dcrviz.records import Bools, Plane

# Ratio of the standard deviation of a Gaussian to its median absolute deviation.
_MAD_TO_SIGMA = 1.482602218505602


def background_noise(image: Plane, background: Bools, *, margin_px: int, estimator: str) -> float:
    """Noise of the background pixels at least a margin away from the edge.

    Parameters
    ----------
    image, background
        (Y, X).
    estimator
        ``std`` for the standard deviation, ``robust`` for the scaled median absolute deviation.

    Notes
    -----
    Where no background pixel is left, as when every pixel is detected, the robust estimate over
    the whole image is taken, where LSST's task of 2019 returned NaN.
    """
    height, width = image.shape
    inner = (
        slice(margin_px, max(margin_px, height - margin_px)),
        slice(margin_px, max(margin_px, width - margin_px)),
    )
    pixels = image[inner][background[inner]]
    if pixels.size == 0:
        return _robust(image)
    return float(np.std(pixels, dtype=np.float64)) if estimator == "std" else _robust(pixels)


def _robust(pixels: Plane) -> float:
    finite = pixels[np.isfinite(pixels)]
    if finite.size == 0:
        return 0.0
    return float(_MAD_TO_SIGMA * np.median(np.abs(finite - np.median(finite))))
