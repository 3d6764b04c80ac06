"""Place and weather of an exposure, from header keys."""

from __future__ import annotations

import logging

from dcrviz.io.keywords import Keywords
from dcrviz.records import Site, Weather

_log = logging.getLogger(__name__)
# The 4 m telescope at Cerro Tololo, which carries DECam.
CTIO = Site(longitude_deg=-70.80653, latitude_deg=-30.16967, height_m=2207.0)
_NEAR_DEG = 1.0
_PA_PER_HPA = 100.0
# From above the highest mountain to the heaviest high: outside, it is in another unit.
_LEAST_PA, _MOST_PA = 3e4, 1.1e5


def is_decam(keys: Keywords) -> bool:
    """Whether the header is DECam's, which cut-outs tell by the filter or the focal plane only."""
    told = (keys.text(key) for key in ("INSTRUMENT", "INSTRUME", "DETECTOR", "FPA", "FILTER"))
    return any("decam" in text.lower() for text in told)


def read_site(keys: Keywords) -> Site | None:
    """Place of the telescope, or None; for DECam without one, Cerro Tololo.

    Notes
    -----
    DECam's pipelines write OBS-LONG positive to the west, calling it east.
    """
    longitude = keys.angle("OBS-LONG")
    latitude = keys.angle("OBS-LAT")
    height = keys.number("OBS-ELEV")
    if longitude is None or latitude is None or height is None:
        return CTIO if is_decam(keys) else None
    if is_decam(keys) and abs(longitude + CTIO.longitude_deg) < _NEAR_DEG:
        _log.info("OBS-LONG %g of DECam counts to the west; taken as %g", longitude, -longitude)
        longitude = -longitude
    return Site(longitude_deg=longitude, latitude_deg=latitude, height_m=height)


def read_weather(keys: Keywords) -> Weather | None:
    """Temperature, pressure and humidity; None unless all three are there and make sense.

    Notes
    -----
    DECam's PRESSURE is in hPa, although the comment beside it says torr: it is written as 779 or
    so, where 779 torr would be more than at sea level.
    """
    temperature = keys.number("AIRTEMP")
    pressure = keys.number("AIRPRESS")
    if temperature is None and pressure is None and is_decam(keys):
        hectopascal = keys.number("PRESSURE")
        temperature = keys.number("OUTTEMP")
        pressure = None if hectopascal is None else hectopascal * _PA_PER_HPA
    humidity = keys.number("HUMIDITY")
    if temperature is None or pressure is None or humidity is None:
        return None
    likely = _LEAST_PA <= pressure <= _MOST_PA and -90 < temperature < 60
    if not likely or not 0 <= humidity <= 100:
        _log.warning(
            "weather of %g C, %g Pa, %g %% can't be; left out", temperature, pressure, humidity
        )
        return None
    return Weather(temperature_c=temperature, pressure_pa=pressure, humidity_percent=humidity)
