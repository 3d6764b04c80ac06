"""What every picture and number about a step is measured on: planes, noise, and source pixels."""

from __future__ import annotations

import numpy as np

from dcrviz.diagnostics.remembered import remembered
from dcrviz.engine import Problem, Step
from dcrviz.engine.masks import flagged
from dcrviz.engine.noise import background_noise
from dcrviz.engine.template import amplify
from dcrviz.physics.shifts import subfilter_edges_nm
from dcrviz.records import Bools, Cube, Floats, Plane


def shown_planes(step: Step, *, threads: int = 1) -> Cube:
    """(S, Y, X) planes as they become coadds: with their differences amplified."""
    return amplify(step.planes, step.accelerate, threads=threads)


@remembered
def visit_noise(problem: Problem, visit: int) -> float:
    """Noise of the background of one visit, by the median absolute deviation."""
    usable = problem.background & problem.observed[visit]
    return background_noise(problem.images[visit], usable, margin_px=0, estimator="robust")


def model_weights(problem: Problem) -> Plane:
    """(Y, X) omega of the whole field, each tile's own on its own pixels."""
    field = np.zeros(problem.shape, dtype=np.float32)
    for tile in problem.tiles:
        field[tile.inner.slices] = tile.omega[tile.inner.within(tile.outer).slices]
    return field


@remembered
def sky_noise(problem: Problem) -> float:
    """Noise of the template's background: the scale on which all planes are shown."""
    noise = background_noise(
        problem.template.image, problem.background, margin_px=0, estimator="robust"
    )
    return noise if noise > 0 else 1.0


@remembered
def source_pixels(problem: Problem) -> Bools:
    """(Y, X), pixels that the template's mask marks DETECTED, read-only."""
    found = flagged(problem.template.mask, problem.mask_planes, ["DETECTED"])
    found.flags.writeable = False
    return found


def subfilter_middles_nm(problem: Problem) -> Floats:
    """(S,) middle wavelength of each subfilter."""
    edges = subfilter_edges_nm(problem.band, problem.n_subfilters)
    middles: Floats = (edges[:-1] + edges[1:]) / 2
    return middles


def typical_fwhm_px(problem: Problem) -> float | None:
    """Median seeing of the visits that tell theirs, which the template has; None if none does."""
    known = [visit.psf_fwhm_px for visit in problem.visits if visit.psf_fwhm_px is not None]
    return float(np.median(known)) if known else None


def planes_fwhm_px(problem: Problem) -> float | None:
    """Seeing of the planes: their own where that of the visits is fitted, else the typical one."""
    if problem.seeing is not None:
        return problem.seeing.planes.fwhm_px
    return typical_fwhm_px(problem)


def visit_fwhm_px(problem: Problem, visit: int) -> float | None:
    """Seeing of a visit, or the typical one where it does not tell its own."""
    if problem.seeing is not None:
        return float(problem.seeing.fwhm_px[visit])
    return problem.visits[visit].psf_fwhm_px or typical_fwhm_px(problem)
