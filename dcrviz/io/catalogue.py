"""Bright objects from a file."""

from __future__ import annotations

import os
from pathlib import Path

from dcrviz.bright import BrightObject
from dcrviz.io.regions import read_regions
from dcrviz.io.table import Row, read_rows


def read_catalogue(path: str | os.PathLike[str]) -> list[BrightObject]:
    """Read circles and boxes around bright objects.

    Parameters
    ----------
    path
        CSV with columns ra_deg, dec_deg, and radius_arcsec (a circle) or width_arcsec and
        height_arcsec (a box along right ascension and declination); or a DS9 region file, whose
        name ends in .reg. Either may hold none.

    Raises
    ------
    ValueError
        If the file can't be read or is no catalogue, or a row or region is neither a circle nor a
        box; names it.
    """
    if Path(path).suffix.lower() == ".reg":
        return read_regions(Path(path))
    columns, rows = read_rows(Path(path))
    if not {"ra_deg", "dec_deg"} <= set(columns):
        raise ValueError(
            f"{path}: must have columns ra_deg and dec_deg; got {', '.join(columns) or 'none'}"
        )
    return [_bright_object(row) for row in rows]


def _bright_object(row: Row) -> BrightObject:
    ra, dec = row.number("ra_deg", low=-360, high=360), row.number("dec_deg", low=-90, high=90)
    if ra is None or dec is None:
        raise ValueError(f"{row.where}: must have ra_deg and dec_deg; got {ra} and {dec}")
    try:
        return BrightObject(
            ra_deg=ra,
            dec_deg=dec,
            radius_arcsec=row.number("radius_arcsec"),
            width_arcsec=row.number("width_arcsec"),
            height_arcsec=row.number("height_arcsec"),
        )
    except ValueError as error:
        raise ValueError(f"{row.where}: {error}") from error
