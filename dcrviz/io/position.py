"""How high the field stood and where the zenith was, from a table's row and header keys."""

from __future__ import annotations

import math

from astropy.wcs import WCS

from dcrviz.io.keywords import Keywords
from dcrviz.io.table import Row
from dcrviz.io.visit_keys import PARALLACTIC_DEG
from dcrviz.physics.geometry import (
    airmass_from_zenith,
    parallactic_angle_rad,
    zenith_from_airmass_rad,
)
from dcrviz.records import Site

# Formulas other than sec(z), as LSST's, give a little less than 1 near the zenith.
_LOWEST_AIRMASS = 0.99
_RIGHT_ANGLE_DEG = 90.0
_HIGHEST_ZENITH_DEG = 89.9


def read_position(keys: Keywords, row: Row) -> tuple[float | None, float | None]:
    """Airmass and zenith angle [rad]; a table that gives one of them overrules the header's both.

    Values that can't be (airmass below 1, field above the zenith) are absent from a header and an
    error in a table.

    Raises
    ------
    ValueError
        If the field is at the horizon or below it, or the table's value can't be.
    """
    airmass = row.number("airmass", low=1)
    zenith_deg = row.number("zenith_deg", low=0, high=_HIGHEST_ZENITH_DEG)
    if airmass is None and zenith_deg is None:
        airmass, zenith_deg = _header_airmass(keys), _header_zenith_deg(keys)
    if zenith_deg is not None:
        zenith = math.radians(zenith_deg)
        return (airmass_from_zenith(zenith) if airmass is None else airmass), zenith
    if airmass is not None:
        return airmass, zenith_from_airmass_rad(airmass)
    return None, None


def read_parallactic_rad(
    keys: Keywords, row: Row, *, site: Site | None, wcs: WCS | None
) -> float | None:
    """Position angle of the zenith, from the first that tells it.

    These are: a table's column ``parallactic_deg`` (or one that starts so), its ``hour_angle_h``,
    the header's own angle as this project writes it, Earth rotation angle and boresight (LSST),
    the hour angle HA (DECam).
    """
    column = row.column_starting("parallactic_deg")
    degrees = row.number(column) if column else None
    hours = row.number("hour_angle_h", low=-24, high=24)
    if degrees is None and hours is None:
        degrees = keys.number(PARALLACTIC_DEG)
    if degrees is not None:
        return math.radians(degrees)
    hour_angle_deg = _header_hour_angle_deg(keys) if hours is None else 15 * hours
    dec_deg = _declination_deg(keys, wcs)
    if hour_angle_deg is None or dec_deg is None or site is None:
        return None
    return parallactic_angle_rad(
        math.radians(hour_angle_deg), math.radians(dec_deg), math.radians(site.latitude_deg)
    )


def _header_airmass(keys: Keywords) -> float | None:
    airmass = keys.number("BORE-AIRMASS", "AIRMASS")
    if airmass is None or airmass < _LOWEST_AIRMASS:
        return None
    return max(airmass, 1.0)


def _header_zenith_deg(keys: Keywords) -> float | None:
    altitude = keys.number("BORE-ALT")
    zenith = keys.number("ZD") if altitude is None else _RIGHT_ANGLE_DEG - altitude
    if zenith is not None and zenith >= _RIGHT_ANGLE_DEG:
        told = f"ZD {zenith:g}" if altitude is None else f"{zenith:g}, from BORE-ALT {altitude:g}"
        raise ValueError(f"zenith angle must be below 90 deg; got {told}")
    return zenith if zenith is not None and zenith >= 0 else None


def _header_hour_angle_deg(keys: Keywords) -> float | None:
    rotation, longitude = keys.number("AVG-ERA"), keys.number("OBS-LONG")
    right_ascension = keys.number("BORE-RA")
    if rotation is not None and longitude is not None and right_ascension is not None:
        return rotation + longitude - right_ascension
    hours = keys.angle("HA")
    return None if hours is None else 15 * hours


def _declination_deg(keys: Keywords, wcs: WCS | None) -> float | None:
    """Declination of the pointing that the hour angle belongs to, else that of the image."""
    declination = keys.angle("BORE-DEC", "TELDEC", "DEC")
    if declination is None and wcs is not None:
        return float(wcs.wcs.crval[wcs.wcs.lat])
    return declination
