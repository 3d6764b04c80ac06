"""Point spread functions by their Fourier transforms: Gaussian, Moffat, Kolmogorov."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PROFILES = ("gaussian", "moffat", "kolmogorov")

_MAX_BETA = 30.0
_KOLMOGOROV = 3.5849908
"""exp(-c (f FWHM)^(5/3)) has a profile of this FWHM (its Hankel transform halved at FWHM / 2)."""
# Widths add up in this power: both transfer functions are exponentials of a power of f FWHM.
_POWERS = {"kolmogorov": 5 / 3, "gaussian": 2.0}

WIDEST_PX = 100.0
"""FWHM of stars beyond which nobody observes; a fit would hold a field as wide as its wings."""

Floats = NDArray[np.float64]
"""Spatial frequencies, and what becomes of them."""

_ENTRIES = 1024
TABLE_STEP = float(np.sqrt(0.5)) / (_ENTRIES - 1)
"""Cycles per pixel between the entries of a table along radius, which ends in the corner."""
TABLE_FREQUENCY: Floats = TABLE_STEP * np.arange(_ENTRIES, dtype=np.float64)
"""(T,), where those are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Psf:
    """Shape of the star images, apart from their width, which each visit has of its own.

    Parameters
    ----------
    profile
        ``gaussian``, ``moffat`` or ``kolmogorov``.
    beta
        Exponent of the Moffat wings; read by that profile only.
    seeing_exponent
        FWHM grows with wavelength to this power, from its value at the effective wavelength; -0.2
        for a turbulent atmosphere, 0 for none.

    Raises
    ------
    ValueError
        If the profile is unknown, or beta is not above 1 and at most 30.
    """

    profile: str = "kolmogorov"
    beta: float = 3.5
    seeing_exponent: float = 0.0

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise ValueError(f"profile must be one of {', '.join(PROFILES)}; got {self.profile!r}")
        if not 1 < self.beta <= _MAX_BETA:
            raise ValueError(
                f"beta of a Moffat profile must be above 1 and at most {_MAX_BETA:g}, where it is "
                f"nearly Gaussian; got {self.beta:g}"
            )

    def transfer(self, frequency: Floats, *, fwhm_px: float) -> Floats:
        """Fourier transform of the profile at these spatial frequencies [cycles per pixel]."""
        if not fwhm_px > 0:
            raise ValueError(f"FWHM must be positive [px]; got {fwhm_px:g}")
        if self.profile == "gaussian":
            return gaussian_transfer(frequency, fwhm_px=fwhm_px)
        if self.profile == "moffat":
            return moffat_transfer(frequency, fwhm_px=fwhm_px, beta=self.beta)
        return kolmogorov_transfer(frequency, fwhm_px=fwhm_px)

    def broadening_fwhm_px(self, fwhm_px: float, *, target_px: float) -> float | None:
        """Width of what broadens a star to a wider one of the same profile; 0 if it is as wide.

        None for a profile that is not broadened to itself by its like: Moffat's.

        Notes
        -----
        The ratio of two Gaussian transfer functions is Gaussian again, and that of two Kolmogorov
        ones Kolmogorov: so nothing is divided by noise.
        """
        if fwhm_px >= target_px:
            return 0.0
        power = _POWERS.get(self.profile)
        return None if power is None else (target_px**power - fwhm_px**power) ** (1 / power)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneSeeing:
    """The stars of subfilter planes whose fit knew the seeing of each visit.

    Parameters
    ----------
    fwhm_px
        Width of the stars in every plane.
    profile
        Their shape, and how the width of a visit's stars, which it tells for the band's effective
        wavelength, depends on wavelength.

    Raises
    ------
    ValueError
        If the width is not positive.
    """

    fwhm_px: float
    profile: Psf

    def __post_init__(self) -> None:
        if not 0 < self.fwhm_px < np.inf:
            raise ValueError(f"FWHM of the planes must be positive [px]; got {self.fwhm_px:g}")


KOLMOGOROV = Psf()
"""The long-exposure image of a star through a turbulent atmosphere."""


def gaussian_transfer(frequency: Floats, *, fwhm_px: float) -> Floats:
    """Fourier transform of a Gaussian of unit flux; frequencies in cycles per pixel."""
    sigma = fwhm_px / np.sqrt(8 * np.log(2))
    return np.asarray(np.exp(-2 * (np.pi * sigma * frequency) ** 2))


def kolmogorov_transfer(frequency: Floats, *, fwhm_px: float) -> Floats:
    """Long-exposure transfer function of Kolmogorov turbulence; frequencies in cycles per pixel.

    Notes
    -----
    exp(-3.442 (f FWHM / 0.9759)^(5/3)) for long exposures: Fried 1966, JOSA 56, 1372.
    """
    return np.asarray(np.exp(-_KOLMOGOROV * (fwhm_px * np.abs(frequency)) ** (5 / 3)))


def moffat_transfer(frequency: Floats, *, fwhm_px: float, beta: float) -> Floats:
    """Fourier transform of a Moffat profile of unit flux; frequencies in cycles per pixel.

    Notes
    -----
    The profile (1 + r^2/a^2)^-beta transforms to 2 (t/2)^(beta-1) K_(beta-1)(t) / Gamma(beta-1)
    with t = 2 pi a f, where K is the modified Bessel function.
    """
    # Half of what importing the package would take, for the one profile that needs it.
    from scipy.special import gamma, kv

    core = fwhm_px / (2 * np.sqrt(2 ** (1 / beta) - 1))
    order = beta - 1
    # K diverges at zero, where the product tends to 1.
    t = np.maximum(2 * np.pi * core * np.abs(frequency), 1e-8)
    return np.asarray(2 * (t / 2) ** order * kv(order, t) / gamma(order))
