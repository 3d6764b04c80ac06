"""From a `Visit` to header keys that give it back when read."""

from __future__ import annotations

import math

from dcrviz.io.filters import band_of_filter
from dcrviz.io.visit_keys import PARALLACTIC_DEG, SCALE, WEIGHT, band_keys
from dcrviz.records import Site, Visit, Weather

HeaderValue = str | int | float | bool


def visit_header(visit: Visit) -> dict[str, HeaderValue]:
    """Header keys of a visit, as LSST names them; what the visit does not know is left out.

    Notes
    -----
    The parallactic angle has no key of its own in LSST's files, where it follows from time and
    place: it is written as ``DCR PARANG`` [deg], which the reader prefers.
    """
    known: dict[str, HeaderValue | None] = {
        "IDNUM" if isinstance(visit.id, int) else "EXPID": visit.id,
        "INSTRUMENT": visit.instrument or None,
        "FILTER": visit.filter or None,
        "DATE-AVG": visit.time or None,
        "EXPTIME": visit.exposure_s,
        "BORE-AIRMASS": visit.airmass,
        "BORE-ALT": None if visit.zenith_rad is None else 90 - math.degrees(visit.zenith_rad),
        "FWHM": visit.psf_fwhm_px,
        PARALLACTIC_DEG: None
        if visit.parallactic_rad is None
        else math.degrees(visit.parallactic_rad),
        WEIGHT: visit.weight,
        SCALE: visit.scale,
        **_site_keys(visit.site),
        **_weather_keys(visit.weather),
        **_band_keys(visit),
    }
    return {key: value for key, value in known.items() if value is not None}


def _band_keys(visit: Visit) -> dict[str, str | float]:
    """Nothing where the filter tells the band: two keys for one thing could contradict."""
    if visit.band is None or band_of_filter(visit.filter) == visit.band:
        return {}
    return band_keys(visit.band)


def _site_keys(site: Site | None) -> dict[str, float]:
    if site is None:
        return {}
    return {
        "OBS-LONG": site.longitude_deg,
        "OBS-LAT": site.latitude_deg,
        "OBS-ELEV": site.height_m,
    }


def _weather_keys(weather: Weather | None) -> dict[str, float]:
    """Readings of the weather; an assumed atmosphere is none, and is assumed again."""
    if weather is None or weather.assumed:
        return {}
    return {
        "AIRTEMP": weather.temperature_c,
        "AIRPRESS": weather.pressure_pa,
        "HUMIDITY": weather.humidity_percent,
    }
