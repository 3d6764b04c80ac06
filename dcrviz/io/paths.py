"""Which files are meant: by name, pattern, directory, or a list of those."""

from __future__ import annotations

import glob
import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from dcrviz.io.coadd_keys import N_SUBFILTERS
from dcrviz.io.decam import image_beside
from dcrviz.io.parts import images_of
from dcrviz.io.scan import scan

_log = logging.getLogger(__name__)
_SUFFIXES = (".fits", ".fit", ".fts", ".fits.gz", ".fits.fz", ".fz")

Source = str | os.PathLike[str]


def exposure_files(paths: Source | Iterable[Source]) -> list[Path]:
    """The image files meant, each once, in the order given; within a directory by name.

    Parameters
    ----------
    paths
        A file, a glob pattern, a directory (all its FITS files), or several of those. Of DECam's
        three files per exposure any will do. What a pattern or directory brings along that is no
        visit is passed over: a table of PSFs, coadds of this project, the truth of a simulation.

    Raises
    ------
    ValueError
        If there is nothing.
    """
    sources = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not sources:
        raise ValueError("at least one file must be given; got none")
    files: dict[Path, Path] = {}
    for source in sources:
        for path in _files(source):
            image = image_beside(path)
            files.setdefault(image.resolve(), image)
    return list(files.values())


def _files(source: Source) -> Iterator[Path]:
    path = Path(source).expanduser()
    if path.is_dir():
        kind, found = "directory", [file for file in path.iterdir() if _is_fits_name(file.name)]
    elif not path.exists() and glob.has_magic(str(source)):
        # Path.glob knows no absolute patterns.
        kind, found = "pattern", [Path(name) for name in glob.glob(str(path), recursive=True)]  # noqa: PTH207
    else:
        yield path
        return
    images = [file for file in sorted(found) if not _passed_over(file)]
    if not images:
        raise ValueError(
            f"{source}: the {kind} must hold FITS images of visits; got none in {len(found)} files"
        )
    yield from images


def _is_fits_name(name: str) -> bool:
    """Hidden files are what a writer that was killed has left behind."""
    return name.lower().endswith(_SUFFIXES) and not name.startswith(".")


def _passed_over(path: Path) -> bool:
    if path.is_file():
        hdus = scan(path)
        if images_of(hdus) and N_SUBFILTERS not in hdus[0].header:
            return False
    _log.info("%s holds no image of a visit; passed over", path)
    return True
