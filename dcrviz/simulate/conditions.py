"""Circumstances of visits from a table: real nights to simulate."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dcrviz.bundled import bundled
from dcrviz.physics.geometry import parallactic_angle_rad, zenith_from_airmass_rad
from dcrviz.records import Site, Visit, Weather
from dcrviz.simulate.scene import PIXEL_SCALE_ARCSEC

CTIO = Site(longitude_deg=-70.806525, latitude_deg=-30.169661, height_m=2241.0)
RUBIN = Site(longitude_deg=-70.749417, latitude_deg=-30.244639, height_m=2663.0)

_BUNDLED = {"hits2015": CTIO, "dmtn121-template": RUBIN, "dmtn121-science": RUBIN}
_ID = ("visit", "exposure", "id")
_SEEING = ("seeing_arcsec", "fwhm_arcsec", "seeing", "fwhm")


def condition_names() -> list[str]:
    """Names of the bundled tables.

    Notes
    -----
    ``hits2015``: 84 exposures of three fields with DECam in g, by the HiTS survey in 2015.
    ``dmtn121-template`` and ``dmtn121-science``: the visits of LSST's note DMTN-121.
    """
    return list(_BUNDLED)


def read_conditions(
    source: Path | str,
    *,
    pixel_scale_arcsec: float = PIXEL_SCALE_ARCSEC,
    seeing_arcsec: float = 0.7,
    site: Site | None = None,
    weather: Weather | None = None,
) -> list[Visit]:
    """Visits from a table, in its order.

    Parameters
    ----------
    source
        A CSV file, or the name of a bundled one. Columns: ``visit`` (or ``exposure``, ``id``),
        ``airmass``, ``parallactic_deg`` (or ``hour_angle_h`` and ``dec_deg``), and if known
        ``seeing_arcsec`` (or ``fwhm_arcsec``), ``mid_utc`` or ``time``, ``exptime_s``, ``band``.
    pixel_scale_arcsec
        Of the scene, to give the seeing in pixels.
    seeing_arcsec
        FWHM of the visits where the table has none.
    site
        CTIO by default; Rubin's for the bundled visits of DMTN-121.
    weather
        The same for all visits; the standard atmosphere without it.

    Returns
    -------
    list of Visit
        Without a band: it is the scene's. What the table calls band becomes ``filter``.

    Raises
    ------
    ValueError
        If there is no such table, a column lacks, or a value is no number; names row and column.
    """
    known = str(source) if str(source) in _BUNDLED else None
    path = bundled("conditions", f"{known}.csv") if known else Path(source)
    if not path.is_file():
        raise ValueError(
            f"conditions must be a CSV file or one of {', '.join(_BUNDLED)}; got {str(source)!r}"
        )
    place = site or (_BUNDLED[known] if known else CTIO)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [{k: v for k, v in row.items() if k and v} for row in csv.DictReader(stream)]
    visits = []
    for number, row in enumerate(rows, start=2):
        try:
            fwhm_px = _number(row, *_SEEING, default=seeing_arcsec) / pixel_scale_arcsec
            visits.append(_visit(row, site=place, weather=weather, fwhm_px=fwhm_px))
        except ValueError as error:
            raise ValueError(f"conditions {path.name}, line {number}: {error}") from None
    return visits


def spread_visits(visits: Sequence[Visit], number: int) -> list[Visit]:
    """So many of these visits, spread evenly over them by airmass, the lowest first."""
    by_airmass = sorted(visits, key=lambda visit: visit.airmass or 0.0)
    places = np.linspace(0, len(visits) - 1, number).round().astype(int)
    return [by_airmass[place] for place in places]


def with_seeing(
    visits: Sequence[Visit], *, best_px: float, worst_px: float, seed: int
) -> list[Visit]:
    """These visits with FWHM spread evenly from the best to the worst, in an order by the seed."""
    places = np.random.default_rng([seed, len(visits)]).permutation(len(visits))
    widths = np.linspace(best_px, worst_px, len(visits))[places]
    return [
        replace(visit, psf_fwhm_px=float(width))
        for visit, width in zip(visits, widths, strict=True)
    ]


def _visit(row: Mapping[str, str], *, site: Site, weather: Weather | None, fwhm_px: float) -> Visit:
    label = next((row[name] for name in _ID if name in row), None)
    if label is None:
        raise ValueError(f"a column must be one of {', '.join(_ID)}; got {', '.join(row)}")
    airmass = _number(row, "airmass")
    return Visit(
        id=int(label) if label.isdigit() else label,
        filter=row.get("band", row.get("filter", "")),
        airmass=airmass,
        zenith_rad=zenith_from_airmass_rad(airmass),
        parallactic_rad=_parallactic_rad(row, site),
        site=site,
        weather=weather,
        time=row.get("mid_utc", row.get("time", "")),
        exposure_s=_number(row, "exptime_s") if "exptime_s" in row else None,
        psf_fwhm_px=fwhm_px,
    )


def _parallactic_rad(row: Mapping[str, str], site: Site) -> float:
    if "parallactic_deg" in row or "hour_angle_h" not in row:
        return math.radians(_number(row, "parallactic_deg"))
    hour_angle_rad = math.radians(15 * _number(row, "hour_angle_h"))
    dec_rad = math.radians(_number(row, "dec_deg"))
    return parallactic_angle_rad(hour_angle_rad, dec_rad, math.radians(site.latitude_deg))


def _number(row: Mapping[str, str], *names: str, default: float | None = None) -> float:
    name = next((name for name in names if name in row), None)
    if name is None:
        if default is not None:
            return default
        raise ValueError(f"column {names[0]} must have a number; got none")
    try:
        number = float(row[name])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"column {name} must have a number; got {row[name]!r}")
    return number
