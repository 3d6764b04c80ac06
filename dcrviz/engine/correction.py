"""From residuals back to planes: what the visits say should be added to each subfilter."""

from __future__ import annotations

import numpy as np

from dcrviz.engine.problem import Problem
from dcrviz.engine.template import visit_template
from dcrviz.kernels import shift_image
from dcrviz.records import Box, Cube, Plane


def visit_residual(problem: Problem, amplified: Cube, visit: int, *, box: Box) -> Plane:
    """Image minus matched template of one visit on a rectangle, 0 where it is not usable.

    `amplified` is cut to the rectangle already.
    """
    template = visit_template(amplified, problem.shifts, visit, order=problem.order)
    cut = (visit, *box.slices)
    residual: Plane = np.where(problem.usable[cut], problem.images[cut] - template, np.float32(0))
    return residual


def stacked_residual(problem: Problem, amplified: Cube, *, box: Box) -> Cube:
    """Correction to each plane on a rectangle, (S, Y, X); visits are streamed.

    Notes
    -----
    ALGORITHM.md section 4: dcrWeight_a * sum_i back shift of r_i. With true weights each visit's
    back-shifted residual counts by its back-shifted weight, linearly interpolated: so the
    correction is a weighted mean, which nothing can blow up, not even a hole in a deep visit.
    """
    total = np.zeros_like(amplified)
    for visit in range(len(problem.visits)):
        residual = visit_residual(problem, amplified, visit, box=box)
        for subfilter, shift_px in enumerate(problem.shifts.midpoint[visit]):
            moved = shift_image(residual, -shift_px, order=problem.order)
            if problem.weights is not None:
                weight = problem.weights[visit, *box.slices]
                moved *= shift_image(weight, -shift_px, order=min(problem.order, 1))
            total[subfilter] += moved
    total *= problem.stack_weight[:, *box.slices]
    return total
