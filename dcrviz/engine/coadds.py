"""Products of a run, and the template that they predict for any visit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dcrviz.config_rules import threads_of
from dcrviz.engine.fill import fill_holes
from dcrviz.engine.masks import with_plane
from dcrviz.engine.pixels import frozen
from dcrviz.engine.problem import Problem
from dcrviz.engine.step import Step
from dcrviz.engine.template import amplify
from dcrviz.kernels.pool import run_row_bands
from dcrviz.records import (
    Coadd,
    Coadds,
    Cube,
    Plane,
    Visit,
)
from dcrviz.rooms import fresh, fresh_like


def coadds(problem: Problem, step: Step) -> Coadds:
    """The amplified planes of a step as coadds, their sum, counts and inputs.

    Notes
    -----
    ALGORITHM.md section 8. Pixels that no visit and no template reaches are interpolated and marked
    INTRP, or NaN if the knob `interpolate` is off.
    """
    planes = amplify(step.planes, step.accelerate)
    template = problem.template
    mask, mask_planes = template.mask, dict(template.planes)
    holes = ~problem.covered
    if holes.any() and problem.config.interpolate:
        planes = np.stack([fill_holes(plane, holes) for plane in planes])
        mask_planes = with_plane(mask_planes, "INTRP")
        mask = np.where(holes, mask | np.int32(1 << mask_planes["INTRP"]), mask)
    elif holes.any():
        planes = np.where(holes, np.float32(np.nan), planes)
    variance, of_the_sum = _variances(problem, step)
    on = np.flatnonzero(problem.factors)
    # Else the records would copy them, and of a large field that is much.
    for array in (planes, variance, mask, of_the_sum):
        frozen(array)
    corrected = Coadd(
        image=frozen(planes.sum(axis=0, dtype=np.float32)),
        mask=mask,
        variance=of_the_sum,
        planes=mask_planes,
    )
    return Coadds(
        planes=planes,
        variance=variance,
        mask=mask,
        mask_planes=mask_planes,
        corrected=corrected,
        n_images=problem.counts,
        n_visits=_visits_per_pixel(problem),
        wcs=problem.wcs,
        xy0=problem.xy0,
        model=problem.forward_model,
        inputs=tuple(_as_fitted(problem, int(visit)) for visit in on),
        input_weights=problem.visit_weights[on],
        psf=problem.psf,
    )


def _as_fitted(problem: Problem, visit: int) -> Visit:
    """The visit with the width of its stars that the fit took, which may not be the one told."""
    told = problem.visits[visit]
    if problem.seeing is None:
        return told
    return replace(told, psf_fwhm_px=float(problem.seeing.fwhm_px[visit]))


def _variances(problem: Problem, step: Step) -> tuple[Cube, Plane]:
    """(S, Y, X) variance of each plane, and (Y, X) of their sum.

    Notes
    -----
    ALGORITHM.md section 8, for LSST's iteration. A solver that tells the covariance of the planes
    tells it for a typical pixel; others follow the variance of the template.
    """
    template = problem.template.variance
    if step.covariance is None:
        each = template / np.float32(problem.n_subfilters)
        return np.repeat(each[None], problem.n_subfilters, axis=0), template
    typical = np.nanmedian(template)
    covariance = step.covariance.astype(np.float32)
    each, of_the_sum = fresh(problem.n_subfilters, *template.shape), fresh_like(template)

    def scale(rows: slice) -> None:
        part = template[rows]
        relative = part / typical if typical > 0 else np.ones_like(part)
        np.multiply(np.diag(covariance)[:, None, None], relative, out=each[:, rows])
        np.multiply(covariance.sum(), relative, out=of_the_sum[rows])

    run_row_bands(scale, template.shape, threads=threads_of(problem.config, problem.shape))
    return each, of_the_sum


def _visits_per_pixel(problem: Problem) -> NDArray[np.uint16] | None:
    if problem.counts is None:
        return None
    numbers = np.empty(problem.shape, np.uint16)

    def count(rows: slice) -> None:
        problem.usable[:, rows].sum(axis=0, dtype=np.uint16, out=numbers[rows])

    run_row_bands(count, problem.shape, threads=threads_of(problem.config, problem.shape))
    return frozen(numbers)
