"""How wide the stars of a warp are: as its header tells, as its star image shows, as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dcrviz.engine.check import label
from dcrviz.engine.measured_seeing import MeasuredSeeing, measured_seeing, refraction_px
from dcrviz.io.visit_info import with_fwhm
from dcrviz.physics.drawn_out import without_refraction
from dcrviz.physics.star_fit import star_width_px
from dcrviz.records import Exposure, Plane

SEEINGS = ("auto", "header", "psf", "stars")
"""Where the seeing is from: auto is the star image, else the header, else the stars themselves."""
_NAMES = {"header": "the header", "psf": "the star image", "stars": "the stars"}
_LACKING = {
    "header": "its header or the table must tell the seeing (FWHM); got none",
    "psf": "it must have a star image, in an HDU PSF or a PSFEx file beside it; got none",
}
# Of the width; a fit takes no harm from less.
_APART = 0.05
_APART_ERRORS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeing:
    """What is known of the seeing of a warp, and what of it is used.

    Parameters
    ----------
    header_px, image_px
        Full width at half maximum as the header tells and of the star image without what refraction
        adds; None where there is neither.
    refraction_px
        By how much refraction drew out the star image.
    stars
        As measured; None if there are too few.
    too_few
        Why there is none, in words.
    used
        ``header``, ``psf`` or ``stars``; empty if nothing is known.
    """

    header_px: float | None
    image_px: float | None
    refraction_px: float
    stars: MeasuredSeeing | None
    too_few: str
    used: str

    @property
    def fwhm_px(self) -> float | None:
        """The width that is used."""
        return {
            "header": self.header_px,
            "psf": self.image_px,
            "stars": None if self.stars is None else self.stars.fwhm_px,
        }.get(self.used)

    @property
    def sentence(self) -> str:
        """All that is known, and what is used."""
        known = [
            "" if self.header_px is None else f"{self.header_px:.2f} px by the header",
            "" if self.image_px is None else self._image,
            "" if self.stars is None else self.stars.sentence,
        ]
        told = "; ".join(part for part in known if part)
        return f"{told}; used: {_NAMES[self.used]}" if self.used else "not known"

    @property
    def _image(self) -> str:
        taken = f", {self.refraction_px:.1f} px of refraction taken away"
        return f"{self.image_px:.2f} px by the star image{taken if self.refraction_px else ''}"

    @property
    def warning(self) -> str:
        """What a person should look at, or nothing."""
        if not self.used:
            return f"neither header nor star image tell its seeing, and {self.too_few}"
        if self.stars is None or self.fwhm_px is None:
            return ""
        off = abs(self.fwhm_px - self.stars.fwhm_px)
        if off < max(_APART * self.stars.fwhm_px, _APART_ERRORS * self.stars.error_px):
            return ""
        return (
            f"its seeing is {self.fwhm_px:.2f} px by {_NAMES[self.used]}, and "
            f"{self.stars.fwhm_px:.2f} +- {self.stars.error_px:.2f} px by {self.stars.n_stars} "
            "stars, which --seeing stars takes"
        )


def check_seeing(visits: Sequence[Sequence[Exposure]], *, seeing: str) -> None:
    """Raise if a visit lacks the header's word or the star image that is asked for; names it."""
    for exposures in visits:
        told = {
            "header": exposures[0].visit.psf_fwhm_px is not None,
            "psf": any(exposure.psf is not None for exposure in exposures),
        }
        if not told.get(seeing, True):
            raise ValueError(f"{label(exposures[0])}: {_LACKING[seeing]}")


def with_seeing(exposure: Exposure, *, seeing: str = "auto") -> tuple[Exposure, Seeing]:
    """A warp with the seeing that is asked for, and all that is known of it.

    Parameters
    ----------
    exposure
        Without sky.
    seeing
        One of `SEEINGS`. With ``header`` and ``stars`` a width is all that is told: a star image is
        left out.

    Returns
    -------
    Exposure, Seeing
        Its star image is that of light of one wavelength: what refraction adds is the fit's part.

    Raises
    ------
    ValueError
        If there is no such choice, or what is asked for is not there; names the exposure.
    """
    if seeing not in SEEINGS:
        raise ValueError(f"seeing must be one of {', '.join(SEEINGS)}; got {seeing!r}")
    star, length_px = _star_image(exposure)
    known = _known(exposure, star, length_px)
    ways = {
        "psf": known.image_px is not None,
        "header": known.header_px is not None,
        "stars": known.stars is not None,
    }
    if seeing == "auto":
        used = next((way for way, there in ways.items() if there), "")
    elif ways[seeing]:
        used = seeing
    else:
        raise ValueError(f"{label(exposure)}: {_LACKING.get(seeing, known.too_few)}")
    known = replace(known, used=used)
    visit = with_fwhm(exposure.visit, known.fwhm_px)
    psf = star if seeing in ("auto", "psf") else None
    return replace(exposure, visit=visit, psf=psf), known


def _star_image(exposure: Exposure) -> tuple[Plane | None, float]:
    """The star image without refraction, where both are known, and what was taken away."""
    drawn_out_px = refraction_px(exposure)
    if exposure.psf is None or drawn_out_px is None:
        return exposure.psf, 0.0
    return without_refraction(exposure.psf, drawn_out_px)


def _known(exposure: Exposure, star: Plane | None, length_px: float) -> Seeing:
    stars, too_few = None, ""
    try:
        stars = measured_seeing(exposure)
    except ValueError as error:
        too_few = str(error).removeprefix(f"{label(exposure)}: ")
    return Seeing(
        header_px=exposure.visit.psf_fwhm_px,
        image_px=None if star is None else star_width_px(star),
        refraction_px=length_px,
        stars=stars,
        too_few=too_few,
        used="",
    )
