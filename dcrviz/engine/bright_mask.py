"""BRIGHT_OBJECT around catalogued stars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dcrviz.bright import BrightObject
from dcrviz.engine.masks import with_plane
from dcrviz.records import Bools, Coadd, Floats

if TYPE_CHECKING:
    from astropy.wcs import WCS


def mask_bright(coadd: Coadd, objects: Sequence[BrightObject], *, wcs: WCS) -> Coadd:
    """The coadd with BRIGHT_OBJECT set in the circles and boxes of the catalogue."""
    planes = with_plane(coadd.planes, "BRIGHT_OBJECT")
    mask = coadd.mask.copy()
    height, width = mask.shape
    y, x = np.mgrid[:height, :width]
    ra_deg, dec_deg = wcs.pixel_to_world_values(x, y)
    for star in objects:
        mask[_covers(star, ra_deg, dec_deg)] |= np.int32(1 << planes["BRIGHT_OBJECT"])
    return replace(coadd, mask=mask, planes=planes)


def _covers(star: BrightObject, ra_deg: Floats, dec_deg: Floats) -> Bools:
    """Pixels inside the star's circle or box, on the tangent plane at the star."""
    east_arcsec, north_arcsec = _on_tangent_plane(star, ra_deg, dec_deg)
    if star.radius_arcsec is not None:
        inside: Bools = np.hypot(east_arcsec, north_arcsec) <= star.radius_arcsec
        return inside
    assert star.width_arcsec is not None
    assert star.height_arcsec is not None
    box: Bools = (np.abs(east_arcsec) <= star.width_arcsec / 2) & (
        np.abs(north_arcsec) <= star.height_arcsec / 2
    )
    return box


def _on_tangent_plane(star: BrightObject, ra_deg: Floats, dec_deg: Floats) -> tuple[Floats, Floats]:
    """Arc seconds east and north of the star; beyond all bounds on the other half of the sky."""
    away, dec, pole = (np.radians(angle) for angle in (ra_deg - star.ra_deg, dec_deg, star.dec_deg))
    east = np.cos(dec) * np.sin(away)
    # The difference of the two products that a book has would lose what is small.
    north = np.sin(dec - pole) + 2 * np.sin(pole) * np.cos(dec) * np.sin(away / 2) ** 2
    towards = np.cos(dec - pole) - 2 * np.cos(pole) * np.cos(dec) * np.sin(away / 2) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(towards > 0, np.degrees(3600 / towards), np.inf)
        return east * scale, north * scale
