"""How much of the sky each pixel of an image covers."""

from __future__ import annotations

import numpy as np
from astropy.wcs import WCS
from scipy.interpolate import RectBivariateSpline

from dcrviz.records import Floats, Plane

_NODE_PX = 64
_LEAST_NODES = 9
_HALF_PX = 0.5
_ARCSEC2_PER_SR = float(np.degrees(1.0) * 3600) ** 2


def pixel_areas(wcs: WCS, shape: tuple[int, int]) -> Plane:
    """Solid angle of each pixel in square arcseconds, (Y, X).

    Notes
    -----
    The cross product of the pixel's sides as unit vectors on the sky, at nodes at most 64 px apart,
    and interpolated between them by a cubic spline: distortions are smooth.
    """
    y, x = (np.linspace(0, n - 1, max(_LEAST_NODES, n // _NODE_PX + 2)) for n in shape)
    at_nodes = _areas_at(wcs, *np.meshgrid(x, y))
    spline = RectBivariateSpline(y, x, at_nodes, kx=min(3, len(y) - 1), ky=min(3, len(x) - 1), s=0)
    areas: Plane = spline(np.arange(shape[0]), np.arange(shape[1])).astype(np.float32)
    return areas


def _areas_at(wcs: WCS, x: Floats, y: Floats) -> Floats:
    along_x = _direction(wcs, x + _HALF_PX, y) - _direction(wcs, x - _HALF_PX, y)
    along_y = _direction(wcs, x, y + _HALF_PX) - _direction(wcs, x, y - _HALF_PX)
    area: Floats = np.linalg.norm(np.cross(along_x, along_y), axis=-1) * _ARCSEC2_PER_SR
    return area


def _direction(wcs: WCS, x: Floats, y: Floats) -> Floats:
    """(..., 3) unit vectors to the sky."""
    lon, lat = np.radians(wcs.celestial.all_pix2world(x, y, 0, ra_dec_order=True))
    vectors = [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    return np.stack(vectors, axis=-1)
