"""Where the zenith is: its distance on the sky and its direction in the image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dcrviz.records import Floats, Visit

if TYPE_CHECKING:
    from astropy.wcs import WCS

_AIRMASS_ROUNDING = 1e-6
_STEP_PX = 0.5


def zenith_from_airmass_rad(airmass: float) -> float:
    """Zenith angle at an airmass, plane-parallel: arccos(1/X).

    Raises
    ------
    ValueError
        If the airmass is below 1 by more than rounding, or not finite.
    """
    if not 1 - _AIRMASS_ROUNDING <= airmass < math.inf:
        raise ValueError(f"airmass must be 1 or more; got {airmass:g}")
    return math.acos(1 / max(airmass, 1.0))


def airmass_from_zenith(zenith_rad: float) -> float:
    """Airmass at a zenith angle, plane-parallel: sec(z).

    Raises
    ------
    ValueError
        If the zenith angle is not from 0 to below 90 deg.
    """
    if not 0 <= zenith_rad < math.pi / 2:
        raise ValueError(
            "zenith angle must be at least 0 and less than 90 deg; got "
            f"{math.degrees(zenith_rad):g} deg"
        )
    return 1 / math.cos(zenith_rad)


def parallactic_angle_rad(hour_angle_rad: float, dec_rad: float, latitude_rad: float) -> float:
    """Position angle of the zenith, north through east; positive west of the meridian."""
    # Multiplied by cos(latitude), so that it holds at the poles of the Earth, too.
    return math.atan2(
        math.cos(latitude_rad) * math.sin(hour_angle_rad),
        math.cos(dec_rad) * math.sin(latitude_rad)
        - math.sin(dec_rad) * math.cos(latitude_rad) * math.cos(hour_angle_rad),
    )


def wcs_jacobian(wcs: WCS, shape: tuple[int, int]) -> Floats:
    """Pixels per arcsecond to the east and to the north, at the field's centre.

    Parameters
    ----------
    wcs
        Its frame is the one in which east and north, and so the parallactic angle, are meant.
    shape
        Height and width of the image.

    Returns
    -------
    (2, 2)
        Rows x and y [px], columns east and north [arcsec].

    Raises
    ------
    ValueError
        If the WCS has no sky coordinates, or the centre or its neighbours do not lie on the sky.

    Notes
    -----
    Central differences of the way from pixels to the sky, which is exact where the way back
    iterates (distortions), taken between unit vectors, which know neither pole nor RA 0.
    """
    if not wcs.has_celestial:
        raise ValueError(f"WCS must have two sky coordinates; got {', '.join(wcs.wcs.ctype)}")
    height, width = shape
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    offsets = _STEP_PX * np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]])
    x, y = (centre + offsets).T
    lon, lat = np.radians(wcs.celestial.all_pix2world(x, y, 0, ra_dec_order=True))
    directions = _unit_vectors(lon, lat)
    steps = (directions[[1, 3]] - directions[[2, 4]]) / (2 * _STEP_PX)
    sky_per_px = 3600 * np.degrees(_east_north(lon[0], lat[0]) @ steps.T)
    if not np.isfinite(sky_per_px).all() or np.linalg.det(sky_per_px) == 0:
        raise ValueError(
            f"WCS must map the field's centre (x, y) = ({centre[0]:g}, {centre[1]:g}) to the sky, "
            f"one to one; got (lon, lat) = ({np.degrees(lon[0]):g}, {np.degrees(lat[0]):g}) deg"
        )
    jacobian: Floats = np.linalg.inv(sky_per_px)
    return jacobian


def zenith_direction_px(parallactic_rad: ArrayLike, *, jacobian: Floats) -> Floats:
    """Pixels by which an arcsecond towards the zenith moves an image.

    Parameters
    ----------
    parallactic_rad : (...)
        Position angle of the zenith in the frame of the WCS.
    jacobian : (2, 2)
        From `wcs_jacobian`.

    Returns
    -------
    (..., 2)
        ``(y, x)``, pixels per arcsecond; no unit vector, as the pixels need not be square.
    """
    angle = np.asarray(parallactic_rad, dtype=float)
    east_north = np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    direction: Floats = (east_north @ jacobian.T)[..., ::-1]
    return direction


def _unit_vectors(lon_rad: Floats, lat_rad: Floats) -> Floats:
    cos_lat = np.cos(lat_rad)
    return np.stack(
        [cos_lat * np.cos(lon_rad), cos_lat * np.sin(lon_rad), np.sin(lat_rad)], axis=-1
    )


def _east_north(lon_rad: float, lat_rad: float) -> Floats:
    """(2, 3) unit vectors to the east and to the north of a point."""
    east = [-math.sin(lon_rad), math.cos(lon_rad), 0.0]
    north = _unit_vectors(np.array(lon_rad), np.array(lat_rad + math.pi / 2))
    return np.array([east, north])


def airmass_of(visit: Visit) -> float:
    """Airmass of a visit, from its zenith angle where it does not tell it; NaN without either."""
    if visit.airmass is not None:
        return visit.airmass
    return (
        float("nan") if visit.zenith_rad is None else float(airmass_from_zenith(visit.zenith_rad))
    )
