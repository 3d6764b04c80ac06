"""Sums over a box about each of many places."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import compiled
from dcrviz.records import Floats, Ints, Plane


def box_sums(image: Plane, x: Ints | Floats, y: Ints | Floats, *, reach: int) -> Floats:
    """(N,) sums of finite pixels at most `reach` from each place along either axis.

    Parameters
    ----------
    x, y
        (N,), pixels inside the image; boxes are cut at its edges.
    """
    sums = np.zeros(len(x))
    if sums.size:
        _box_sums(image, np.asarray(x, np.int64), np.asarray(y, np.int64), reach, sums)
    return sums


@compiled
def _box_sums(image: Plane, x: Ints, y: Ints, reach: int, sums: Floats) -> None:
    height, width = image.shape
    for i in range(len(sums)):
        total = 0.0
        for row in range(max(0, y[i] - reach), min(height, y[i] + reach + 1)):
            for column in range(max(0, x[i] - reach), min(width, x[i] + reach + 1)):
                value = image[row, column]
                if np.isfinite(value):
                    total += value
        sums[i] = total
