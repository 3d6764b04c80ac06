"""What seeing the fit shall know: the visits tell theirs, and support that of the planes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dcrviz.engine.seeing import VisitSeeing, kernel_of, visit_seeing
from dcrviz.engine.star_images import seeing_of
from dcrviz.problem_config import ProblemConfig
from dcrviz.psf import PlaneSeeing
from dcrviz.records import Bools, Exposure, Floats, ForwardModel, Plane, Visit

# Part of the visits' weight that is at least as sharp as the planes: so the noise of no mode is
# more than twice that of the coadd.
_SHARP_PART = 0.25
NOISY = 2.05
"""Noise of a mode over the coadd's, beyond which planes ask for more than the data tell."""
# Of the planes' light at low frequency: where there is less, nobody sees its noise.
_SEEN = 0.02
_FREQUENCIES = np.linspace(0.01, 0.5, 50)


def fitted_seeing(
    exposures: Sequence[Exposure], precision: Floats, model: ForwardModel, config: ProblemConfig
) -> tuple[VisitSeeing | None, list[str]]:
    """The seeing that the fit shall know, and sentences about it; None where it shall not.

    Parameters
    ----------
    precision
        (V,), what each visit counts.

    Raises
    ------
    ValueError
        If the knob is on and a visit tells neither FWHM nor star image; names the visits.
    """
    if not config.fits_seeing:
        return None, []
    visits = [replace(e.visit, psf_fwhm_px=seeing_of(e)) for e in exposures]
    stars = [exposure.psf for exposure in exposures]
    return told_seeing(visits, precision, model, config, stars=stars)


def told_seeing(
    visits: Sequence[Visit],
    precision: Floats,
    model: ForwardModel,
    config: ProblemConfig,
    *,
    stars: Sequence[Plane | None] = (),
) -> tuple[VisitSeeing | None, list[str]]:
    """`fitted_seeing` of visits without pixels, with their star images where there are any."""
    if not config.fits_seeing:
        return None, []
    widths = [visit.psf_fwhm_px for visit in visits]
    silent = [
        str(visit.id)
        for visit, width, counted in zip(visits, widths, counts_of(precision), strict=True)
        if width is None and counted
    ]
    if silent:
        told = (
            f"no seeing in the record of {len(silent)} of {len(visits)} visits "
            f"({', '.join(silent)})"
        )
        if config.fit_seeing == "on":
            raise ValueError(
                f"fit_seeing: every visit must tell its FWHM or have a star image; {told}"
            )
        return None, [f"{told}: the seeing of each visit is not fitted"]
    # One that counts for nothing has any width; the usual one is the least remarkable.
    usual = float(np.median([width for width in widths if width is not None]))
    fwhm_px = np.array([usual if width is None else width for width in widths])
    profile = replace(config.star_profile, seeing_exponent=config.seeing_exponent or 0.0)
    planes = PlaneSeeing(
        fwhm_px=config.model_fwhm or _sharp_fwhm_px(fwhm_px, precision, config), profile=profile
    )
    seeing = visit_seeing(
        replace(model, seeing=planes), fwhm_px.tolist(), stars or [None] * len(visits)
    )
    assert seeing is not None
    sentence = beyond_the_data(seeing, precision)
    return seeing, [sentence] if sentence else []


def blurring_px(seeing: VisitSeeing | None, on: Sequence[int], config: ProblemConfig) -> int:
    """By how much more of its surroundings a tile must know where planes are blurred.

    A solver in Fourier space has the whole field.

    Parameters
    ----------
    on
        Visits that are on.
    """
    if seeing is None or config.in_fourier_space:
        return 0
    return max(len(kernel_of(seeing, visit)) // 2 for visit in on)


def noise_of_planes(seeing: VisitSeeing, precision: Floats, frequency: Floats) -> Floats:
    """(F,), noise of the planes' sum along radius over that of the coadd.

    Notes
    -----
    The best estimate of a mode P y from visits Q_i y of precision w_i has the variance
    P^2 / sum w_i Q_i^2, the mean of all visits 1 / sum w_i.
    """
    zeros = np.zeros_like(frequency)
    told = sum(
        weight * np.abs(seeing.transfer(visit, zeros, frequency)).mean(axis=0) ** 2
        for visit, weight in enumerate(precision)
        if weight > 0
    )
    return np.asarray(np.sqrt(precision.sum() / np.maximum(told, 1e-30)))


def counts_of(precision: Floats) -> Bools:
    """(V,), which visits count: those of some precision, or all if none has any."""
    return precision > 0 if (precision > 0).any() else np.ones(len(precision), bool)


def _sharp_fwhm_px(fwhm_px: Floats, precision: Floats, config: ProblemConfig) -> float:
    """Width of the planes' stars that the visits support."""
    counts = counts_of(precision)
    if not config.in_fourier_space:
        # An iteration that sharpened would not come to an end.
        return float(fwhm_px[counts].min())
    order = np.argsort(fwhm_px)
    part = np.cumsum(np.where(counts, np.maximum(precision, 1e-300), 0.0)[order])
    return float(fwhm_px[order][np.searchsorted(part, _SHARP_PART * part[-1])])


def beyond_the_data(seeing: VisitSeeing, precision: Floats) -> str:
    """A sentence where the planes are to be sharper than the visits can tell; empty if not."""
    if not (precision > 0).any():
        return ""
    profile, width = seeing.planes.profile, seeing.planes.fwhm_px
    seen = _FREQUENCIES[profile.transfer(_FREQUENCIES, fwhm_px=width) > _SEEN]
    noise = noise_of_planes(seeing, precision, seen)
    if not noise.size or noise.max() <= NOISY:
        return ""
    sharpest = float(seeing.fwhm_px[precision > 0].min())
    return (
        f"the planes' seeing of {width:.3g} px is sharper than the visits tell, whose sharpest has "
        f"{sharpest:.3g} px: at {seen[noise.argmax()]:.2g} cycles per pixel their noise is "
        f"{noise.max():.2g} times that of the coadd; raise model_fwhm"
    )
