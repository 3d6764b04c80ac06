"""From residuals back to planes: what the visits say should be added to each subfilter."""

from __future__ import annotations

import numpy as np

from dcrviz.box import Box
from dcrviz.engine.fit import fit_visits
from dcrviz.engine.problem import Problem
from dcrviz.engine.template import template_maker_of
from dcrviz.records import Cube, Plane


def visit_residual(problem: Problem, amplified: Cube, visit: int, *, box: Box) -> Plane:
    """Image minus matched template of one visit on a rectangle, 0 where it is not usable.

    `amplified` is cut to the rectangle already.
    """
    template = template_maker_of(problem, amplified)(visit)
    image, usable = problem.images[visit][box.slices], problem.usable[visit][box.slices]
    residual: Plane = np.where(usable, image - template, np.float32(0))
    return residual


def stacked_residual(problem: Problem, amplified: Cube, *, box: Box, threads: int = 1) -> Cube:
    """Correction to each plane on a rectangle, (S, Y, X); see `fit_visits`."""
    correction = fit_visits(problem, amplified, box=box, threads=threads).correction
    assert correction is not None
    return correction
