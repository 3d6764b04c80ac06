"""How noisy the background of a plane is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcrviz.kernels.planes import deviation
from dcrviz.records import Bools, Plane

# Ratio of the standard deviation of a Gaussian to its median absolute deviation.
_MAD_TO_SIGMA = 1.482602218505602
# Of more pixels only evenly spaced ones are sorted: their noise is known to half a percent by then.
_ENOUGH = 60_000
_MANY = 8


def background_noise(
    image: Plane, background: Bools, *, margin_px: int, estimator: str, threads: int = 1
) -> float:
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
    if estimator == "std":
        number, sigma = deviation(image, background, margin_px=margin_px, threads=threads)
        return sigma if number else _robust(image.ravel())
    height, width = image.shape
    inner = (
        slice(margin_px, max(margin_px, height - margin_px)),
        slice(margin_px, max(margin_px, width - margin_px)),
    )
    step = max(1, image.size // _ENOUGH)
    pixels = _every(step, image[inner])[_every(step, background[inner])]
    if pixels.size == 0 and step > 1:
        pixels = image[inner][background[inner]]
    return _robust(pixels if pixels.size else image.ravel())


def robust_sigma(values: NDArray[Any], *, middle: Any = None) -> float:
    """Standard deviation by the median absolute deviation; 0 without any value.

    Parameters
    ----------
    values
        Finite, of any shape.
    middle
        What the values deviate from, of a shape that broadcasts; their median if none is given.
    """
    if not values.size:
        return 0.0
    middle = np.median(values) if middle is None else middle
    return float(_MAD_TO_SIGMA * np.median(np.abs(values - middle)))


def _every(step: int, image: NDArray[Any]) -> NDArray[Any]:
    """One pixel of so many, row after row."""
    # To go to each takes longer than to copy a few others, and less than to copy many.
    return image.ravel()[::step] if step < _MANY else image.flat[::step]


def _robust(pixels: Plane) -> float:
    return robust_sigma(pixels[np.isfinite(pixels)])
