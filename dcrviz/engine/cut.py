"""A part of a problem, for what a part can tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dcrviz.box import Box
from dcrviz.engine.field_grid import field_grid
from dcrviz.engine.problem import Problem


def middle_of(problem: Problem, *, most_px: int) -> Problem:
    """The square of this side in the middle of a problem, or all of it if that is no larger.

    It has no tiles: solvers in Fourier space need none.
    """
    height, width = (min(side, most_px) for side in problem.shape)
    if (height, width) == problem.shape:
        return problem
    y0, x0 = (problem.shape[0] - height) // 2, (problem.shape[1] - width) // 2
    cut = Box(y0=y0, y1=y0 + height, x0=x0, x1=x0 + width).slices
    template = problem.template
    return replace(
        problem,
        images=tuple(np.asarray(image[cut]) for image in problem.images),
        observed=problem.observed[:, *cut],
        usable=problem.usable[:, *cut],
        detected=problem.detected[:, *cut],
        weights=None if problem.weights is None else problem.weights[:, *cut],
        template=replace(
            template,
            image=template.image[cut],
            mask=template.mask[cut],
            variance=template.variance[cut],
        ),
        stack_weight=problem.stack_weight[:, *cut],
        counts=None if problem.counts is None else problem.counts[:, *cut],
        covered=problem.covered[cut],
        background=problem.background[cut],
        tiles=(),
        grid=field_grid(problem.shifts, problem.seeing, problem.factors, (height, width)),
    )
