"""From residuals back to planes: what the visits say should be added to each subfilter."""

from __future__ import annotations

import numpy as np

from dcrviz.engine.problem import Problem
from dcrviz.engine.template import visit_template
from dcrviz.kernels import shift_image
from dcrviz.records import Box, Cube, Plane


def visit_residual(problem: Problem, amplified: Cube, visit: int, *, box: Box) -> Plane:
    """Weighted residual of one visit on a rectangle; `amplified` is cut to it already."""
    template = visit_template(amplified, problem.shifts, visit, order=problem.order)
    cut = (visit, *box.slices)
    residual: Plane = (problem.images[cut] - template) * problem.weights[cut]
    return residual


def stacked_residual(problem: Problem, amplified: Cube, *, box: Box) -> Cube:
    """Correction to each plane on a rectangle, (S, Y, X); visits are streamed.

    Notes
    -----
    ALGORITHM.md section 4: dcrWeight_a * sum_i back shift of r_i.
    """
    total = np.zeros_like(amplified)
    for visit in range(len(problem.visits)):
        residual = visit_residual(problem, amplified, visit, box=box)
        for subfilter, shift_px in enumerate(problem.shifts.midpoint[visit]):
            total[subfilter] += shift_image(residual, -shift_px, order=problem.order)
    total *= problem.stack_weight[:, *box.slices]
    return total
