"""The widths of the visits' stars, corrected by what the fit leaves of each visit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import fft

from dcrviz.config_rules import threads_of
from dcrviz.engine.direct import closed_form, solve_directly
from dcrviz.engine.problem import Problem
from dcrviz.engine.seeing import VisitSeeing
from dcrviz.engine.template import template_maker
from dcrviz.psf import Psf
from dcrviz.records import Bools, Floats, Plane

# Each goes half of the rest, or more.
_TURNS = 3
_EDGE_PX = 12
# Of the logarithm of a width: beyond it is no error of a width.
_MOST = 0.2
# Relative step of the derivative by the width.
_STEP = 1e-3


def refined_seeing(problem: Problem) -> VisitSeeing:
    """The seeing of a problem with the widths that its visits show; only their ratios can be found.

    A visit with a star image keeps it, and one without a usable pixel its width.

    Notes
    -----
    One step of Gauss and Newton for each visit after every fit: by how much of the template's
    derivative by the width the residual has in it.
    """
    seeing, threads = problem.seeing, threads_of(problem.config, problem.shape)
    assert seeing is not None
    free = (problem.precision > 0) & np.array([star is None for star in seeing.stars])
    visits = np.flatnonzero(free)
    weights = problem.precision[visits]
    for _ in range(_TURNS if free.any() else 0):
        system = closed_form(replace(problem, seeing=seeing), threads=threads)
        planes = solve_directly(system, threads=threads)
        # With room for these alone, so that of the others nothing depends.
        shifts, own = problem.shifts.of(visits), seeing.of(visits.tolist())
        template = template_maker(planes, shifts, order=None, seeing=own)
        off = np.array(
            [
                width_error(
                    problem.images[visit],
                    problem.usable[visit],
                    template(place),
                    fwhm_px=own.fwhm_px[place],
                    psf=own.planes.profile,
                )
                for place, visit in enumerate(visits.tolist())
            ]
        )
        off -= weights @ off / weights.sum()
        fwhm_px = seeing.fwhm_px.copy()
        fwhm_px[visits] *= np.exp(off)
        seeing = replace(seeing, fwhm_px=fwhm_px)
    return seeing


def refined_width(
    image: Plane,
    usable: Bools,
    template_at: Callable[[float], Plane],
    *,
    fwhm_px: float,
    psf: Psf,
) -> float:
    """Width of a visit's stars at which the template is nearest to its image.

    Parameters
    ----------
    template_at
        The template for a width.
    fwhm_px
        To begin with.
    """
    for _ in range(_TURNS):
        off = width_error(image, usable, template_at(fwhm_px), fwhm_px=fwhm_px, psf=psf)
        fwhm_px *= float(np.exp(off))
    return fwhm_px


def width_error(image: Plane, usable: Bools, template: Plane, *, fwhm_px: float, psf: Psf) -> float:
    """Logarithm of the width that an image shows over the one that its template has.

    At most .2 either way; 0 if there is no light to tell it.
    """
    derivative = _by_width(template, fwhm_px=fwhm_px, psf=psf)
    inner = (slice(_EDGE_PX, -_EDGE_PX), slice(_EDGE_PX, -_EDGE_PX))
    counts = usable[inner]
    along = derivative[inner][counts].astype(float)
    residual = (image - template)[inner][counts].astype(float)
    # Summed without OpenBLAS, whose threads would wait for each other longer than they add.
    power = (along * along).sum()
    return float(np.clip((along * residual).sum() / power, -_MOST, _MOST)) if power > 0 else 0.0


def _by_width(template: Plane, *, fwhm_px: float, psf: Psf) -> Plane:
    """Derivative of a template by the logarithm of its stars' width."""
    height, width = template.shape
    # Rows of opposite frequencies have one transfer function.
    rows, of_row = np.unique(np.abs(fft.fftfreq(height)), return_inverse=True)
    radius = np.hypot(rows[:, None], fft.rfftfreq(width))
    more, less = (
        np.log(np.maximum(psf.transfer(radius, fwhm_px=fwhm_px * factor), 1e-30))
        for factor in (1 + _STEP, 1 - _STEP)
    )
    slope: Floats = ((more - less) / (2 * _STEP))[of_row]
    return np.asarray(fft.irfft2(fft.rfft2(template) * slope, s=template.shape), np.float32)
