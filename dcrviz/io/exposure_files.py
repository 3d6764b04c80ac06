"""Which files an exposure's pixels are in, and whether these are still the same."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from astropy.io import fits

from dcrviz.io.entries import Entries
from dcrviz.io.lazy import ComputedPlane, ConstantPlane, FilePlane
from dcrviz.io.read import reread
from dcrviz.io.visit_values import visit_from, visit_values
from dcrviz.io.visit_writer import visit_header
from dcrviz.io.write import exposure_hdus, psf_hdu
from dcrviz.records import Exposure, Pixels

_CHUNK = 1 << 20


def files_of(exposure: Exposure) -> list[Path]:
    """The files from which all its pixels are read when they are needed; none if any are held."""
    found: set[Path] = set()
    for plane in (exposure.image, exposure.mask, exposure.variance):
        paths = list(_paths(plane))
        if None in paths:
            return []
        found |= {path for path in paths if path is not None}
    return sorted(found)


def exposure_values(exposure: Exposure, *, folder: Path) -> dict[str, Any]:
    """Where an exposure is and what it is of, to be read again by `exposure_from`.

    Parameters
    ----------
    folder
        Its files are also told from here, so that both can move together.
    """
    variance = exposure.variance
    return {
        "source": str(Path(exposure.source).absolute()),
        "visit": visit_values(exposure.visit),
        "variance": float(variance.value) if isinstance(variance, ConstantPlane) else None,
        "files": [
            {
                "path": str(path.absolute()),
                "from_here": os.path.relpath(path.absolute(), folder.absolute()),
                "sha256": checksum(path),
            }
            for path in files_of(exposure)
        ],
    }


def data_hdus(exposure: Exposure, *, unit: str = "") -> fits.HDUList:
    """The exposure as an LSST Exposure, pixel for pixel; `unit` is that of its image, if known."""
    if exposure.variance is None:
        raise ValueError(f"visit {exposure.visit.id}: must have a variance to be saved; got none")
    pixels = Pixels(
        image=exposure.image[:],
        mask=exposure.mask[:],
        variance=exposure.variance[:],
        planes=exposure.planes,
    )
    header = {**visit_header(exposure.visit), **({"BUNIT": unit} if unit else {})}
    hdus = exposure_hdus(pixels, wcs=exposure.wcs, xy0=exposure.xy0, header=header)
    if exposure.psf is not None:
        hdus.append(psf_hdu(exposure.psf))
    return hdus


def exposure_from(values: Entries, *, folder: Path) -> Exposure:
    """The exposure that `exposure_values` described, its pixels still in their files.

    Raises
    ------
    ValueError
        If a file is not there or has changed, or an entry lacks or breaks its rule.
    """
    visit, variance = visit_from(values.inner("visit")), values.finite_or_none("variance")
    found = {entry.text("path"): _unchanged(entry, folder) for entry in values.each("files")}
    source = values.text("source")
    if source not in found:
        raise ValueError(
            f"{values.where}: source must be among its files; got {source!r} and "
            f"{', '.join(found) or 'none'}"
        )
    return reread(found[source], visit, variance=variance)


def checksum(path: Path) -> str:
    """SHA-256 of a file.

    Raises
    ------
    ValueError
        If it can't be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise ValueError(f"{path}: must be a readable file; got {error.strerror}") from error
    return digest.hexdigest()


def _paths(plane: Any) -> Iterator[Path | None]:
    """The files of a plane; None stands for pixels that are in no file."""
    if isinstance(plane, FilePlane):
        yield plane.path
    elif isinstance(plane, ComputedPlane):
        for source in plane.sources:
            yield from _paths(source)
    elif plane is not None and not isinstance(plane, ConstantPlane):
        yield None


def _unchanged(entry: Entries, folder: Path) -> Path:
    """A file where it was, or where it is when it has moved with the folder."""
    places = [Path(entry.text("path")), folder / entry.text("from_here")]
    there = [path for path in places if path.is_file()]
    if not there:
        raise ValueError(f"{places[0]}: must be there to go on; got nothing there")
    wanted = entry.text("sha256")
    for path in there:
        if checksum(path) == wanted:
            return path
    raise ValueError(
        f"{there[0]}: must be the file that the run was made of, with SHA-256 {wanted[:12]}...; "
        "got another"
    )
