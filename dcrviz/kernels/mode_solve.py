"""Solve the normal equations of every Fourier mode under a Gaussian prior.

With C the prior covariance of the J unknowns, diagonal with the square roots D, the unknowns are
z = D K^-1 D b with K = 1 + D A D: however little the data say, K is never singular.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from dcrviz.frozen import Frozen
from dcrviz.kernels.blur import Parts
from dcrviz.kernels.jit import compiled_freely, unwritable
from dcrviz.kernels.mode_factor import factor, radial, substitute, whiten_row
from dcrviz.kernels.modes import NormalEquations, Spectra, empty_spectra
from dcrviz.kernels.pool import run_all
from dcrviz.records import Floats

# Rows that a thread takes at a time.
_ROWS = 32


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Whitening(Frozen):
    """Square roots D of the prior variances: an amplitude for each unknown times a radial profile.

    Parameters
    ----------
    amplitudes
        (J,), of the unknowns.
    profile
        (T,), at the frequencies 0, step, 2 step, ... in cycles per pixel; straight between them.
    frequency_y, frequency_x
        (Y,) and (X // 2 + 1,) of the modes, cycles per pixel.
    """

    amplitudes: Floats
    profile: Floats
    step: float
    frequency_y: Floats
    frequency_x: Floats


def solve_modes(
    equations: NormalEquations, whitening: Whitening, basis: Floats, *, threads: int = 1
) -> Spectra:
    """Transforms of the S planes that are most probable given data and prior.

    Parameters
    ----------
    basis
        (S, J), planes in terms of the unknowns.
    """
    height, width = equations.normal.shape[1:]
    planes = empty_spectra(len(basis), (height, width))
    arguments = (equations.normal, equations.right, *_numbers(whitening), basis)
    _by_rows(_solve, (*arguments, planes.view(np.float32)), height, threads=threads)
    return planes


def factor_modes(equations: NormalEquations, whitening: Whitening, *, threads: int = 1) -> Parts:
    """(J J, Y, X // 2 + 1), K = L d L^H of every mode: L below the diagonal, 1 / d on it."""
    factors = np.empty_like(equations.normal)
    arguments = (equations.normal, *_numbers(whitening), factors)
    _by_rows(_factor_rows, arguments, factors.shape[1], threads=threads)
    return factors


def apply_inverse(factors: Parts, vector: Parts, *, threads: int = 1) -> Parts:
    """K^-1 times a vector (J, Y, X + 2) of interleaved complex numbers, from `factor_modes`."""
    out = np.empty_like(vector)
    _by_rows(_apply_rows, (unwritable(factors), vector, out), factors.shape[1], threads=threads)
    return out


def _numbers(whitening: Whitening) -> tuple[Floats, Floats, float, Floats, Floats]:
    return (
        np.asarray(whitening.amplitudes, np.float64),
        np.asarray(whitening.profile, np.float64),
        1 / whitening.step,
        np.asarray(whitening.frequency_y, np.float64),
        np.asarray(whitening.frequency_x, np.float64),
    )


def _by_rows(
    loop: Callable[..., None], arguments: tuple[Any, ...], height: int, *, threads: int
) -> None:
    blocks = [(top, min(top + _ROWS, height)) for top in range(0, height, _ROWS)]
    run_all([partial(loop, *arguments, *block) for block in blocks], threads=threads)


@compiled_freely
def _solve(
    normal: Parts,
    right: Parts,
    amplitudes: Floats,
    profile: Floats,
    per_step: float,
    frequency_y: Floats,
    frequency_x: Floats,
    basis: Floats,
    planes: Parts,
    top: int,
    bottom: int,
) -> None:
    unknowns, width = len(amplitudes), normal.shape[2]
    matrix = np.empty(unknowns * unknowns * width, np.float64)
    vector = np.empty(2 * unknowns * width, np.float64)
    row = np.empty(width, np.float64)
    re, im = np.empty(width, np.float64), np.empty(width, np.float64)
    for y in range(top, bottom):
        radial(profile, per_step, frequency_y[y], frequency_x, row)
        whiten_row(normal, y, amplitudes, row, matrix, width)
        for j in range(2 * unknowns):
            scale, source = amplitudes[j % unknowns], right[j, y]
            for x in range(width):
                vector[j * width + x] = scale * row[x] * source[x]
        factor(matrix, unknowns, width)
        substitute(matrix, vector, unknowns, width)
        for a in range(len(basis)):
            re[:] = 0
            im[:] = 0
            for j in range(unknowns):
                scale = basis[a, j] * amplitudes[j]
                place, other = np.uint64(j * width), np.uint64((unknowns + j) * width)
                for x in range(np.uint64(width)):
                    re[x] += scale * vector[place + x]
                    im[x] += scale * vector[other + x]
            target = planes[a, y]
            for x in range(width):
                target[2 * x] = row[x] * re[x]
                target[2 * x + 1] = row[x] * im[x]


@compiled_freely
def _factor_rows(
    normal: Parts,
    amplitudes: Floats,
    profile: Floats,
    per_step: float,
    frequency_y: Floats,
    frequency_x: Floats,
    factors: Parts,
    top: int,
    bottom: int,
) -> None:
    unknowns, width = len(amplitudes), normal.shape[2]
    matrix = np.empty(unknowns * unknowns * width, np.float64)
    row = np.empty(width, np.float64)
    for y in range(top, bottom):
        radial(profile, per_step, frequency_y[y], frequency_x, row)
        whiten_row(normal, y, amplitudes, row, matrix, width)
        factor(matrix, unknowns, width)
        for pair in range(unknowns * unknowns):
            target = factors[pair, y]
            for x in range(width):
                target[x] = matrix[pair * width + x]


@compiled_freely
def _apply_rows(factors: Parts, vectors: Parts, out: Parts, top: int, bottom: int) -> None:
    unknowns, width = len(vectors), factors.shape[2]
    matrix = np.empty(unknowns * unknowns * width, np.float64)
    vector = np.empty(2 * unknowns * width, np.float64)
    for y in range(top, bottom):
        for pair in range(unknowns * unknowns):
            source = factors[pair, y]
            for x in range(width):
                matrix[pair * width + x] = source[x]
        for j in range(unknowns):
            source = vectors[j, y]
            for x in range(width):
                vector[j * width + x] = source[2 * x]
                vector[(unknowns + j) * width + x] = source[2 * x + 1]
        substitute(matrix, vector, unknowns, width)
        for j in range(unknowns):
            target = out[j, y]
            for x in range(width):
                target[2 * x] = vector[j * width + x]
                target[2 * x + 1] = vector[(unknowns + j) * width + x]
