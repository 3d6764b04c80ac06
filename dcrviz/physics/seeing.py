"""Star images of the atmosphere by their Fourier transforms, and what broadens one to another."""

from __future__ import annotations

import numpy as np

from dcrviz.records import Floats

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
