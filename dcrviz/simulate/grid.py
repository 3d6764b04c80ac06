"""The pixel grid of a made field: a tangent plane at any rotation, mirrored or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from astropy.wcs import WCS


def tan_wcs(
    shape: tuple[int, int],
    *,
    pixel_scale_arcsec: float,
    ra_deg: float,
    dec_deg: float,
    rotation_deg: float = 0.0,
    mirrored: bool = False,
) -> WCS:
    """World coordinates of a gnomonic projection about the middle of the image.

    Parameters
    ----------
    shape
        Height and width.
    rotation_deg
        Position angle, north through east, to which the y axis points.
    mirrored
        East on the right of north, as in an image seen through one mirror; else on the left.
    """
    # Slow to import: only who asks for coordinates waits for it.
    from astropy.wcs import WCS

    scale_deg = pixel_scale_arcsec / 3600
    angle = np.radians(rotation_deg)
    right = 1.0 if mirrored else -1.0
    x_axis = right * np.array([np.cos(angle), -np.sin(angle)])
    y_axis = np.array([np.sin(angle), np.cos(angle)])
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.cunit = ["deg", "deg"]
    wcs.wcs.crval = [ra_deg, dec_deg]
    wcs.wcs.crpix = [(shape[1] + 1) / 2, (shape[0] + 1) / 2]
    wcs.wcs.cd = scale_deg * np.stack([x_axis, y_axis], axis=1)
    wcs.wcs.set()
    wcs.array_shape = shape
    return wcs
