"""Files that somebody sends: held to limits before a pixel of them is read."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dcrviz.io import read_exposures
from dcrviz.io.scan import scan
from dcrviz.records import Exposure

_GZIP_MAGIC = b"\x1f\x8b"
_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is taken from somebody who is not known."""

    files: int = 40
    total_bytes: int = 64_000_000
    side_px: int = 1024


def read_uploads(
    files: Sequence[tuple[str, bytes]], *, limits: Limits | None = None
) -> list[Exposure]:
    """The visits in uploaded FITS files, in memory; nothing stays on the disk.

    Parameters
    ----------
    files
        Name and content of each.

    Raises
    ------
    ValueError
        If there are too many, they are too large, or one is no visit; names the file as it was
        called, and no path of this machine.
    """
    limits = limits or Limits()
    if len(files) > limits.files:
        raise ValueError(f"an upload must be of at most {limits.files} files; got {len(files)}")
    total = sum(len(content) for _, content in files)
    if total > limits.total_bytes:
        raise ValueError(
            f"an upload must be of at most {limits.total_bytes / 1e6:.0f} MB; got {total / 1e6:.0f}"
        )
    with tempfile.TemporaryDirectory(prefix="dcrviz-") as name:
        folder = Path(name)
        paths = []
        for number, (title, content) in enumerate(files):
            # The order is kept, and no two are one; what somebody calls a file is no path.
            path = folder / f"{number:03}" / _plain_name(title)
            path.parent.mkdir()
            path.write_bytes(content)
            paths.append(path)
        try:
            for path in paths:
                _check(path, limits)
            return [_in_memory(exposure) for exposure in read_exposures(paths)]
        except ValueError as error:
            raise ValueError(re.sub(rf"{re.escape(name)}/\d+/", "", str(error))) from None


def _plain_name(title: str) -> str:
    name = _STRANGE.sub("_", Path(title.replace("\\", "/")).name).lstrip(".")[-80:]
    return name or "upload.fits"


def _check(path: Path, limits: Limits) -> None:
    with path.open("rb") as stream:
        if stream.read(2) == _GZIP_MAGIC:
            raise ValueError(f"{path}: an uploaded file must not be gzipped; got one that is")
    for hdu in scan(path):
        if hdu.shape is not None and max(hdu.shape) > limits.side_px:
            raise ValueError(
                f"{path}: an uploaded image must have at most {limits.side_px} pixels along a "
                f"side; got {hdu.shape[1]} x {hdu.shape[0]} in HDU {hdu.index}"
            )


def _in_memory(exposure: Exposure) -> Exposure:
    """The same visit, its pixels read."""
    variance = exposure.variance
    return replace(
        exposure,
        image=np.array(exposure.image[:, :]),
        mask=np.array(exposure.mask[:, :]),
        variance=None if variance is None else np.array(variance[:, :]),
        source=Path(exposure.source).name,
    )
