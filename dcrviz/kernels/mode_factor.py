"""Hermitian systems of a whole row of Fourier modes at once, without square roots.

Matrices of J unknowns are packed in planes of real numbers: the real part of row j, column k <= j
at j J + k, its imaginary part at k J + j. So the inner loops run over modes, not over unknowns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dcrviz.kernels.blur import Parts
from dcrviz.kernels.jit import inlined
from dcrviz.records import Floats

# Sums in single precision are rounded by this much: the diagonal is raised, so that rounding
# never passes for information.
ROUNDING = 1e-6

Doubles = NDArray[np.float64]
"""Sums and factors, in double precision."""


@inlined
def radial(profile: Floats, per_step: float, fy: float, frequency_x: Floats, row: Floats) -> None:
    """The profile along one row of modes."""
    last = len(profile) - 2
    for x in range(len(row)):
        place = np.sqrt(fy * fy + frequency_x[x] * frequency_x[x]) * per_step
        index = min(int(place), last)
        part = min(place - index, 1.0)
        row[x] = profile[index] + part * (profile[index + 1] - profile[index])


@inlined
def whiten_row(
    normal: Parts, y: int, amplitudes: Floats, row: Floats, matrix: Doubles, number: int
) -> None:
    """K = 1 + D A D along one row of modes."""
    unknowns, width = len(amplitudes), np.uint64(number)
    for j in range(unknowns):
        for k in range(unknowns):
            goal, factor = np.uint64((j * unknowns + k) * number), amplitudes[j] * amplitudes[k]
            source = normal[j * unknowns + k, y]
            for x in range(width):
                matrix[goal + x] = factor * row[x] * row[x] * source[x]
        diagonal = np.uint64((j * unknowns + j) * number)
        for x in range(width):
            matrix[diagonal + x] = 1 + (1 + ROUNDING) * matrix[diagonal + x]


@inlined
def factor(matrix: Doubles, unknowns: int, number: int) -> None:
    """K = L d L^H in place for `number` modes: L below the diagonal (imaginary above), 1 / d on it.

    Cholesky's way without square roots.
    """
    width = np.uint64(number)
    for i in range(unknowns):
        pivot = np.uint64((i * unknowns + i) * number)
        for x in range(width):
            matrix[pivot + x] = 1 / matrix[pivot + x]
        for j in range(i + 1, unknowns):
            re_j = np.uint64((j * unknowns + i) * number)
            im_j = np.uint64((i * unknowns + j) * number)
            own = np.uint64((j * unknowns + j) * number)
            for x in range(width):
                a, b = matrix[re_j + x], matrix[im_j + x]
                matrix[own + x] -= (a * a + b * b) * matrix[pivot + x]
            for k in range(i + 1, j):
                re_k = np.uint64((k * unknowns + i) * number)
                im_k = np.uint64((i * unknowns + k) * number)
                goal = np.uint64((j * unknowns + k) * number)
                mirror = np.uint64((k * unknowns + j) * number)
                for x in range(width):
                    a = matrix[re_j + x] * matrix[pivot + x]
                    b = matrix[im_j + x] * matrix[pivot + x]
                    c, d = matrix[re_k + x], matrix[im_k + x]
                    matrix[goal + x] -= a * c + b * d
                    matrix[mirror + x] -= b * c - a * d
        for j in range(i + 1, unknowns):
            re_j = np.uint64((j * unknowns + i) * number)
            im_j = np.uint64((i * unknowns + j) * number)
            for x in range(width):
                matrix[re_j + x] *= matrix[pivot + x]
                matrix[im_j + x] *= matrix[pivot + x]


@inlined
def substitute(matrix: Doubles, vector: Doubles, unknowns: int, number: int) -> None:
    """Replace in place the vectors (real parts, then imaginary ones) by K^-1 times themselves."""
    width, half = np.uint64(number), np.uint64(unknowns * number)
    for j in range(1, unknowns):
        goal = np.uint64(j * number)
        for i in range(j):
            source = np.uint64(i * number)
            re = np.uint64((j * unknowns + i) * number)
            im = np.uint64((i * unknowns + j) * number)
            for x in range(width):
                a, b = matrix[re + x], matrix[im + x]
                c, d = vector[source + x], vector[half + source + x]
                vector[goal + x] -= a * c - b * d
                vector[half + goal + x] -= a * d + b * c
    for i in range(unknowns - 1, -1, -1):
        goal, pivot = np.uint64(i * number), np.uint64((i * unknowns + i) * number)
        for x in range(width):
            vector[goal + x] *= matrix[pivot + x]
            vector[half + goal + x] *= matrix[pivot + x]
        for j in range(i + 1, unknowns):
            source = np.uint64(j * number)
            re = np.uint64((j * unknowns + i) * number)
            im = np.uint64((i * unknowns + j) * number)
            for x in range(width):
                a, b = matrix[re + x], matrix[im + x]
                c, d = vector[source + x], vector[half + source + x]
                vector[goal + x] -= a * c + b * d
                vector[half + goal + x] -= a * d - b * c
