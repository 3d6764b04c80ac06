"""How the seeing of the visits is fitted, or why it is not, in words."""

from __future__ import annotations

from dcrviz.engine import Problem
from dcrviz.engine.first_look import WORTH_TELLING
from dcrviz.engine.fitted_seeing import beyond_the_data
from dcrviz.engine.seeing import VisitSeeing


def seeing_words(problem: Problem) -> tuple[str, ...]:
    """Sentences: how the fit knows the seeing of the visits, and what is too much to ask."""
    seeing = problem.seeing
    if seeing is None:
        return (_why_not(problem),)
    stars = sum(star is not None for star in seeing.stars)
    shape = seeing.planes.profile.profile.capitalize()
    known = f"its FWHM and the {shape} profile"
    if stars:
        known = f"its star image ({stars} of {len(seeing.stars)} visits have one), or else {known}"
    exponent = seeing.planes.profile.seeing_exponent
    found = seeing.sentence or f"FWHM proportional to lambda^{exponent:g}, as seeing_exponent says"
    if not problem.config.in_fourier_space:
        found = "of all wavelengths alike, as the iteration blurs a template as a whole"
    beyond = beyond_the_data(seeing, problem.precision)
    return (
        f"The fit blurs the planes to the seeing of each visit, by {known}.",
        f"{found[0].upper()}{found[1:]}.",
        *_refined(problem, seeing),
        *([f"Warning: {beyond}."] if beyond else []),
    )


def _refined(problem: Problem, seeing: VisitSeeing) -> list[str]:
    """That widths are not those that visits tell, where some are off by a per cent or more."""
    off = [
        abs(width / visit.psf_fwhm_px - 1) >= WORTH_TELLING
        for visit, width in zip(problem.visits, seeing.fwhm_px, strict=True)
        if visit.psf_fwhm_px is not None
    ]
    if not any(off):
        return []
    return [
        f"The widths that {sum(off)} of {len(problem.visits)} visits tell are corrected by what "
        "the fit leaves of their stars (refine_seeing)."
    ]


def _why_not(problem: Problem) -> str:
    config = problem.config
    told = "The seeing of the visits is not fitted"
    if not config.fits_seeing:
        if config.fit_seeing == "off":
            return f"{told}: fit_seeing is off."
        return f"{told}: {config.solver} takes all visits for equally sharp; direct and pcg do not."
    return f"{told}, as some visits do not tell theirs; the input's warnings name them."
