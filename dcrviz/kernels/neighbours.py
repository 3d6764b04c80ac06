"""Fourier modes of an image times a window: of each a sum of few neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dcrviz.kernels.blur import Parts
from dcrviz.kernels.jit import compiled_freely
from dcrviz.kernels.modes import Spectrum
from dcrviz.records import Ints

Taps = NDArray[np.complex64]
"""(2 H + 1,), what the neighbours of a mode add to it, that H lower first."""


def sum_neighbours(
    spectrum: Spectrum, rows: Ints, columns: tuple[int, int], along_y: Taps, along_x: Taps
) -> Spectrum:
    """(R, columns) modes of an image seen through a window, from all modes of the image.

    Parameters
    ----------
    rows
        (R,), of the half spectrum; beyond its last begins the first again.
    columns
        The first column and one past the last; as many neighbours as there are harmonics lie on
        either side of them.
    along_y, along_x
        Harmonics -H to H of the window: mode k takes harmonic h of the mode k - h.
    """
    first, last = columns
    modes = np.empty((len(rows), last - first), np.complex64)
    _sum_neighbours(
        np.ascontiguousarray(spectrum).view(np.float32),
        rows,
        first,
        along_y.view(np.float32),
        along_x.view(np.float32),
        modes.view(np.float32),
    )
    return modes


@compiled_freely
def _sum_neighbours(
    spectrum: Parts, rows: Ints, first: int, along_y: Parts, along_x: Parts, modes: Parts
) -> None:
    height, width = spectrum.shape
    reach, number = len(along_y) // 4, modes.shape[1] // 2
    row = np.empty(width, np.float32)
    for r in range(len(rows)):
        row[:] = 0
        for tap in range(2 * reach + 1):
            a, b = along_y[2 * tap], along_y[2 * tap + 1]
            source = spectrum[(rows[r] - tap + reach) % height]
            for x in range(width // 2):
                re, im = source[2 * x], source[2 * x + 1]
                row[2 * x] += a * re - b * im
                row[2 * x + 1] += a * im + b * re
        goal = modes[r]
        goal[:] = 0
        for tap in range(2 * reach + 1):
            a, b, begin = along_x[2 * tap], along_x[2 * tap + 1], first - tap + reach
            for x in range(number):
                re, im = row[2 * (begin + x)], row[2 * (begin + x) + 1]
                goal[2 * x] += a * re - b * im
                goal[2 * x + 1] += a * im + b * re
