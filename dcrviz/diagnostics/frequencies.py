"""Spatial frequencies that stand for all: dense where they are low."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dcrviz.frozen import Frozen
from dcrviz.records import Floats

_CELLS = 24
_FINEST = 1 / 512


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Frequencies(Frozen):
    """Spatial frequencies and how many each stands for.

    Parameters
    ----------
    y, x
        (M,), cycles per pixel.
    area
        (M,), share of all frequencies; they add up to 1.
    """

    y: Floats
    x: Floats
    area: Floats

    @property
    def radius(self) -> Floats:
        """(M,), cycles per pixel."""
        return np.hypot(self.y, self.x)

    def mean(self, values: Floats) -> Floats:
        """Mean over all frequencies of values (M, ...)."""
        return np.asarray(np.tensordot(self.area, values, axes=1))


@lru_cache(maxsize=4)
def nested_frequencies(finest: float = _FINEST, *, cells: int = _CELLS) -> Frequencies:
    """Middles of the cells of squares within squares, each half as wide as the one around it.

    What visits tell of colour grows with the square of the frequency, so that a regular grid dense
    enough for the lowest would have a hundred times as many cells.

    Parameters
    ----------
    finest
        Cycles per pixel: the cells about zero are no larger. No field tells what is slower than
        itself.
    cells
        On a side of each square, a multiple of 4; its inner half belongs to the next smaller one.

    Notes
    -----
    Of two opposite frequencies, which are conjugates of each other in a real image, one is kept.
    Zero is none of them.
    """
    parts = []
    half = 0.5
    while True:
        side = 2 * half / cells
        along = side * (np.arange(cells) + 0.5) - half
        y, x = (grid.ravel() for grid in np.meshgrid(along, along, indexing="ij"))
        innermost = side <= finest
        kept = (x > 0) & (innermost | (np.maximum(np.abs(y), x) > half / 2))
        parts.append(np.stack([y[kept], x[kept], np.full(np.count_nonzero(kept), 2 * side**2)]))
        if innermost:
            break
        half /= 2
    y, x, area = np.concatenate(parts, axis=1)
    return Frequencies(y=y, x=x, area=area)


def regular_frequencies(size: int, *, highest: float = 0.5) -> Frequencies:
    """The middles of `size` times `size` cells from ``-highest`` to ``highest``, row by row.

    Parameters
    ----------
    highest
        Cycles per pixel.

    Raises
    ------
    ValueError
        If there is no cell, or the highest frequency is not above 0 and at most 0.5.
    """
    if size < 1:
        raise ValueError(f"size of a map must be 1 or more; got {size}")
    if not 0 < highest <= 0.5:
        raise ValueError(
            f"highest frequency of a map must be above 0 and at most 0.5; got {highest:g}"
        )
    along = highest * ((2 * np.arange(size) + 1) / size - 1)
    y, x = (grid.ravel() for grid in np.meshgrid(along, along, indexing="ij"))
    return Frequencies(y=y, x=x, area=np.full(size * size, 1 / size**2))
