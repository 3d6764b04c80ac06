"""Memory in a few blocks, of which stretches are taken and given back."""

from __future__ import annotations

import mmap
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Stretches begin and end at multiples of it, which are pages of any system.
_GRAIN = 1 << 16


@dataclass(eq=False, slots=True)
class Stretch:
    """Bytes of a block from `start` to before `stop`.

    Parameters
    ----------
    held
        Whether the system has given memory to it, or may have; what it hands out it clears first.
    """

    block: mmap.mmap
    start: int
    stop: int
    held: bool = True

    @property
    def nbytes(self) -> int:
        """How many bytes."""
        return self.stop - self.start

    @property
    def is_block(self) -> bool:
        """Whether it is all of its block."""
        return self.nbytes == len(self.block)

    def floats(self, number: int) -> NDArray[np.float32]:
        """Its first so many numbers."""
        return np.frombuffer(self.block, np.float32, number, self.start)

    def touches(self, other: Stretch) -> bool:
        """Whether one begins where the other ends, and both are held or neither is."""
        ends = self.stop == other.start or other.stop == self.start
        return self.block is other.block and ends and self.held == other.held


class Store:
    """Stretches that nobody has; not to be shared between threads.

    Parameters
    ----------
    kept_bytes
        Of more than that the longest unused are handed back to the system.

    Notes
    -----
    Whoever takes one gets a part of the shortest that is long enough, and what is given back is one
    with its neighbours again: what images of one size have left, those of another size may enter.
    """

    def __init__(self, *, kept_bytes: int) -> None:
        self.kept_bytes = kept_bytes
        # The longest unused first.
        self._free: list[Stretch] = []

    @property
    def held_bytes(self) -> int:
        """What is kept of the memory of the system."""
        return sum(stretch.nbytes for stretch in self._free if stretch.held)

    def take(self, nbytes: int) -> Stretch:
        """A stretch of at least so many bytes, which hold anything.

        Raises
        ------
        MemoryError
            If the system has none.
        """
        wanted = -(-max(1, nbytes) // _GRAIN) * _GRAIN
        enough = [stretch for stretch in self._free if stretch.nbytes >= wanted]
        if not enough:
            return Stretch(_block(wanted), 0, wanted)
        found = min(enough, key=lambda stretch: (not stretch.held, stretch.nbytes))
        taken = Stretch(found.block, found.start, found.start + wanted)
        if found.nbytes == wanted:
            self._free.remove(found)
        else:
            found.start += wanted
        return taken

    def give_back(self, stretch: Stretch) -> None:
        """Keep a stretch for whoever wants one next."""
        self._free.append(self._with_neighbours(stretch))
        while self.held_bytes > self.kept_bytes:
            self._hand_back(next(stretch for stretch in self._free if stretch.held))

    def give_up(self) -> None:
        """Hand all that is kept back to the system."""
        for stretch in [stretch for stretch in self._free if stretch.held]:
            self._hand_back(stretch)

    def _with_neighbours(self, stretch: Stretch) -> Stretch:
        for other in [other for other in self._free if stretch.touches(other)]:
            self._free.remove(other)
            start, stop = min(stretch.start, other.start), max(stretch.stop, other.stop)
            stretch = Stretch(stretch.block, start, stop, stretch.held)
        return stretch

    def _hand_back(self, stretch: Stretch) -> None:
        self._free.remove(stretch)
        # Of a block that nobody has a part of there is nothing to be remembered.
        if stretch.is_block:
            return
        if hasattr(stretch.block, "madvise"):
            stretch.block.madvise(mmap.MADV_DONTNEED, stretch.start, stretch.nbytes)
        stretch.held = False
        stretch = self._with_neighbours(stretch)
        if not stretch.is_block:
            self._free.insert(0, stretch)


def _block(nbytes: int) -> mmap.mmap:
    """New memory of the process."""
    try:
        if not hasattr(mmap, "MAP_PRIVATE"):
            return mmap.mmap(-1, nbytes)
        block = mmap.mmap(-1, nbytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        raise MemoryError(f"no memory for {nbytes / 1e6:.3g} MB more; got {error}") from error
    if hasattr(mmap, "MADV_HUGEPAGE"):
        # In large pages, as numpy asks for its own.
        block.madvise(mmap.MADV_HUGEPAGE)
    return block
