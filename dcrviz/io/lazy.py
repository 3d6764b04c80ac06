"""Planes that are read when they are indexed; no file stays open in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from dcrviz.io.scan import UNREADABLE, Hdu, RawPixels
from dcrviz.records import LazyPlane
from dcrviz.rooms import fresh

_FLOAT = np.dtype(np.float32)
_BITS = np.dtype(np.int32)


class _Lazy:
    """What lazy planes share: reading all of it is reading the section of everything."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> NDArray[Any]:
        raise NotImplementedError

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("a lazy plane is read anew each time: copy must not be False")
        whole = self[:, :]
        return whole if dtype is None else whole.astype(dtype, copy=False)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class FilePlane(_Lazy):
    """An image in a file; an index of slices reads just that section.

    Parameters
    ----------
    index
        Number of its HDU.
    dtype
        Type of the pixels handed out, in native byte order.
    raw
        Where they lie as they are; None if they must be unpacked.
    """

    path: Path
    index: int
    shape: tuple[int, int]
    dtype: np.dtype[Any]
    raw: RawPixels | None = None

    @property
    def comes_by_rows(self) -> bool:
        """Whether some rows of it take less time than all of them."""
        return self.raw is not None

    def __getitem__(self, key: Any) -> NDArray[Any]:
        keys = key if isinstance(key, tuple) else (key,)
        sliced = len(keys) <= 2 and all(isinstance(part, slice) for part in keys)
        pixels = self._read(keys if sliced else (slice(None), slice(None)))
        return pixels if sliced else pixels[key]

    def _read(self, section: tuple[slice, ...]) -> NDArray[Any]:
        try:
            with np.errstate(over="ignore"):
                if self.raw is not None and self.raw.holds(self.path):
                    # Without a look at the headers again, which takes longer than some rows.
                    return self._raw_pixels(self.raw, *section)
                # Mapped read-only: the default maps a private copy, too much for large files.
                with fits.open(self.path, mode="denywrite") as file:
                    return np.array(file[self.index].section[section], dtype=self.dtype)
        except UNREADABLE as error:
            raise ValueError(f"{self.path}: HDU {self.index} can't be read; got {error}") from error

    def _raw_pixels(
        self, raw: RawPixels, rows: slice = slice(None), columns: slice = slice(None)
    ) -> NDArray[Any]:
        (first, last, step), width = rows.indices(self.shape[0]), self.shape[1]
        if step != 1 or columns.indices(width) != (0, width, 1):
            mapped = np.memmap(self.path, raw.dtype, "r", raw.offset, self.shape)
            return np.array(mapped[rows, columns], dtype=self.dtype)
        # What is read once takes longer through a map, page by page.
        stored, number = np.dtype(raw.dtype), max(0, last - first)
        offset = raw.offset + first * width * stored.itemsize
        read = _empty(stored, number, width)
        with self.path.open("rb") as file:
            file.seek(offset)
            if file.readinto(read.data) != read.nbytes:
                raise OSError(f"its pixels must take {read.nbytes} bytes; it ends before")
        if stored.newbyteorder("=") != self.dtype:
            return read.astype(self.dtype)
        return read if stored.isnative else read.byteswap(inplace=True).view(self.dtype)


def _empty(dtype: np.dtype[Any], height: int, width: int) -> NDArray[Any]:
    if dtype.itemsize == 4:
        return fresh(height, width).view(dtype)
    return np.empty((height, width), dtype)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ComputedPlane(_Lazy):
    """A function of other planes, pixel by pixel, such as a variance from its inverse."""

    function: Callable[..., NDArray[Any]]
    sources: tuple[LazyPlane, ...]
    dtype: np.dtype[Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """Height and width."""
        return self.sources[0].shape

    @property
    def comes_by_rows(self) -> bool:
        """Whether some rows of it take less time than all of them."""
        return all(getattr(source, "comes_by_rows", True) for source in self.sources)

    def __getitem__(self, key: Any) -> NDArray[Any]:
        pixels = self.function(*(source[key] for source in self.sources))
        return np.asarray(pixels, dtype=self.dtype)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ConstantPlane(_Lazy):
    """The same value everywhere, such as an empty mask."""

    value: float
    shape: tuple[int, int]
    dtype: np.dtype[Any]

    def __getitem__(self, key: Any) -> NDArray[Any]:
        return np.array(np.broadcast_to(self.dtype.type(self.value), self.shape)[key])


def image_plane(hdu: Hdu) -> FilePlane:
    """Pixels of an image or variance, float32."""
    return _file_plane(hdu, _FLOAT)


def mask_plane(hdu: Hdu) -> FilePlane:
    """Pixels of a mask, int32.

    Raises
    ------
    ValueError
        If the file holds real numbers there.
    """
    if not hdu.integer:
        raise ValueError(
            f"{hdu.path}: mask (HDU {hdu.index}) must hold whole numbers; got BITPIX "
            f"{hdu.header.get('ZBITPIX', hdu.header['BITPIX'])}"
        )
    return _file_plane(hdu, _BITS)


def computed_image(function: Callable[..., NDArray[Any]], *sources: LazyPlane) -> ComputedPlane:
    """A float32 function of planes."""
    return ComputedPlane(function=function, sources=sources, dtype=_FLOAT)


def computed_mask(function: Callable[..., NDArray[Any]], *sources: LazyPlane) -> ComputedPlane:
    """An int32 function of planes."""
    return ComputedPlane(function=function, sources=sources, dtype=_BITS)


def constant_image(value: float, shape: tuple[int, int]) -> ConstantPlane:
    """The same float32 everywhere."""
    return ConstantPlane(value=value, shape=shape, dtype=_FLOAT)


def empty_mask(shape: tuple[int, int]) -> ConstantPlane:
    """A mask without a bit set."""
    return ConstantPlane(value=0, shape=shape, dtype=_BITS)


def _file_plane(hdu: Hdu, dtype: np.dtype[Any]) -> FilePlane:
    assert hdu.shape is not None
    return FilePlane(path=hdu.path, index=hdu.index, shape=hdu.shape, dtype=dtype, raw=hdu.raw)
