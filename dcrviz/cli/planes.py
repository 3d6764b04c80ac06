"""Subfilter planes that an earlier run made, by us or by LSST's task."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dcrviz.engine.check import check_grid
from dcrviz.io import read_coadds, read_start
from dcrviz.io.coadd_keys import SUBFILTER
from dcrviz.io.scan import scan
from dcrviz.records import Coadds, Cube, Exposure


def add_planes(parser: argparse.ArgumentParser) -> None:
    """Add the option for planes to begin with."""
    parser.add_argument(
        "--planes",
        nargs="+",
        default=[],
        metavar="DIR|FITS",
        help="begin with the planes of an earlier run's folder, or of one file for each subfilter",
    )


def planes_from(names: Sequence[str], first: Exposure) -> tuple[Coadds | Cube | None, list[Path]]:
    """The planes to begin with, and the files that they are in; none if no names are given.

    Parameters
    ----------
    names
        The folder of a run's coadds, or the files of the planes in the order of the subfilters.
    first
        An exposure of the visits.

    Raises
    ------
    ValueError
        If a file can't be read, is not on the grid of the visits, or tells that it is of another
        subfilter than its place.
    """
    paths = [Path(name).expanduser() for name in names]
    if not paths:
        return None, []
    if len(paths) == 1 and paths[0].is_dir():
        found = read_coadds(paths[0])
        check_on_grid(found, [first], where=names[0])
        return found, sorted(paths[0].glob("dcrCoadd_*.fits"))
    for place, path in enumerate(paths):
        told = scan(path)[0].header.get(SUBFILTER)
        if told not in (None, place):
            raise ValueError(
                f"{path}: planes must be given in the order of their subfilters; got the one of "
                f"subfilter {told} in place {place}"
            )
    planes = [read_start(path) for path in paths]
    for plane in planes:
        check_grid(plane, first)
    return np.stack([plane.image[:] for plane in planes]).astype(np.float32), paths


def check_on_grid(result: Coadds, exposures: Sequence[Exposure], *, where: str) -> None:
    """Raise if an exposure is not on the pixel grid of the coadds, which lie in a folder."""
    coadd = Exposure(
        image=result.corrected.image,
        mask=result.corrected.mask,
        variance=result.corrected.variance,
        planes=result.corrected.planes,
        wcs=result.wcs,
        visit=exposures[0].visit,
        xy0=result.xy0,
        source=f"the coadds in {where}",
    )
    for exposure in exposures:
        check_grid(exposure, coadd)
