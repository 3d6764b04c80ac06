"""Weighted sums over the visits at each pixel, in one sweep."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import compiled
from dcrviz.records import Bools, Bytes, Cube, Floats


def weighted_sums(values: Cube, used: Bools, weights: Floats) -> tuple[Floats, Floats]:
    """Sums of weight times value, and of the weights, over the visits that are used, (Y, X) each.

    Parameters
    ----------
    values, used
        (V, Y, X); a value that is not used may be anything.
    weights
        (V,).
    """
    total, weight = np.zeros(values.shape[1:]), np.zeros(values.shape[1:])
    if values.size:
        _add(
            np.ascontiguousarray(values, np.float32),
            np.ascontiguousarray(used).view(np.uint8),
            np.ascontiguousarray(weights, np.float64),
            total,
            weight,
        )
    return total, weight


@compiled
def _add(values: Cube, used: Bytes, weights: Floats, total: Floats, weight: Floats) -> None:
    number, height, width = values.shape
    zero = 0.0
    for y in range(height):
        for v in range(number):
            row, counts, share = values[v, y], used[v, y], weights[v]
            for x in range(width):
                total[y, x] += share * row[x] if counts[x] else zero
                weight[y, x] += share if counts[x] else zero
