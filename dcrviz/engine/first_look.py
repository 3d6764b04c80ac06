"""What the visits show of the light before any fit: its mean spectrum, and which seeing they have.

Within a subfilter no visit can tell the spectrum, which a fit in Fourier space takes for that of
all sources together. Were it flat instead, planes of red stars would be too red.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dcrviz.config_rules import threads_of
from dcrviz.engine.cut import middle_of
from dcrviz.engine.direct import learnt, spectrum_of
from dcrviz.engine.field_spectra import FieldSpectra
from dcrviz.engine.fitted_seeing import beyond_the_data, told_seeing
from dcrviz.engine.prior import Prior, tell_colours
from dcrviz.engine.problem import Problem
from dcrviz.engine.refined_seeing import refined_seeing
from dcrviz.engine.seeing import VisitSeeing, visit_seeing
from dcrviz.engine.star_images import star_of
from dcrviz.engine.windowed import Windowed

EXPONENTS = (0.0, -0.2)
"""What the seeing may do with wavelength: stay as it is, or as turbulence has it."""
# Squares of these sides tell it, and take next to no time.
_ENOUGH_PX = 1024
_ENOUGH_TO_REFINE_PX = 512
# By so much the widths of visits seem to be off where they are not.
_STRAY = 0.0175
WORTH_TELLING = 0.01
"""Less is no news: by this part a width is off that a fit corrects."""
# In the logarithm of the evidence.
_CLEARLY = 5.0
# Were the widths what is wrong, with others the visits stray by less than this part.
_EXPLAINED = 0.7


def with_first_look(problem: Problem) -> Problem:
    """The problem with the mean spectrum of its light, and the seeing that its visits show.

    The exponent is the knob's, or by the evidence of the visits. Widths are
    corrected where the evidence has them off. Solvers that iterate pixel by pixel need neither.
    """
    config = problem.config
    if not (config.in_fourier_space and problem.precision.any()):
        return problem
    leaning = (
        config.slice_spectrum == "mean"
        and problem.n_subfilters > 1
        and tell_colours(problem.shifts, problem.precision > 0)
    )
    if not (_asks_exponent(problem) or leaning or config.refine_seeing == "on"):
        return problem
    if leaning:
        # Given shifts may be of an earlier look, which finds the same if it begins the same.
        problem = _with_spectrum(problem, ())
    problem, prior = _looked_at(problem)
    if _shall_refine(problem, prior):
        refined, found = _looked_at(_with_refined_widths(problem))
        if config.refine_seeing == "on" or found.strays < _EXPLAINED * prior.strays:
            problem, prior = refined, found
    return _with_spectrum(problem, tuple(prior.mean.tolist())) if leaning else problem


def _looked_at(problem: Problem) -> tuple[Problem, Prior]:
    """The problem with the more probable exponent of its seeing, and its prior."""
    asked = _asks_exponent(problem)
    choices = [with_exponent(problem, e) for e in EXPONENTS] if asked else [problem.seeing]
    priors = _priors(middle_of(problem, most_px=_ENOUGH_PX), choices)
    unlikely = [prior.evidence.minus_log for prior in priors]
    # Visits of one seeing hardly tell: the simpler one holds until it is clearly the worse.
    best = int(len(choices) > 1 and unlikely[1] < unlikely[0] - _CLEARLY)
    seeing = choices[best]
    if asked and seeing is not None:
        sentence = (
            f"FWHM proportional to lambda^{EXPONENTS[best]:g}: the evidence of the visits is e^"
            f"{unlikely[1 - best] - unlikely[best]:.3g} times that of lambda^"
            f"{EXPONENTS[1 - best]:g}"
        )
        seeing = replace(seeing, sentence=sentence)
    return replace(problem, seeing=seeing), priors[best]


def _asks_exponent(problem: Problem) -> bool:
    """Whether the visits are to tell how the seeing depends on wavelength."""
    return problem.seeing is not None and problem.config.seeing_exponent is None


def _shall_refine(problem: Problem, prior: Prior) -> bool:
    """Whether the widths that the visits tell are to be corrected."""
    asked = problem.config.refine_seeing
    if problem.seeing is None or asked == "off":
        return False
    return asked == "on" or prior.strays > _STRAY


def _with_refined_widths(problem: Problem) -> Problem:
    """The problem with the widths that its visits show, and a sentence about them."""
    told, part = problem.seeing, middle_of(problem, most_px=_ENOUGH_TO_REFINE_PX)
    assert told is not None
    found = refined_seeing(part).fwhm_px
    visits = [
        replace(visit, psf_fwhm_px=float(width))
        for visit, width in zip(problem.visits, found, strict=True)
    ]
    # Visits of other widths support planes of another.
    seeing, beyond = told_seeing(
        visits, problem.precision, problem.forward_model, problem.config, stars=told.stars
    )
    assert seeing is not None
    before = beyond_the_data(told, problem.precision)
    warnings = tuple(warning for warning in problem.warnings if warning != before)
    problem = replace(
        problem,
        seeing=seeing,
        psf=star_of(seeing.planes.fwhm_px, psf=problem.config.star_profile),
        warnings=(*warnings, *beyond),
    )
    off = found / told.fwhm_px - 1
    worst = int(np.abs(off).argmax())
    if abs(off[worst]) < WORTH_TELLING:
        return problem
    sentence = (
        f"the stars of the visits are not as wide as told: by {100 * np.std(off):.2g} % rms, most "
        f"in visit {problem.visits[worst].id}, {told.fwhm_px[worst]:.3g} px told and "
        f"{found[worst]:.3g} px found; what was found is used (refine_seeing)"
    )
    return replace(problem, warnings=(*problem.warnings, sentence))


def with_exponent(problem: Problem, exponent: float) -> VisitSeeing:
    """The seeing of a problem with this exponent."""
    known = problem.seeing
    assert known is not None
    profile = replace(known.planes.profile, seeing_exponent=exponent)
    model = replace(problem.forward_model, seeing=replace(known.planes, profile=profile))
    seeing = visit_seeing(model, known.fwhm_px.tolist(), known.stars)
    assert seeing is not None
    return seeing


def _with_spectrum(problem: Problem, spectrum: tuple[float, ...]) -> Problem:
    """The problem with the light within each subfilter as this spectrum has it."""
    leaning = replace(problem, spectrum=spectrum)
    weights = np.array(leaning.forward_model.weights)
    if weights.shape != problem.shifts.weights.shape:
        return problem
    return replace(leaning, shifts=replace(problem.shifts, weights=weights))


def _priors(problem: Problem, choices: Sequence[VisitSeeing | None]) -> list[Prior]:
    """The prior that the visits ask for, for each seeing."""
    threads = threads_of(problem.config, problem.shape)
    flux, basis = spectrum_of(problem)
    shares = flux.sum(axis=1)
    fields = [
        FieldSpectra.of(problem, seeing=seeing, shares=shares, threads=threads)
        for seeing in choices
    ]
    sums = [Windowed(field, basis) for field in fields]
    for few, spectra in fields[0].batches(threads=threads):
        for field, total in zip(fields, sums, strict=True):
            total.add(few, spectra, [field.phases(int(visit)) for visit in few], threads=threads)
    return [learnt(problem, total) for total in sums]
