"""Point spread functions by their Fourier transforms: Gaussian, Moffat, Kolmogorov."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gamma, kv

from dcrviz.physics.seeing import gaussian_transfer, kolmogorov_transfer
from dcrviz.records import Floats

PROFILES = ("gaussian", "moffat", "kolmogorov")

_MAX_BETA = 30.0


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


def moffat_transfer(frequency: Floats, *, fwhm_px: float, beta: float) -> Floats:
    """Fourier transform of a Moffat profile of unit flux; frequencies in cycles per pixel.

    Notes
    -----
    The profile (1 + r^2/a^2)^-beta transforms to 2 (t/2)^(beta-1) K_(beta-1)(t) / Gamma(beta-1)
    with t = 2 pi a f, where K is the modified Bessel function.
    """
    core = fwhm_px / (2 * np.sqrt(2 ** (1 / beta) - 1))
    order = beta - 1
    # K diverges at zero, where the product tends to 1.
    t = np.maximum(2 * np.pi * core * np.abs(frequency), 1e-8)
    return np.asarray(2 * (t / 2) ** order * kv(order, t) / gamma(order))
