"""Images of stars: drawn from their profile, and measured."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from dcrviz.psf import Psf
from dcrviz.records import Floats, Plane


def frequencies_of(side: int) -> Floats:
    """Spatial frequency of each mode of a square of this side, as `scipy.fft.rfft2` orders them."""
    return np.asarray(np.hypot(fft.fftfreq(side)[:, None], fft.rfftfreq(side)[None, :]))


def roomy_side(reach_px: int) -> int:
    """Side of a square on which an image of this reach meets nothing from the other side."""
    return int(fft.next_fast_len(4 * reach_px + 1, real=True))


def middle_of(transform: NDArray[Any], reach_px: int) -> Plane:
    """The image of this transform as far as it reaches, scaled to a sum of 1.

    Returns
    -------
    (P, P)
        With its origin in the middle pixel of an odd side.
    """
    side = len(transform)
    image = np.roll(fft.irfft2(transform, s=(side, side)), (reach_px, reach_px), axis=(0, 1))
    stamp = image[: 2 * reach_px + 1, : 2 * reach_px + 1]
    return np.asarray(stamp / stamp.sum(), dtype=np.float32)


def star_image(fwhm_px: float, *, psf: Psf, reach_px: int) -> Plane:
    """A star of this width in the middle of (P, P) pixels, with a sum of 1."""
    frequency = frequencies_of(roomy_side(reach_px))
    return middle_of(psf.transfer(frequency, fwhm_px=fwhm_px), reach_px)


def width_px(image: Plane) -> float:
    """Full width at half maximum of a star in the middle of its image.

    Notes
    -----
    In the core the squared radius is a + b u times u, the logarithm of the peak over the light; of
    all sides together, so that it is a mean width of a star that is not round. Below about two
    pixels it is little more than a guess.
    """
    y, x = (np.arange(side) - side // 2 for side in image.shape)
    squared = y[:, None] ** 2 + x[None, :] ** 2
    light = image / image[image.shape[0] // 2, image.shape[1] // 2]
    # Ripples far out are no part of the core.
    core = squared <= (np.sqrt(squared[light >= 0.5].max()) + 1.5) ** 2
    flank = core & (light > 0.1) & (light < 0.95)
    if not flank.any():
        return 1.0
    u = -np.log(light[flank].astype(float))
    terms = 2 if len(np.unique(squared[flank])) > 2 else 1
    powers = u[:, None] ** np.arange(1, terms + 1)
    found, *_ = np.linalg.lstsq(powers, squared[flank].astype(float), rcond=None)
    half = float(np.log(2) ** np.arange(1, terms + 1) @ found)
    return 2 * half**0.5 if half > 0 else 1.0
