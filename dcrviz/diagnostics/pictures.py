"""The images that people look at: what a step implies, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.engine import Problem, Step
from dcrviz.engine.correction import visit_residual
from dcrviz.engine.noise import background_noise
from dcrviz.engine.template import amplify
from dcrviz.kernels.planes import mean_plane
from dcrviz.records import Box, Cube, Plane


def shown_planes(step: Step) -> Cube:
    """(S, Y, X) planes as they become coadds: with their differences amplified."""
    return amplify(step.planes, step.accelerate)


def visit_noise(problem: Problem, visit: int) -> float:
    """Noise of the background of one visit, by the median absolute deviation."""
    usable = problem.background & problem.usable[visit]
    return background_noise(problem.images[visit], usable, margin_px=0, estimator="robust")


def model_weights(problem: Problem) -> Plane:
    """(Y, X) omega of the whole field, each tile's own on its own pixels."""
    field = np.zeros(problem.shape, dtype=np.float32)
    for tile in problem.tiles:
        field[tile.inner.slices] = tile.omega[tile.inner.within(tile.outer).slices]
    return field


def sky_noise(problem: Problem) -> float:
    """Noise of the template's background: the scale on which all planes are shown."""
    noise = background_noise(
        problem.template.image, problem.background, margin_px=0, estimator="robust"
    )
    return noise if noise > 0 else 1.0


def stretched(image: Cube, *, noise: float) -> Cube:
    """Inverse hyperbolic sine of the image in units of the noise: linear near 0, logarithmic above.

    Pixels that are not finite stay so.
    """
    compressed: Cube = np.arcsinh(image / np.float32(noise)).astype(np.float32)
    return compressed


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Pictures:
    """All images of one step, with the noise that sets their scales.

    Parameters
    ----------
    planes
        (S, Y, X) flux.
    shown
        (S, Y, X), the same compressed for the screen, see `stretched`.
    minus_mean
        (S, Y, X) planes minus their mean, in units of the sky noise.
    residual
        (Y, X) of the chosen visit, in units of its own noise.
    weights
        (Y, X) model weights.
    noise
        Of the template's background, flux.
    """

    planes: Cube
    shown: Cube
    minus_mean: Cube
    residual: Plane
    weights: Plane
    noise: float


def pictures(problem: Problem, step: Step, *, visit: int) -> Pictures:
    """What the explorer shows of a step, with the residual of one visit."""
    noise = sky_noise(problem)
    planes = shown_planes(step)
    field = Box(y0=0, y1=problem.shape[0], x0=0, x1=problem.shape[1])
    residual = visit_residual(problem, planes, visit, box=field)
    return Pictures(
        planes=planes,
        shown=stretched(planes, noise=noise),
        # Holes are negative, wings positive.
        minus_mean=(planes - mean_plane(planes)) / np.float32(noise),
        residual=residual / np.float32(visit_noise(problem, visit) or noise),
        weights=model_weights(problem),
        noise=noise,
    )
