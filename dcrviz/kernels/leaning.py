"""Normal equations in terms of other unknowns: what the others differ by from the first."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcrviz.kernels.jit import compiled_freely, inlined
from dcrviz.records import Floats

# Modes that are worked on at a time: what is read of them is read again from the cache.
_MODES = 1 << 9


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
    _lean(normal.reshape(-1), right.reshape(-1), mean.astype(normal.dtype), len(right) // 2)


@compiled_freely
def _lean(normal: NDArray[Any], right: NDArray[Any], mean: NDArray[Any], unknowns: int) -> None:
    stride = len(normal) // unknowns**2
    for start in range(0, stride, _MODES):
        lean_modes(normal, right, mean, unknowns, stride, start, min(_MODES, stride - start))


@inlined
def lean_modes(
    matrix: NDArray[Any],
    vector: NDArray[Any],
    mean: NDArray[Any],
    unknowns: int,
    stride: int,
    start: int,
    number: int,
) -> None:
    """`lean` for `number` modes of planes that are `stride` apart, from the mode `start` on."""
    width, first, half = np.uint64(number), np.uint64(start), np.uint64(unknowns * stride + start)
    for j in range(1, unknowns):
        re = np.uint64(j * unknowns * stride + start)
        im = np.uint64(j * stride + start)
        weight, own = mean[j - 1], np.uint64((j * unknowns + j) * stride + start)
        # Row j of the first column: of the corner its share before and after.
        for x in range(width):
            matrix[first + x] += weight * (2 * matrix[re + x] + weight * matrix[own + x])
            matrix[re + x] += weight * matrix[own + x]
        for k in range(1, unknowns):
            if k == j:
                continue
            other, low, high = mean[k - 1], max(j, k), min(j, k)
            real = np.uint64((low * unknowns + high) * stride + start)
            # Of the lower triangle the imaginary part is stored, mirrored.
            imaginary = np.uint64((high * unknowns + low) * stride + start)
            turned = other if j > k else -other
            for x in range(width):
                matrix[first + x] += weight * other * matrix[real + x]
                matrix[re + x] += other * matrix[real + x]
                matrix[im + x] += turned * matrix[imaginary + x]
        source, mirror = np.uint64(j * stride + start), np.uint64((unknowns + j) * stride + start)
        for x in range(width):
            vector[first + x] += weight * vector[source + x]
            vector[half + x] += weight * vector[mirror + x]
