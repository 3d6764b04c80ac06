"""Normal equations in terms of other unknowns: what the others differ by from the first."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcrviz.records import Floats

# Modes that are worked on at a time, so that of a large field no other is held.
_MODES = 1 << 15


def lean(normal: NDArray[Any], right: NDArray[Any], mean: Floats) -> None:
    """Take for unknowns what all but the first differ by from a multiple of it, in place.

    Parameters
    ----------
    normal, right
        (J J, ...) and (2 J, ...), packed as in `NormalEquations`.
    mean
        (J - 1,), those multiples: unknown j is mean_j times the first and a rest.

    Notes
    -----
    With z = M z', M the unit matrix whose first column is (1, mean): A' = M^T A M, b' = M^T b.
    """
    unknowns = len(right) // 2
    weights = np.r_[1.0, mean].astype(normal.dtype)
    square = normal.reshape(unknowns, unknowns, *normal.shape[1:])
    step = max(1, _MODES // math.prod(normal.shape[2:]))
    for top in range(0, normal.shape[1], step):
        rows = slice(top, top + step)
        _lean_matrices(square[:, :, rows], weights)
        for half in (right[:unknowns, rows], right[unknowns:, rows]):
            half[0] = np.tensordot(weights, half, axes=1)


def _lean_matrices(square: NDArray[Any], weights: NDArray[Any]) -> None:
    """Replace the first row and column of packed Hermitian matrices (J, J, ...), in place."""
    unknowns = len(weights)
    # The first column of A M.
    re, im = np.zeros((2, *square.shape[1:]), square.dtype)
    for j in range(unknowns):
        for k in range(unknowns):
            low, high = max(j, k), min(j, k)
            re[j] += weights[k] * square[low, high]
            if j != k:
                # Of the lower triangle the imaginary part is stored, mirrored.
                im[j] += (weights[k] if j > k else -weights[k]) * square[high, low]
    square[0, 0] = np.tensordot(weights, re, axes=1)
    for j in range(1, unknowns):
        square[j, 0], square[0, j] = re[j], im[j]
