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
    east = (ra_deg - star.ra_deg + 180) % 360 - 180
    east_arcsec = east * np.cos(np.radians(star.dec_deg)) * 3600
    north_arcsec = (dec_deg - star.dec_deg) * 3600
    if star.radius_arcsec is not None:
        inside: Bools = np.hypot(east_arcsec, north_arcsec) <= star.radius_arcsec
        return inside
    assert star.width_arcsec is not None
    assert star.height_arcsec is not None
    box: Bools = (np.abs(east_arcsec) <= star.width_arcsec / 2) & (
        np.abs(north_arcsec) <= star.height_arcsec / 2
    )
    return box
