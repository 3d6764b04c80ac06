"""The images that people look at: what a step implies, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.engine import Problem, Step
from dcrviz.engine.noise import background_noise
from dcrviz.engine.template import amplify, visit_template
from dcrviz.records import Cube, Plane


def shown_planes(step: Step) -> Cube:
    """(S, Y, X) planes as they become coadds: with their differences amplified."""
    return amplify(step.planes, step.accelerate)


def planes_minus_mean(step: Step) -> Cube:
    """(S, Y, X) amplified planes minus their mean: holes are negative, wings positive."""
    planes = shown_planes(step)
    difference: Cube = planes - planes.mean(axis=0, dtype=np.float32)
    return difference


def visit_residual(problem: Problem, step: Step, visit: int) -> Plane:
    """(Y, X) image minus matched template of one visit, 0 where the visit is not usable."""
    template = visit_template(shown_planes(step), problem.shifts, visit, order=problem.order)
    residual: Plane = np.where(problem.usable[visit], problem.images[visit] - template, 0)
    return residual


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


def stretched(image: Plane | Cube, *, noise: float) -> Plane | Cube:
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
    minus_mean: Cube
    residual: Plane
    weights: Plane
    noise: float


def pictures(problem: Problem, step: Step, *, visit: int) -> Pictures:
    """What the explorer shows of a step, with the residual of one visit."""
    noise = sky_noise(problem)
    return Pictures(
        planes=shown_planes(step),
        minus_mean=planes_minus_mean(step) / np.float32(noise),
        residual=visit_residual(problem, step, visit)
        / np.float32(visit_noise(problem, visit) or noise),
        weights=model_weights(problem),
        noise=noise,
    )
