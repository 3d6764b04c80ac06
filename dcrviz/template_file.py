"""A coadd to begin with, from its file."""

from __future__ import annotations

import os

from dcrviz.engine.check import check_grid
from dcrviz.io import coadd_of, read_start
from dcrviz.records import Coadd, Exposure


def read_template(path: str | os.PathLike[str] | None, first: Exposure) -> Coadd | None:
    """The coadd to begin with; None if no file is named.

    Parameters
    ----------
    first
        An exposure of the visits.

    Raises
    ------
    ValueError
        If the file can't be read, has no variance, or is not on the visits' grid of pixels.
    """
    if not path:
        return None
    start = read_start(path)
    check_grid(start, first)
    return coadd_of(start)
