"""Products of a run, and the template that they predict for any visit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dcrviz.engine.fill import fill_holes
from dcrviz.engine.masks import with_plane
from dcrviz.engine.pixels import frozen
from dcrviz.engine.problem import Problem
from dcrviz.engine.seeing import VisitSeeing, visit_seeing
from dcrviz.engine.step import Step
from dcrviz.engine.template import amplify, visit_template
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.seeing import width_px
from dcrviz.physics.shifts import dcr_shifts
from dcrviz.records import (
    Bits,
    Bools,
    Coadd,
    Coadds,
    Cube,
    ForwardModel,
    Plane,
    Visit,
    check_star_image,
)


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
    corrected = Coadd(
        image=planes.sum(axis=0, dtype=np.float32),
        mask=mask,
        variance=of_the_sum,
        planes=mask_planes,
    )
    return Coadds(
        # Else the record would copy them, and of a large field that is much.
        planes=frozen(planes),
        variance=frozen(variance),
        mask=mask,
        mask_planes=mask_planes,
        corrected=corrected,
        n_images=problem.counts,
        n_visits=_visits_per_pixel(problem),
        wcs=problem.wcs,
        xy0=problem.xy0,
        model=problem.forward_model,
        inputs=tuple(problem.visits[visit] for visit in on),
        input_weights=problem.visit_weights[on],
        psf=problem.psf,
    )


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
    relative = template / typical if typical > 0 else np.ones_like(template)
    covariance = step.covariance.astype(np.float32)
    return np.diag(covariance)[:, None, None] * relative, covariance.sum() * relative


def matched_template(result: Coadds, visit: Visit, *, psf: Plane | None = None) -> Coadd:
    """What the model predicts for a visit, seen or unseen, on the model's own grid.

    Planes whose fit knew the seeing of the visits are blurred to that of this one.

    Parameters
    ----------
    psf
        (P, P) star image of the visit, with odd sides, if it is known better than by its FWHM.

    Returns
    -------
    Coadd
        The template; its mask is the model's, with NO_DATA where refraction moves pixels
        without data, or the edge of the field, into view; its variance that of the corrected coadd.

    Raises
    ------
    ValueError
        If the visit lacks what its refraction needs, or its seeing where the planes have one of
        their own; or the model has no WCS.
    """
    if result.wcs is None:
        raise ValueError("a matched template needs the WCS of the model; the coadds have none")
    model = result.model
    shifts = dcr_shifts([visit], model=model, jacobian=wcs_jacobian(result.wcs, result.mask.shape))
    known: Bools = np.asarray(np.isfinite(result.planes).all(axis=0))
    planes = np.stack([fill_holes(plane, ~known) for plane in result.planes])
    image = visit_template(
        planes,
        shifts,
        0,
        order=model.interpolation_order,
        seeing=_seeing_of(visit, psf, model),
    )
    reach = visit_template(
        np.repeat(known[None].astype(np.float32), model.n_subfilters, axis=0), shifts, 0, order=1
    )
    return _with_no_data(replace(result.corrected, image=image), reach < model.n_subfilters - 1e-3)


def _seeing_of(visit: Visit, psf: Plane | None, model: ForwardModel) -> VisitSeeing | None:
    """The seeing of one visit against that of the planes."""
    if model.seeing is None:
        return None
    width = visit.psf_fwhm_px
    if psf is not None:
        check_star_image(psf, where=f"visit {visit.id}")
        width = width or width_px(psf)
    if width is None:
        raise ValueError(
            f"visit {visit.id}: its FWHM or star image must be known, as the planes have a seeing "
            f"of their own ({model.seeing.fwhm_px:.3g} px); nobody gave one"
        )
    return visit_seeing(model, [width], [psf])


def _with_no_data(coadd: Coadd, lacking: Bools) -> Coadd:
    planes = with_plane(coadd.planes, "NO_DATA")
    mask: Bits = np.where(lacking, coadd.mask | np.int32(1 << planes["NO_DATA"]), coadd.mask)
    return replace(coadd, mask=mask, planes=planes)


def _visits_per_pixel(problem: Problem) -> NDArray[np.uint16] | None:
    if problem.counts is None:
        return None
    numbers: NDArray[np.uint16] = problem.usable.sum(axis=0, dtype=np.uint16)
    return frozen(numbers)
