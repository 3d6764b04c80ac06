"""What the visits show of the light before any fit: its mean spectrum, and which seeing they have.

Within a subfilter no visit can tell the spectrum, which a fit in Fourier space takes for that of
all sources together. Were it flat instead, planes of red stars would be too red.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dcrviz.config_rules import threads_of
from dcrviz.engine.direct import learnt, spectrum_of
from dcrviz.engine.field_spectra import FieldSpectra
from dcrviz.engine.grid import grid_for
from dcrviz.engine.prior import Prior, tell_colours
from dcrviz.engine.problem import Problem
from dcrviz.engine.seeing import VisitSeeing, visit_seeing
from dcrviz.engine.windowed import Windowed
from dcrviz.records import Box

EXPONENTS = (0.0, -0.2)
"""What the seeing may do with wavelength: stay as it is, or as turbulence has it."""
# A square of this side tells it, and takes next to no time.
_ENOUGH_PX = 1024


def with_first_look(problem: Problem) -> Problem:
    """The problem with the mean spectrum of its light, and the exponent of its seeing.

    The exponent is the knob's, or the more probable one by the evidence of the visits. Solvers that
    iterate pixel by pixel need neither.
    """
    config = problem.config
    if not config.in_fourier_space:
        return problem
    asked = problem.seeing is not None and config.seeing_exponent is None
    leaning = (
        config.slice_spectrum == "mean"
        and problem.n_subfilters > 1
        and tell_colours(problem.shifts, problem.precision > 0)
    )
    if not (asked or leaning):
        return problem
    if leaning:
        # Given shifts may be of an earlier look, which finds the same if it begins the same.
        problem = _with_spectrum(problem, ())
    choices = [with_exponent(problem, e) for e in EXPONENTS] if asked else [problem.seeing]
    priors = _priors(problem, choices)
    unlikely = [prior.evidence.minus_log for prior in priors]
    best = int(np.argmin(unlikely))
    seeing = choices[best]
    if asked and seeing is not None:
        sentence = (
            f"FWHM proportional to lambda^{EXPONENTS[best]:g}: the evidence of the visits is e^"
            f"{unlikely[1 - best] - unlikely[best]:.3g} times that of lambda^"
            f"{EXPONENTS[1 - best]:g}"
        )
        seeing = replace(seeing, sentence=sentence)
    problem = replace(problem, seeing=seeing)
    return _with_spectrum(problem, tuple(priors[best].mean.tolist())) if leaning else problem


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
    threads, box = threads_of(problem.config), _middle(problem.shape)
    flux, basis = spectrum_of(problem)
    first = choices[0]
    grid = grid_for(problem.shifts, box.shape, wings_px=0 if first is None else first.reach_px)
    fields = [FieldSpectra.of(problem, grid=grid, seeing=seeing, box=box) for seeing in choices]
    white = fields[0].white(threads=threads)
    sums = [Windowed(grid, white, flux.sum(axis=1), basis) for _ in choices]
    for visit in map(int, np.flatnonzero(problem.precision > 0)):
        spectrum = fields[0].visit(visit, threads=threads)
        for field, total in zip(fields, sums, strict=True):
            modes = total.seen(spectrum, field.phases_of_white(visit))
            total.add([modes], [field.phases(visit)], problem.precision[[visit]])
    return [learnt(problem, total) for total in sums]


def _middle(shape: tuple[int, int]) -> Box:
    """The square in the middle of a field, or all of it."""
    height, width = (min(side, _ENOUGH_PX) for side in shape)
    y0, x0 = (shape[0] - height) // 2, (shape[1] - width) // 2
    return Box(y0=y0, y1=y0 + height, x0=x0, x1=x0 + width)
