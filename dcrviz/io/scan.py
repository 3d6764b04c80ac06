"""What a FITS file consists of, from its headers alone: no pixel is read or allocated."""

from __future__ import annotations

import gzip
import io
import math
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from astropy.io import fits
from astropy.io.fits.verify import VerifyError
from astropy.utils.exceptions import AstropyWarning

from dcrviz.io.keywords import Keywords

# What astropy raises for a file that was damaged, or changed since its headers were read.
UNREADABLE = (
    OSError,
    EOFError,
    AssertionError,
    AttributeError,
    KeyError,
    IndexError,
    OverflowError,
    TypeError,
    ValueError,
    VerifyError,
    zlib.error,
)
_GZIP_MAGIC = b"\x1f\x8b"
# Types of pixels by BITPIX.
_KINDS = {8: ">u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPixels:
    """Where an image begins in a file, of what type it is, and how the file was then.

    Parameters
    ----------
    stamp
        Time of the file's last change in nanoseconds, and its length.
    """

    offset: int
    dtype: str
    stamp: tuple[int, int]

    def holds(self, path: Path) -> bool:
        """Whether the file is still the same, by its stamp."""
        return self.stamp == stamp_of(path)


def stamp_of(path: Path) -> tuple[int, int]:
    """Time of a file's last change in nanoseconds, and its length."""
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Hdu:
    """One header of a file.

    Parameters
    ----------
    shape
        Height and width of a two-dimensional image, tile-compressed ones included, else None.
    integer
        Whether the image's stored pixels are whole numbers.
    compressed
        Whether the image is stored as compressed tiles.
    summary
        One or two words on what it holds, for messages.
    raw
        Where its pixels lie in the file as they are, neither packed nor scaled; None if they don't.
    """

    path: Path
    index: int
    header: fits.Header = field(repr=False)
    shape: tuple[int, int] | None
    integer: bool
    compressed: bool
    summary: str
    raw: RawPixels | None = None

    @property
    def name(self) -> str:
        """EXTNAME in capitals, or nothing."""
        return Keywords(self.header).text("EXTNAME").upper()

    @property
    def kind(self) -> str:
        """LSST's EXTTYPE in capitals, or nothing."""
        return Keywords(self.header).text("EXTTYPE").upper()


def scan(path: Path) -> tuple[Hdu, ...]:
    """Headers of a FITS file, after checking that the file is as long as they say.

    Raises
    ------
    ValueError
        If the file does not exist, is not FITS, or is shorter than its headers claim; the latter
        is found before anything of the claimed size is allocated.
    """
    if not path.is_file():
        found = "a directory" if path.is_dir() else "nothing there"
        raise ValueError(f"{path}: must be a FITS file; got {found}")
    try:
        with path.open("rb") as stream, warnings.catch_warnings():
            # Cards that are not quite standard are common, and most are not looked at.
            warnings.simplefilter("ignore", AstropyWarning)
            return tuple(_headers(*_unpacked(stream, path), path))
    except OSError as error:
        raise ValueError(f"{path}: can't be read; got {error.strerror or error}") from error


def describe(hdus: tuple[Hdu, ...]) -> str:
    """The HDUs of a file in one line, for messages."""
    return ", ".join(f"{hdu.index} {hdu.name or hdu.kind or '-'} ({hdu.summary})" for hdu in hdus)


def _unpacked(stream: BinaryIO, path: Path) -> tuple[BinaryIO, int]:
    """The stream itself, or the content of a gzipped one; with its length in bytes."""
    if stream.read(2) != _GZIP_MAGIC:
        stream.seek(0)
        return stream, path.stat().st_size
    stream.seek(0)
    try:
        content = gzip.decompress(stream.read())
    except (EOFError, zlib.error) as error:
        raise ValueError(f"{path}: must be a complete gzip file; got {error}") from error
    return io.BytesIO(content), len(content)


def _headers(stream: BinaryIO, size: int, path: Path) -> Iterator[Hdu]:
    start = stream.read(8)
    if not start.startswith(b"SIMPLE"):
        raise ValueError(f"{path}: must be a FITS file, which begins with SIMPLE; got {start!r}")
    index = 0
    while start.startswith((b"SIMPLE", b"XTENSION")):
        stream.seek(-len(start), io.SEEK_CUR)
        hdu, length = _header(stream, path, index)
        begin = stream.tell()
        expected = begin + length
        if expected > size:
            raise ValueError(
                f"{path}: must hold {expected} bytes up to the end of HDU {index} "
                f"({hdu.summary}), as its headers say; got {size}: truncated, or a wrong header"
            )
        plain = not isinstance(stream, io.BytesIO)
        yield replace(hdu, raw=_raw(hdu, begin)) if plain else hdu
        stream.seek(expected)
        start = stream.read(8)
        index += 1


def _header(stream: BinaryIO, path: Path, index: int) -> tuple[Hdu, int]:
    """One header, and the bytes of the data that follow it."""
    try:
        header = fits.Header.fromfile(stream)
        length = int(header.data_size_padded)
        compressed = header.get("ZIMAGE") is True
        axes = _axes(header, "ZNAXIS" if compressed else "NAXIS")
        if compressed:
            _check_tiles(header, axes)
        is_image = header.get("XTENSION", "IMAGE").strip() == "IMAGE" or compressed
        integer = int(header["ZBITPIX" if compressed else "BITPIX"]) > 0
    except UNREADABLE as error:
        found = str(error).strip("\"'").splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(
            f"{path}: HDU {index} must have a valid FITS header; got {found}"
        ) from error
    if length < 0 or min(axes, default=0) < 0:
        raise ValueError(f"{path}: HDU {index} must have axes of 0 or more pixels; got {axes}")
    plane = is_image and len(axes) == 2 and min(axes) > 0
    return Hdu(
        path=path,
        index=index,
        header=header,
        shape=(axes[1], axes[0]) if plane else None,
        integer=integer,
        compressed=compressed,
        summary=_summary(axes, is_image=is_image),
    ), length


def _raw(hdu: Hdu, begin: int) -> RawPixels | None:
    """Where the pixels lie, if they can be taken as they are."""
    kind = _KINDS.get(hdu.header["BITPIX"])
    scaled = any(key in hdu.header for key in ("BSCALE", "BZERO", "BLANK"))
    if hdu.shape is None or hdu.compressed or scaled or kind is None:
        return None
    return RawPixels(offset=begin, dtype=kind, stamp=stamp_of(hdu.path))


def _axes(header: fits.Header, key: str) -> tuple[int, ...]:
    return tuple(int(header[f"{key}{axis + 1}"]) for axis in range(int(header[key])))


def _check_tiles(header: Any, axes: tuple[int, ...]) -> None:
    """Compressed tiles are counted, as a wrong ZNAXIS would not show in the file's length."""
    tiles = [int(header.get(f"ZTILE{axis + 1}", 1 if axis else n)) for axis, n in enumerate(axes)]
    expected = math.prod(-(-n // max(tile, 1)) for n, tile in zip(axes, tiles, strict=True))
    if int(header["NAXIS2"]) != expected:
        raise ValueError(f"{header['NAXIS2']} compressed tiles where ZNAXIS asks for {expected}")


def _summary(axes: tuple[int, ...], *, is_image: bool) -> str:
    if not is_image:
        return "table"
    return f"image {' x '.join(map(str, axes[::-1]))}" if axes else "no data"
