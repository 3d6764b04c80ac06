"""Exposures from FITS files of any known layout."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from astropy.wcs import WCS

from dcrviz.bands import Band
from dcrviz.io.decam import image_beside
from dcrviz.io.filters import band_of_filter
from dcrviz.io.grid import read_wcs, read_xy0
from dcrviz.io.layouts import detectors_of, parts_of
from dcrviz.io.lazy import constant_image
from dcrviz.io.parts import Parts
from dcrviz.io.paths import Source, exposure_files
from dcrviz.io.scan import scan
from dcrviz.io.table import ABOVE_ZERO, TABLE_NAME, Row, VisitTable, read_table
from dcrviz.io.visit_info import lacking_variance, read_id, read_visit
from dcrviz.records import Coadd, Exposure, LazyPlane, Visit

_log = logging.getLogger(__name__)


def read_exposures(
    paths: Source | Iterable[Source],
    *,
    band: Band | None = None,
    table: Source | None = None,
    detectors: bool = False,
) -> list[Exposure]:
    """Read exposures; their pixels stay in the files until they are indexed.

    Parameters
    ----------
    paths
        A file, a glob pattern, a directory, or several of those; a file met twice is read once.
    band
        Wins over the filter that the headers or the table name.
    table
        CSV with one row per exposure, matched by a column file, visit, exposure or id; default is
        a ``visits.csv`` beside the files. What it says wins over the headers.
    detectors
        Whether a file may hold several detectors, each of which becomes an exposure of the visit.

    Returns
    -------
    list of Exposure
        In the order given, within a pattern or directory by name. Circumstances that nobody tells
        are None, and named in ``visit.missing``.

    Raises
    ------
    ValueError
        If a file is not there, is no complete FITS file of a known layout, or has no row in the
        table; the message names it.
    """
    given = None if table is None else read_table(Path(table).expanduser())
    beside: dict[Path, VisitTable | None] = {}
    exposures = []
    for hdus in exposure_files(paths):
        path = hdus[0].path
        if given is None and path.parent not in beside:
            beside[path.parent] = _table_beside(path)
        each = detectors_of(hdus) if detectors else [parts_of(hdus)]
        exposures += [
            _read(parts, path, band=band, table=given or beside[path.parent]) for parts in each
        ]
    if band is not None:
        _compare_filters(exposures, band)
    return exposures


def _compare_filters(exposures: Sequence[Exposure], band: Band) -> None:
    """Say so where a band that was given is another than that of the filters."""
    named = {exposure.visit.filter: band_of_filter(exposure.visit.filter) for exposure in exposures}
    for text, own in named.items():
        if own is not None and not band.has_middle_of(own):
            _log.warning(
                "band %s (%g to %g nm) is used, as it was given, for exposures with filter %r, "
                "which is %s",
                band.name,
                band.min_nm,
                band.max_nm,
                text,
                own.name,
            )


def read_exposure(
    path: str | os.PathLike[str], *, band: Band | None = None, table: Source | None = None
) -> Exposure:
    """Read one exposure; see `read_exposures`."""
    file = image_beside(Path(path).expanduser())
    found = _table_beside(file) if table is None else read_table(Path(table).expanduser())
    return _read(parts_of(scan(file)), file, band=band, table=found)


def read_start(path: str | os.PathLike[str]) -> Exposure:
    """Read a coadd to start from: an exposure of no visit, of which no circumstances are asked.

    Raises
    ------
    ValueError
        If it is no complete FITS file of a known layout, or has no variance.
    """
    file = Path(path).expanduser()
    parts = parts_of(scan(file))
    if parts.variance is None:
        raise ValueError(f"{file}: a coadd to start from must have a variance; got none")
    wcs = read_wcs(parts.header, parts.primary)
    return _exposure(file, parts, wcs=wcs, visit=Visit(id=file.name), variance=parts.variance)


def coadd_of(start: Exposure) -> Coadd:
    """A coadd to start from, as `read_start` has it, with its pixels in memory."""
    assert start.variance is not None
    return Coadd(
        image=start.image[:],
        mask=start.mask[:],
        variance=start.variance[:],
        planes=dict(start.planes),
    )


def reread(path: Path, visit: Visit, *, variance: float | None = None) -> Exposure:
    """An exposure whose circumstances are known already; only its pixels and WCS are read.

    Parameters
    ----------
    variance
        The same everywhere, where it was not in the file.

    Raises
    ------
    ValueError
        If it is no complete FITS file of a known layout.
    """
    parts = parts_of(scan(path))
    height, width = parts.image.shape
    even = None if variance is None else constant_image(variance, (height, width))
    wcs = read_wcs(parts.header, parts.primary)
    return _exposure(path, parts, wcs=wcs, visit=visit, variance=even or parts.variance)


def _read(parts: Parts, path: Path, *, band: Band | None, table: VisitTable | None) -> Exposure:
    visit_id = read_id(parts.keys, path.name.split(".fit")[0])
    row = Row() if table is None else table.row_of(path, visit_id)
    wcs = read_wcs(parts.header, parts.primary)
    try:
        visit = read_visit(parts.keys, row, visit_id=visit_id, wcs=wcs, band=band)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    variance, noise = parts.variance, row.number("sky_rms", "noise", low=ABOVE_ZERO)
    if variance is None and noise is not None:
        height, width = parts.image.shape
        variance = constant_image(noise**2, (height, width))
    if variance is None:
        visit = replace(visit, missing=lacking_variance(visit))
    for sentence in visit.missing:
        _log.debug("%s: missing %s", path, sentence)
    return _exposure(path, parts, wcs=wcs, visit=visit, variance=variance)


def _exposure(
    path: Path, parts: Parts, *, wcs: WCS | None, visit: Visit, variance: LazyPlane | None
) -> Exposure:
    return Exposure(
        image=parts.image,
        mask=parts.mask,
        variance=variance,
        planes=parts.planes,
        wcs=wcs,
        visit=visit,
        xy0=read_xy0(parts.keys),
        source=str(path),
        psf=None if parts.psf is None else parts.psf[:, :],
    )


def _table_beside(path: Path) -> VisitTable | None:
    table = path.with_name(TABLE_NAME)
    return read_table(table) if table.is_file() else None
