"""Star images of the atmosphere, and what broadens one to another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from dcrviz.records import Floats, Plane

SEEING_MODELS = ("kolmogorov", "gaussian")

_KOLMOGOROV = 3.5849908
"""exp(-c (f FWHM)^(5/3)) has a profile of this FWHM (its Hankel transform halved at FWHM / 2)."""
# Widths add up in this power: both transfer functions are exponentials of a power of f FWHM.
_POWERS = {"kolmogorov": 5 / 3, "gaussian": 2.0}


def gaussian_transfer(frequency: Floats, *, fwhm_px: float) -> Floats:
    """Fourier transform of a Gaussian of unit flux; frequencies in cycles per pixel."""
    sigma = fwhm_px / np.sqrt(8 * np.log(2))
    return np.asarray(np.exp(-2 * (np.pi * sigma * frequency) ** 2))


def kolmogorov_transfer(frequency: Floats, *, fwhm_px: float) -> Floats:
    """Long-exposure transfer function of Kolmogorov turbulence; frequencies in cycles per pixel."""
    return np.asarray(np.exp(-_KOLMOGOROV * (fwhm_px * np.abs(frequency)) ** (5 / 3)))


def seeing_transfer(frequency: Floats, *, fwhm_px: float, model: str) -> Floats:
    """Fourier transform of the star image of a model; frequencies in cycles per pixel.

    Raises
    ------
    ValueError
        If the model is neither of `SEEING_MODELS`.
    """
    if model not in SEEING_MODELS:
        raise ValueError(f"seeing must be one of {', '.join(SEEING_MODELS)}; got {model!r}")
    transfer = kolmogorov_transfer if model == "kolmogorov" else gaussian_transfer
    return transfer(frequency, fwhm_px=fwhm_px)


def broadening_fwhm_px(fwhm_px: float, *, target_px: float, model: str) -> float:
    """Width of what broadens a star image to a wider one of the same model; 0 if it is as wide.

    Notes
    -----
    The ratio of two Gaussian transfer functions is Gaussian again, and that of two Kolmogorov ones
    Kolmogorov: so nothing is divided by noise.
    """
    power = _POWERS[model]
    return float(max(0.0, target_px**power - fwhm_px**power) ** (1 / power))


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


def star_image(fwhm_px: float, *, model: str, reach_px: int) -> Plane:
    """A star of this width in the middle of (P, P) pixels, with a sum of 1."""
    frequency = frequencies_of(roomy_side(reach_px))
    return middle_of(seeing_transfer(frequency, fwhm_px=fwhm_px, model=model), reach_px)


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
