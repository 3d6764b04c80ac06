"""The VisitInfo record that LSST keeps in an archive table, under its header names."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from astropy.io import fits

from dcrviz.io.scan import UNREADABLE, Hdu


def _same(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _degrees(value: Any) -> float:
    return math.degrees(value)


def _text(characters: Any) -> str:
    return "".join(str(character) for character in characters).strip()


_KEYS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "exposuretime": ("EXPTIME", _same),
    "era": ("AVG-ERA", _degrees),
    "boresightradec_ra": ("BORE-RA", _degrees),
    "boresightradec_dec": ("BORE-DEC", _degrees),
    "boresightazalt_az": ("BORE-AZ", _degrees),
    "boresightazalt_alt": ("BORE-ALT", _degrees),
    "boresightairmass": ("BORE-AIRMASS", _same),
    "boresightrotangle": ("BORE-ROTANG", _degrees),
    "latitude": ("OBS-LAT", _degrees),
    "longitude": ("OBS-LONG", _degrees),
    "elevation": ("OBS-ELEV", _same),
    "airtemperature": ("AIRTEMP", _same),
    "airpressure": ("AIRPRESS", _same),
    "humidity": ("HUMIDITY", _same),
    "instrumentlabel": ("INSTRUMENT", _text),
    "idnum": ("IDNUM", _same),
}


def archived_visit(hdus: tuple[Hdu, ...]) -> dict[str, Any]:
    """Header keys from the first VisitInfo table of the file; empty if there is none.

    Raises
    ------
    ValueError
        If the table can't be read.
    """
    table = next((hdu for hdu in hdus if hdu.name == "VISITINFO" and hdu.shape is None), None)
    if table is None:
        return {}
    try:
        rows = fits.getdata(table.path, table.index, memmap=False)
        names = {column.name.lower() for column in rows.columns}
        return {
            key: convert(rows[column][0])
            for column, (key, convert) in _KEYS.items()
            if column in names
        }
    except UNREADABLE as error:
        raise ValueError(
            f"{table.path}: HDU {table.index} must hold one VisitInfo record; got {error}"
        ) from error
