"""The forward model: from subfilter planes to the template of a visit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dcrviz.engine.fourier import fourier_template, plane_spectra
from dcrviz.engine.grid import grid_for
from dcrviz.engine.problem import Problem
from dcrviz.engine.psf_match import convolved
from dcrviz.engine.seeing import VisitSeeing, kernel_of
from dcrviz.engine.taps import visit_taps
from dcrviz.kernels.planes import amplified_planes
from dcrviz.kernels.shift import add_shifts
from dcrviz.kernels.spline import stack_coefficients
from dcrviz.records import Cube, Plane, Shifts, SplineOrder
from dcrviz.rooms import fresh

TemplateMaker = Callable[[int], Plane]
"""Matched template of a visit by its index; threads may share it."""


def amplify(planes: Cube, accelerate: float, *, threads: int = 1) -> Cube:
    """Planes with their differences from the mean plane amplified, (S, Y, X).

    Notes
    -----
    ALGORITHM.md section 4: y^_a = ref + accelerate (y_a - ref).
    """
    if accelerate <= 1:
        return planes
    return amplified_planes(planes, accelerate, threads=threads)


def share_of_template(problem: Problem) -> Plane:
    """Each plane's equal share of the template, (Y, X)."""
    return problem.template.image / np.float32(problem.n_subfilters)


def template_maker_of(problem: Problem, amplified: Cube) -> TemplateMaker:
    """The matched template of a problem's visit as a function of its index.

    Parameters
    ----------
    amplified
        (S, Y, X) planes, of the field or of a rectangle of it.
    """
    return template_maker(
        amplified, problem.shifts, order=problem.template_order, seeing=problem.seeing
    )


def visit_template(
    amplified: Cube,
    shifts: Shifts,
    visit: int,
    *,
    order: SplineOrder | None,
    seeing: VisitSeeing | None = None,
) -> Plane:
    """Matched template of one visit, (Y, X): the sum of its shifted planes.

    Parameters
    ----------
    order
        Of the spline that shifts the planes; None shifts them exactly, in Fourier space.
    seeing
        To which the planes are blurred; they are not without.
    """
    return template_maker(amplified, shifts, order=order, seeing=seeing)(visit)


def template_maker(
    amplified: Cube,
    shifts: Shifts,
    *,
    order: SplineOrder | None,
    seeing: VisitSeeing | None = None,
) -> TemplateMaker:
    """The matched template of a visit as a function of its index."""
    amplified = np.ascontiguousarray(amplified, dtype=np.float32)
    shape = (amplified.shape[1], amplified.shape[2])
    if order is None:
        grid = grid_for(shifts, shape, wings_px=0 if seeing is None else seeing.reach_px)
        spectra = plane_spectra(amplified, grid)
        return lambda visit: fourier_template(spectra, shifts, visit, grid, seeing=seeing)
    coefs, taps = stack_coefficients(amplified, order=order), visit_taps(shifts, shape, order)

    def shifted(visit: int) -> Plane:
        template = fresh(*shape)
        add_shifts(coefs, taps[visit].forward, taps[visit].sources, template[None], anew=True)
        return template if seeing is None else convolved(template, kernel_of(seeing, visit))

    return shifted
