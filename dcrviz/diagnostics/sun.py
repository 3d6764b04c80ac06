"""When it is dark, and where the equator is: what astropy knows and needs no network for."""

from __future__ import annotations

import math
import re
import warnings
from typing import Any

import numpy as np
from astropy import units
from astropy.coordinates import FK5, SkyCoord, get_sun
from astropy.time import Time
from erfa import ErfaWarning

from dcrviz.records import Floats, Site

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def dark_times(
    date: str, *, site: Site, step_min: float, sun_below_deg: float
) -> tuple[Any, tuple[str, ...]]:
    """Times from noon to noon at the site when the Sun is low enough, and their names in UTC.

    Raises
    ------
    ValueError
        If the date is none.
    """
    # On a whole minute, as the names are.
    east_deg = site.longitude_deg - 360 * round(site.longitude_deg / 360)
    noon_min = round(60 * (12 - east_deg / 15))
    minutes = noon_min + np.arange(0, 24 * 60, step_min)
    with warnings.catch_warnings():
        # Leap seconds of years to come are not known.
        warnings.simplefilter("ignore", ErfaWarning)
        moments = _without_ut1(_start(date) + minutes * units.min)
        sun = get_sun(moments)
        dark = np.degrees(_altitude_rad(moments, sun, site)) <= -sun_below_deg
        names = moments.strftime("%Y-%m-%d %H:%M")
    return moments[dark], tuple(map(str, names[dark]))


def equator_of_date(
    moments: Any, *, ra_deg: float, dec_deg: float, site: Site
) -> tuple[Floats, float, float]:
    """Hour angles [h] and declination [deg] of date; how far its north is turned from ICRS's [rad].

    The last is added to a parallactic angle of date: so it is meant in the frame of a WCS.
    """
    target = SkyCoord(ra_deg * units.deg, dec_deg * units.deg)
    moments = _without_ut1(moments.copy())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ErfaWarning)
        frame = FK5(equinox=moments[len(moments) // 2])
        of_date = target.transform_to(frame)
        sidereal_h = _sidereal_h(moments, site)
        pole = SkyCoord(0 * units.deg, 90 * units.deg, frame=frame).icrs
    turned = float(target.position_angle(pole).wrap_at(180 * units.deg).rad)
    return np.asarray(sidereal_h - of_date.ra.hour), float(of_date.dec.deg), turned


def _without_ut1(moments: Any) -> Any:
    """The same times, with nothing left that astropy would ask the net for."""
    moments.delta_ut1_utc = 0.0
    return moments


def _sidereal_h(moments: Any, site: Site) -> Floats:
    # At Greenwich: for another place astropy would ask the net how the poles wander.
    return np.asarray(moments.sidereal_time("mean", "greenwich").hour + site.longitude_deg / 15)


def _start(date: str) -> Any:
    if not _DATE.fullmatch(date):
        raise ValueError(f"date must be YYYY-MM-DD; got {date!r}")
    try:
        return Time(f"{date}T00:00:00", scale="utc")
    except ValueError:
        raise ValueError(f"date must be a day of the calendar; got {date!r}") from None


def _altitude_rad(moments: Any, sun: Any, site: Site) -> Floats:
    latitude = math.radians(site.latitude_deg)
    of_date = SkyCoord(sun.ra, sun.dec).transform_to(FK5(equinox=moments[len(moments) // 2]))
    hour_angle = np.radians(15 * (_sidereal_h(moments, site) - of_date.ra.hour))
    dec = of_date.dec.rad
    sine = math.sin(latitude) * np.sin(dec) + math.cos(latitude) * np.cos(dec) * np.cos(hour_angle)
    return np.asarray(np.arcsin(sine))
