"""What finished coadds predict for any visit, seen or unseen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dcrviz.engine.check import label
from dcrviz.engine.check_values import check_values
from dcrviz.engine.fill import fill_holes
from dcrviz.engine.masks import flagged, with_plane
from dcrviz.engine.refined_seeing import refined_width
from dcrviz.engine.seeing import VisitSeeing, visit_seeing
from dcrviz.engine.template import visit_template
from dcrviz.mask_planes import UNTRUE_PLANES
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.seeing import width_px
from dcrviz.physics.shifts import dcr_shifts
from dcrviz.records import (
    Bits,
    Bools,
    Coadd,
    Coadds,
    Exposure,
    ForwardModel,
    Plane,
    Visit,
    check_star_image,
)


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


def refined_visit(result: Coadds, exposure: Exposure) -> Visit:
    """A visit with the width of its stars at which its template is nearest to its image.

    A visit with a star image stays as it is, and so does any where the planes have no seeing of
    their own. One that tells no width is begun with that of the planes.

    Raises
    ------
    ValueError
        As `matched_template`; if its image is not of the planes' size, or has pixels or numbers
        that can't be those of a visit.
    """
    visit, seeing = exposure.visit, result.model.seeing
    if seeing is None or exposure.psf is not None:
        return visit
    check_values(exposure, label(exposure))
    image = np.asarray(exposure.image[:], np.float32) * np.float32(visit.scale)
    if image.shape != result.planes.shape[1:]:
        raise ValueError(
            f"{label(exposure)}: the image must have the planes' shape {result.planes.shape[1:]}; "
            f"got {image.shape}"
        )
    usable = np.isfinite(image) & ~flagged(exposure.mask[:], exposure.planes, UNTRUE_PLANES)

    def with_width(fwhm_px: float) -> Visit:
        return replace(visit, psf_fwhm_px=fwhm_px)

    found = refined_width(
        np.where(usable, image, np.float32(0)),
        usable,
        lambda fwhm_px: matched_template(result, with_width(fwhm_px)).image,
        fwhm_px=visit.psf_fwhm_px or seeing.fwhm_px,
        psf=seeing.profile,
    )
    return with_width(found)


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
