"""What a fit begins with: equal shares of the template, or planes that are there already."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dcrviz.bands import Band
from dcrviz.engine.problem import Problem
from dcrviz.engine.template import share_of_template
from dcrviz.records import Coadds, Cube
from dcrviz.rooms import fresh


def start_from(problem: Problem, planes: Coadds | Cube) -> Problem:
    """The problem, to be fitted from planes that are there already: `first_step` has them.

    Parameters
    ----------
    planes
        Coadds of an earlier run on the grid of the visits, or the pixels of such, (S, Y, X). A
        pixel that is not finite is an equal share of the template.

    Raises
    ------
    ValueError
        If they are of another shape, origin or band, or not as many as there are subfilters.

    Notes
    -----
    Solvers in Fourier space find the same planes from any start.
    """
    start = _pixels(planes, problem)
    _check_shape(start, (problem.n_subfilters, *problem.shape))
    start.flags.writeable = False
    warnings = problem.warnings
    if problem.config.in_fourier_space:
        warnings = (
            *warnings,
            f"{problem.config.solver} finds the same planes from any start: those that were given "
            "are iteration 0, and nothing else comes of them",
        )
    return replace(problem, start=start, warnings=warnings)


def _pixels(planes: Coadds | Cube, problem: Problem) -> Cube:
    if not isinstance(planes, Coadds):
        return np.array(planes, dtype=np.float32)
    if planes.xy0 != problem.xy0:
        raise ValueError(
            f"the planes to begin with must have the visits' origin, {problem.xy0}; got "
            f"{planes.xy0}"
        )
    if planes.model.band != problem.band:
        raise ValueError(
            f"the planes to begin with must be of the visits' band, {_described(problem.band)}; "
            f"got {_described(planes.model.band)}"
        )
    return np.array(planes.planes, dtype=np.float32)


def _check_shape(planes: Cube, shape: tuple[int, ...]) -> None:
    if planes.ndim == 3 and planes.shape[1:] == shape[1:] and len(planes) != shape[0]:
        raise ValueError(
            f"the planes to begin with must be {shape[0]}, as the knob n_subfilters says; got "
            f"{len(planes)}"
        )
    if planes.shape != shape:
        raise ValueError(
            f"the planes to begin with must have the shape (subfilters, height, width) of the "
            f"problem, {shape}; got {planes.shape}"
        )


def start_planes(problem: Problem, accelerate: float) -> Cube:
    """(S, Y, X), which become the planes given, or equal shares of the template, once amplified.

    A pixel of theirs that is not finite is the template's share.
    """
    share = share_of_template(problem)
    if problem.start is None:
        planes = fresh(problem.n_subfilters, *problem.shape)
        planes[:] = share
        return planes
    planes = np.where(np.isfinite(problem.start), problem.start, share)
    if accelerate <= 1:
        return planes
    mean = planes.mean(axis=0)
    return np.asarray(mean + (planes - mean) / np.float32(accelerate), np.float32)


def _described(band: Band) -> str:
    return f"{band.name} ({band.min_nm:g} to {band.max_nm:g} nm)"
