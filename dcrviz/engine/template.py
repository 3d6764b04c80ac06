"""The forward model: from subfilter planes to the template of a visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from dcrviz.engine.fourier import fourier_template, grid_for, plane_spectra
from dcrviz.engine.problem import Problem
from dcrviz.engine.taps import visit_taps
from dcrviz.kernels.planes import amplified_planes
from dcrviz.kernels.shift import add_shifts
from dcrviz.kernels.spline import stack_coefficients
from dcrviz.records import Cube, Plane, Shifts, SplineOrder


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


def visit_template(
    amplified: Cube, shifts: Shifts, visit: int, *, order: SplineOrder | None
) -> Plane:
    """Matched template of one visit, (Y, X): the sum of its shifted planes.

    Parameters
    ----------
    order
        Of the spline that shifts the planes; None shifts them exactly, in Fourier space.
    """
    (template,) = visit_templates(amplified, shifts, [visit], order=order)
    return template


def visit_templates(
    amplified: Cube, shifts: Shifts, visits: Sequence[int], *, order: SplineOrder | None
) -> Iterator[Plane]:
    """Matched templates of several visits, one after another; what they share is done once."""
    return map(template_maker(amplified, shifts, order=order), visits)


def template_maker(
    amplified: Cube, shifts: Shifts, *, order: SplineOrder | None
) -> Callable[[int], Plane]:
    """The matched template of a visit as a function of its index, which threads may share."""
    amplified = np.ascontiguousarray(amplified, dtype=np.float32)
    shape = (amplified.shape[1], amplified.shape[2])
    if order is None:
        grid = grid_for(shifts, shape)
        spectra = plane_spectra(amplified, grid)
        return lambda visit: fourier_template(spectra, shifts, visit, grid)
    coefs, taps = stack_coefficients(amplified, order=order), visit_taps(shifts, shape, order)

    def shifted(visit: int) -> Plane:
        template = np.zeros(shape, dtype=np.float32)
        add_shifts(coefs, taps[visit].forward, taps[visit].sources, template[None])
        return template

    return shifted
