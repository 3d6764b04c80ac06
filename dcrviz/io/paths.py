"""Which files are meant: by name, pattern, directory, or a list of those."""

from __future__ import annotations

import glob
import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from dcrviz.io.coadd_keys import N_SUBFILTERS, PREDICTED
from dcrviz.io.decam import image_beside
from dcrviz.io.parts import images_of
from dcrviz.io.scan import Hdu, scan

_log = logging.getLogger(__name__)
_SUFFIXES = (".fits", ".fit", ".fts", ".fits.gz", ".fits.fz", ".fz")

Source = str | os.PathLike[str]


def exposure_files(paths: Source | Iterable[Source]) -> Iterator[tuple[Hdu, ...]]:
    """Headers of the image files meant, each once, in the order given; in a directory by name.

    Parameters
    ----------
    paths
        A file, a glob pattern, a directory (all its FITS files), or several of those. Of DECam's
        three files per exposure any will do. What a pattern or directory brings along that is no
        visit is passed over: a table of PSFs, coadds and templates of this project, the truth of a
        simulation.

    Raises
    ------
    ValueError
        If there is nothing, or a file is no FITS file.
    """
    sources = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not sources:
        raise ValueError("at least one file must be given; got none")
    met: set[Path] = set()
    for source in sources:
        for path, hdus in _files(source):
            image = image_beside(path)
            if image.resolve() not in met:
                met.add(image.resolve())
                yield hdus if hdus and image == path else scan(image)


def _files(source: Source) -> Iterator[tuple[Path, tuple[Hdu, ...]]]:
    """Files by one name, with the headers of those that had to be looked into."""
    path = Path(source).expanduser()
    if path.is_dir():
        kind, found = "directory", [file for file in path.iterdir() if _is_fits_name(file.name)]
    elif not path.exists() and glob.has_magic(str(source)):
        # Path.glob knows no absolute patterns.
        kind, found = "pattern", [Path(name) for name in glob.glob(str(path), recursive=True)]  # noqa: PTH207
    else:
        yield path, ()
        return
    none = True
    for file in sorted(found):
        hdus = scan(file) if file.is_file() else ()
        if images_of(hdus) and not {N_SUBFILTERS, PREDICTED} & set(hdus[0].header):
            none = False
            yield file, hdus
        else:
            _log.info("%s holds no image of a visit; passed over", file)
    if none:
        raise ValueError(
            f"{source}: the {kind} must hold FITS images of visits; got none in {len(found)} files"
        )


def _is_fits_name(name: str) -> bool:
    """Hidden files are what a writer that was killed has left behind."""
    return name.lower().endswith(_SUFFIXES) and not name.startswith(".")
