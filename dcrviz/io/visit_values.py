"""A visit as plain values and back, with every digit."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dcrviz.bands import Band
from dcrviz.io.entries import Entries
from dcrviz.io.knob_values import plain
from dcrviz.records import Site, Visit, Weather

_TEXTS = ("filter", "instrument", "time")
_NUMBERS = ("airmass", "zenith_rad", "parallactic_rad", "exposure_s", "psf_fwhm_px")


def visit_values(visit: Visit) -> dict[str, Any]:
    """Numbers, words, lists and dictionaries only."""
    values: dict[str, Any] = plain(asdict(visit))
    return values | {"missing": list(visit.missing)}


def visit_from(values: Entries) -> Visit:
    """The visit of such values.

    Raises
    ------
    ValueError
        If one lacks, or breaks its rule; names it.
    """
    name = values.value("id")
    if isinstance(name, bool) or not isinstance(name, int | str):
        raise ValueError(f"{values.where}: id must be a number or text; got {name!r}")
    missing = values.list("missing")
    if not all(isinstance(sentence, str) for sentence in missing):
        raise ValueError(f"{values.where}: missing must be a list of sentences; got {missing!r}")
    texts: dict[str, Any] = {key: values.text(key) for key in _TEXTS}
    numbers: dict[str, Any] = {key: values.finite_or_none(key) for key in _NUMBERS}
    return Visit(
        id=name,
        band=_band(values),
        site=_site(values),
        weather=_weather(values),
        weight=values.number("weight"),
        scale=values.number("scale"),
        missing=tuple(missing),
        **texts,
        **numbers,
    )


def _band(values: Entries) -> Band | None:
    if values.value("band") is None:
        return None
    band = values.inner("band")
    return Band(
        name=band.text("name"),
        effective_nm=band.number("effective_nm"),
        min_nm=band.number("min_nm"),
        max_nm=band.number("max_nm"),
    )


def _site(values: Entries) -> Site | None:
    if values.value("site") is None:
        return None
    site = values.inner("site")
    return Site(
        longitude_deg=site.number("longitude_deg"),
        latitude_deg=site.number("latitude_deg"),
        height_m=site.number("height_m"),
    )


def _weather(values: Entries) -> Weather | None:
    if values.value("weather") is None:
        return None
    weather = values.inner("weather")
    return Weather(
        temperature_c=weather.number("temperature_c"),
        pressure_pa=weather.number("pressure_pa"),
        humidity_percent=weather.number("humidity_percent"),
        assumed=weather.flag("assumed"),
    )
