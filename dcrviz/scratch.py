"""Where large arrays are kept: in memory, or in files that the system may drop from memory."""

from __future__ import annotations

import math
import mmap
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True, eq=False, slots=True)
class Draft:
    """An array that is being written; `finish` hands it on, and nobody can write to it any more."""

    array: NDArray[Any]

    def finish(self) -> NDArray[Any]:
        """The array, read-only."""
        self.array.flags.writeable = False
        return self.array


class Room:
    """Room in memory, for arrays that are written once; `Scratch` is the same on a disk."""

    def begin(self, shape: Sequence[int], dtype: DTypeLike) -> Draft:
        """An array to be written, with anything in it."""
        return Draft(np.empty(shape, dtype))

    def keep(self, array: NDArray[Any]) -> NDArray[Any]:
        """The array, read-only: itself, as it is in memory already."""
        return Draft(array).finish()


class Scratch(Room):
    """Room in files of a folder that have no name there: gone with the array, or with the process.

    Parameters
    ----------
    folder
        On a disk with room for all that is kept; where the system has such files if None.

    Notes
    -----
    Pages of a mapped file are no anonymous memory: where memory gets scarce, the system writes them
    out and takes them back.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self._folder = folder

    def begin(self, shape: Sequence[int], dtype: DTypeLike) -> Draft:
        """An array in a file, to be written; 0 everywhere until then.

        Raises
        ------
        ValueError
            If the folder has no room for it; names it.
        """
        kind, number = np.dtype(dtype), math.prod(shape)
        if not number:
            return super().begin(shape, dtype)
        folder = self._folder or tempfile.gettempdir()
        length = number * kind.itemsize
        try:
            # No file stays open, and none has a name: there is nothing to clear away.
            with tempfile.TemporaryFile(dir=folder) as file:
                _reserve(file, length)
                written = mmap.mmap(file.fileno(), length)
                read = mmap.mmap(file.fileno(), length, access=mmap.ACCESS_READ)
        except OSError as error:
            raise ValueError(
                f"{folder}: must have room for {length / 1e6:.3g} MB of scratch files; got {error}"
            ) from error
        array, view = (np.frombuffer(room, kind).reshape(shape) for room in (written, read))
        return _DraftOnDisk(array, view)

    def keep(self, array: NDArray[Any]) -> NDArray[Any]:
        """The array in a file, read-only: a copy, if it is not in one already."""
        if is_mapped_read_only(array):
            return array
        draft = self.begin(array.shape, array.dtype)
        draft.array[...] = array
        return draft.finish()


@dataclass(frozen=True, eq=False, slots=True)
class _DraftOnDisk(Draft):
    view: NDArray[Any]

    def finish(self) -> NDArray[Any]:
        """The same pages, mapped for reading alone."""
        return self.view


def _reserve(file: IO[bytes], length: int) -> None:
    """Take the room at once where the system can: a page that finds none later ends the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, length)
    else:
        file.truncate(length)


def is_mapped_read_only(array: NDArray[Any]) -> bool:
    """Whether the elements are those of a file that is mapped for reading alone."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, memoryview):
        base = base.obj
    return isinstance(base, mmap.mmap) and memoryview(base).readonly
