"""The knobs of the seeing: the star images of each visit, and of the planes."""

from __future__ import annotations

from dcrviz.config_base import Config
from dcrviz.knobs import Choice, Number
from dcrviz.psf import WIDEST_PX, Psf


class SeeingConfig(Config):
    """Knobs by which the fit knows how sharp each visit is."""

    fit_seeing = Choice(
        "auto",
        objects={"auto (direct and pcg)": "auto", "on": "on", "off (LSST's)": "off"},
        group="Seeing",
        equation="s_i = K_i * sum_a B(d_ia) y_a",
        doc="Blur the planes to the seeing of each visit, K_i, in the fit; auto does for direct "
        "and pcg where every visit tells its FWHM or star image.",
    )
    model_fwhm = Number(
        None,
        allow_None=True,
        bounds=(0, WIDEST_PX),
        inclusive_bounds=(False, True),
        softbounds=(1, 20),
        group="Seeing",
        unit="px",
        equation="K_i = Q_i / P",
        doc="FWHM of the stars in the planes, P; auto is what a quarter of the visits' weight is "
        "at least as sharp as, for iterative and anderson the sharpest visit's.",
    )
    seeing_exponent = Number(
        None,
        allow_None=True,
        bounds=(-1, 1),
        group="Seeing",
        equation="FWHM proportional to lambda^exponent",
        doc="How the FWHM of a visit depends on wavelength, -0.2 for Kolmogorov turbulence; auto "
        "is -0.2 where the evidence of the visits is clearly for it, else 0.",
    )
    refine_seeing = Choice(
        "auto",
        objects={"auto (where told widths seem wrong)": "auto", "on": "on", "off": "off"},
        group="Seeing",
        equation="ln FWHM_i += <r_i, dT_i> / <dT_i, dT_i>,  dT_i = dT_i / d ln FWHM_i",
        doc="Correct the FWHM that each visit tells by what the fit leaves of its stars; auto does "
        "where the evidence has the widths off by more than 1.75 %, if that explains it.",
    )
    seeing_model = Choice(
        "kolmogorov",
        objects=["kolmogorov", "moffat", "gaussian"],
        group="Seeing",
        doc="Profile of the stars of a visit that tells their FWHM alone, and of those that visits "
        "are brought to.",
    )
    moffat_beta = Number(
        3.5,
        bounds=(1, 30),
        inclusive_bounds=(False, True),
        softbounds=(1.5, 6),
        group="Seeing",
        equation="(1 + r^2 / a^2)^-beta",
        doc="Exponent of the wings of a Moffat profile.",
    )

    @property
    def star_profile(self) -> Psf:
        """Profile of stars, but for their width."""
        return Psf(profile=self.seeing_model, beta=self.moffat_beta)
