"""The visits that a coadd was made of, as a table in its file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from astropy.io import fits

from dcrviz.bands import Band
from dcrviz.records import Floats, Site, Visit, Weather

INPUTS = "INPUTS"
# Name, unit and value of the columns that hold numbers; NaN where the visit does not know.
_NUMBERS: tuple[tuple[str, str, Callable[[Visit], float | None]], ...] = (
    ("airmass", "", lambda visit: visit.airmass),
    ("zenith", "rad", lambda visit: visit.zenith_rad),
    ("parallactic", "rad", lambda visit: visit.parallactic_rad),
    ("fwhm", "pix", lambda visit: visit.psf_fwhm_px),
    ("exposure", "s", lambda visit: visit.exposure_s),
    ("visit_weight", "", lambda visit: visit.weight),
    ("scale", "", lambda visit: visit.scale),
    ("longitude", "deg", lambda visit: visit.site.longitude_deg if visit.site else None),
    ("latitude", "deg", lambda visit: visit.site.latitude_deg if visit.site else None),
    ("height", "m", lambda visit: visit.site.height_m if visit.site else None),
    (
        "temperature",
        "Celsius",
        lambda visit: visit.weather.temperature_c if visit.weather else None,
    ),
    ("pressure", "Pa", lambda visit: visit.weather.pressure_pa if visit.weather else None),
    (
        "humidity",
        "percent",
        lambda visit: visit.weather.humidity_percent if visit.weather else None,
    ),
    ("band_effective", "nm", lambda visit: visit.band.effective_nm if visit.band else None),
    ("band_min", "nm", lambda visit: visit.band.min_nm if visit.band else None),
    ("band_max", "nm", lambda visit: visit.band.max_nm if visit.band else None),
)
_TEXTS: tuple[tuple[str, Callable[[Visit], str]], ...] = (
    ("id", lambda visit: str(visit.id)),
    ("filter", lambda visit: visit.filter),
    ("instrument", lambda visit: visit.instrument),
    ("time", lambda visit: visit.time),
    ("band", lambda visit: visit.band.name if visit.band else ""),
)
_FLAGS: tuple[tuple[str, Callable[[Visit], bool]], ...] = (
    ("id_is_number", lambda visit: isinstance(visit.id, int)),
    ("weather_assumed", lambda visit: visit.weather is not None and visit.weather.assumed),
)


def inputs_hdu(visits: Sequence[Visit], weights: Floats) -> fits.BinTableHDU:
    """A table with one row per visit.

    Parameters
    ----------
    weights : (V,)
        Weight of each visit in the coadd.
    """
    texts = [_text_column(name, [text(visit) for visit in visits]) for name, text in _TEXTS]
    weight = fits.Column(name="weight", format="D", array=np.asarray(weights, dtype=np.float64))
    numbers = [
        fits.Column(
            name=name,
            format="D",
            unit=unit or None,
            array=np.array([_or_nan(value(visit)) for visit in visits], dtype=np.float64),
        )
        for name, unit, value in _NUMBERS
    ]
    flags = [
        fits.Column(
            name=name, format="L", array=np.array([flag(visit) for visit in visits], dtype=bool)
        )
        for name, flag in _FLAGS
    ]
    return fits.BinTableHDU.from_columns([*texts, weight, *numbers, *flags], name=INPUTS)


def read_inputs(hdu: fits.BinTableHDU) -> tuple[tuple[Visit, ...], Floats]:
    """The visits and their (V,) weights from such a table."""
    names = hdu.columns.names
    rows = [{name: hdu.data[name][row] for name in names} for row in range(len(hdu.data))]
    weights = np.array([row["weight"] for row in rows], dtype=np.float64)
    return tuple(_visit(row) for row in rows), weights


def ascii_text(text: str) -> str:
    """The text in the characters that FITS can hold; others as backslash escapes."""
    return text.encode("ascii", "backslashreplace").decode("ascii")


def _visit(row: Mapping[str, Any]) -> Visit:
    name = str(row["id"])
    return Visit(
        id=int(name) if row["id_is_number"] else name,
        band=_band(row),
        filter=str(row["filter"]),
        instrument=str(row["instrument"]),
        airmass=_or_none(row["airmass"]),
        zenith_rad=_or_none(row["zenith"]),
        parallactic_rad=_or_none(row["parallactic"]),
        site=_site(row),
        weather=_weather(row),
        time=str(row["time"]),
        exposure_s=_or_none(row["exposure"]),
        psf_fwhm_px=_or_none(row["fwhm"]),
        weight=float(row["visit_weight"]),
        scale=float(row["scale"]),
    )


def _band(row: Mapping[str, Any]) -> Band | None:
    effective, low, high = (float(row[f"band_{edge}"]) for edge in ("effective", "min", "max"))
    if math.isnan(effective):
        return None
    return Band(name=str(row["band"]), effective_nm=effective, min_nm=low, max_nm=high)


def _site(row: Mapping[str, Any]) -> Site | None:
    longitude, latitude, height = (float(row[key]) for key in ("longitude", "latitude", "height"))
    if math.isnan(longitude):
        return None
    return Site(longitude_deg=longitude, latitude_deg=latitude, height_m=height)


def _weather(row: Mapping[str, Any]) -> Weather | None:
    temperature, pressure, humidity = (
        float(row[key]) for key in ("temperature", "pressure", "humidity")
    )
    if math.isnan(temperature):
        return None
    return Weather(
        temperature_c=temperature,
        pressure_pa=pressure,
        humidity_percent=humidity,
        assumed=bool(row["weather_assumed"]),
    )


def _text_column(name: str, texts: Sequence[str]) -> fits.Column:
    cells = [ascii_text(text) for text in texts]
    width = max([1, *map(len, cells)])
    return fits.Column(name=name, format=f"{width}A", array=np.array(cells, dtype=f"U{width}"))


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
