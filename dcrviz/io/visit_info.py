"""From header keys and a table's row to a `Visit`; and what they do not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from astropy.wcs import WCS

from dcrviz.bands import Band
from dcrviz.io.filters import band_of_filter, within_refraction
from dcrviz.io.grid import pixel_scale_arcsec
from dcrviz.io.keywords import Keywords
from dcrviz.io.position import read_parallactic_rad, read_position
from dcrviz.io.site import is_decam, read_site, read_weather
from dcrviz.io.table import ABOVE_ZERO, Row
from dcrviz.io.visit_keys import BAND, EFFECTIVE_NM, MAX_NM, MIN_NM, SCALE, WEIGHT
from dcrviz.records import Visit

# Who looks at what an exposure lacks, finds the sentence by its first word.
_SUPPLIED_BY = {
    "airmass": "BORE-AIRMASS, BORE-ALT, AIRMASS or ZD in the header, or a column airmass or "
    "zenith_deg in a CSV table",
    "parallactic angle": "AVG-ERA, OBS-LONG, OBS-LAT, BORE-RA and BORE-DEC, or HA, in the header, "
    "or a column parallactic_deg or hour_angle_h in a CSV table",
    "site": "OBS-LONG, OBS-LAT and OBS-ELEV in the header",
    "weather": "AIRTEMP, AIRPRESS and HUMIDITY in the header",
    "band": "FILTER in the header, a column band in a CSV table, or the band given when reading",
    "seeing": "FWHM in the header, a column fwhm_px or seeing_arcsec in a CSV table, or "
    "--measure-seeing lacking, by the stars",
    "time": "DATE-AVG or DATE-OBS in the header, or a column time in a CSV table",
    "exposure time": "EXPTIME in the header",
    "WCS": "CTYPE1, CRVAL1, CRPIX1, CD1_1 and so on in the image's header",
    "variance": "a variance plane in the file, or a column sky_rms or noise in a CSV table",
}


def read_id(keys: Keywords, default: str) -> int | str:
    """The exposure's number or name; LSST writes 0 where nobody set it."""
    for key in ("IDNUM", "EXPNUM", "EXPID", "VISIT"):
        value = keys.value(key)
        if isinstance(value, int) and value > 0:
            return int(value)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return default


def read_visit(
    keys: Keywords, row: Row, *, visit_id: int | str, wcs: WCS | None, band: Band | None
) -> Visit:
    """Circumstances of an exposure, without those that nobody tells.

    Parameters
    ----------
    keys
        Its headers.
    row
        Its row in a table, whose values win over the headers'.
    wcs
        Scale of the pixels for a seeing in arcsec, and declination where no pointing is given.
    band
        Wins over the filter.

    Raises
    ------
    ValueError
        If the table holds a value that can't be.
    """
    site = read_site(keys)
    airmass, zenith = read_position(keys, row)
    filter_name = row.text("filter", "band") or keys.text("FILTER", "BAND")
    found: dict[str, Any] = {
        "band": band or _band(keys, row),
        "airmass": airmass,
        "zenith_rad": zenith,
        "parallactic_rad": read_parallactic_rad(keys, row, site=site, wcs=wcs),
        "site": site,
        "weather": read_weather(keys),
        "time": row.text("time") or keys.text("DATE-AVG", "DATE-OBS"),
        "exposure_s": _positive(keys.number("EXPTIME")),
        "psf_fwhm_px": _fwhm_px(keys, row, wcs),
    }
    return Visit(
        id=visit_id,
        filter=filter_name,
        instrument=keys.text("INSTRUMENT", "INSTRUME") or ("DECam" if is_decam(keys) else ""),
        weight=_factor(keys, row, "weight", WEIGHT),
        scale=_factor(keys, row, "scale", SCALE),
        missing=_missing(found, wcs=wcs),
        **found,
    )


def lacking_variance(visit: Visit) -> tuple[str, ...]:
    """What the visit misses, the variance included."""
    return (*visit.missing, _sentence("variance"))


def with_fwhm(visit: Visit, fwhm_px: float | None) -> Visit:
    """The visit with this seeing, which it does not miss any more if it is known."""
    lacks = _sentence("seeing")
    others = tuple(sentence for sentence in visit.missing if sentence != lacks)
    return replace(visit, psf_fwhm_px=fwhm_px, missing=visit.missing if fwhm_px is None else others)


def _missing(found: Mapping[str, Any], *, wcs: WCS | None) -> tuple[str, ...]:
    values = {
        "WCS": wcs,
        "airmass": found["airmass"],
        "parallactic angle": found["parallactic_rad"],
        "site": found["site"],
        "weather": found["weather"],
        "band": found["band"],
        "seeing": found["psf_fwhm_px"],
        "time": found["time"] or None,
        "exposure time": found["exposure_s"],
    }
    return tuple(_sentence(name) for name, value in values.items() if value is None)


def _sentence(name: str) -> str:
    return f"{name} ({_SUPPLIED_BY[name]})"


def _band(keys: Keywords, row: Row) -> Band | None:
    told = row.text("band", "filter")
    if told:
        return band_of_filter(told)
    name = keys.text(BAND)
    wavelengths = [keys.number(key) for key in (EFFECTIVE_NM, MIN_NM, MAX_NM)]
    effective, low, high = wavelengths
    if name and effective is not None and low is not None and high is not None:
        band = Band(name=name, effective_nm=effective, min_nm=low, max_nm=high)
        return within_refraction(band)
    return band_of_filter(keys.text("FILTER", "BAND"))


def _fwhm_px(keys: Keywords, row: Row, wcs: WCS | None) -> float | None:
    pixels = row.number("fwhm_px", low=ABOVE_ZERO)
    arcsec = row.number("seeing_arcsec", low=ABOVE_ZERO)
    if pixels is None and arcsec is not None and wcs is not None:
        pixels = arcsec / pixel_scale_arcsec(wcs)
    return _positive(keys.number("FWHM")) if pixels is None else pixels


def _factor(keys: Keywords, row: Row, column: str, key: str) -> float:
    factor = row.number(column, low=0 if column == "weight" else ABOVE_ZERO)
    if factor is None:
        factor = _positive(keys.number(key))
    return 1.0 if factor is None else factor


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None
