"""The sums over Fourier modes that the evidence of a prior and its derivatives consist of.

Each is summed in lanes of its own, one for each place in a block of modes: so vector units sum, and
no last bit depends on where arrays lie.
"""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import compiled_freely, inlined, inlined_freely
from dcrviz.kernels.leaning import lean_modes
from dcrviz.kernels.mode_factor import ROUNDING, Doubles, factor, substitute
from dcrviz.records import Floats

# Modes that are factored together: what they need stays in the nearest cache.
_BLOCK = 128


@compiled_freely
def sum_evidence(
    normal: Doubles,
    right: Doubles,
    power: Doubles,
    profile: Doubles,
    trust: Doubles,
    astray: Doubles,
    amplitudes: Floats,
    mean: Floats,
    visits: int,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Sums over M modes; the symbols are those of `weigh_evidence`.

    Parameters
    ----------
    normal, right, power, profile
        Of a `Sample`.
    trust, astray : (M,)
        r, and r times the sample's straying.
    amplitudes, mean : (J,), (J - 1,)

    Returns
    -------
    pivots, fitted : (M,)
        1 / det K and z^H K z, of which -ln E consists.
    single : (4, J + 1)
        For each unknown |z|^2, tr W, Re z z_0* + K^-1_0, and what the error shares of information
        with it; in the last place derivative (of the first row) and information (of the fourth) of
        the error itself.
    pairs : (3, J, J)
        Covariance, information, and information on the mean spectrum.
    """
    unknowns = len(amplitudes)
    matrix = np.empty(unknowns * unknowns * _BLOCK, np.float64)
    vector, other = np.empty((2, 2 * unknowns * _BLOCK))
    columns = np.empty((2, 2 * unknowns * _BLOCK))
    squares, single = np.empty((unknowns, _BLOCK)), np.zeros((4, unknowns + 1, _BLOCK))
    pivots, fitted = np.empty((2, len(profile)))
    pairs = np.zeros((3, unknowns, unknowns, _BLOCK))
    for start in range(0, len(profile), _BLOCK):
        number = min(_BLOCK, len(profile) - start)
        block = slice(start, start + number)
        _whiten(normal, right, profile, trust, amplitudes, mean, matrix, vector, start, number)
        other[:] = vector
        factor(matrix, unknowns, number)
        substitute(matrix, vector, unknowns, number)
        _multiply_pivots(matrix, pivots[block], unknowns)
        _add_mean(vector, other, astray[block], single, fitted[block], unknowns)
        _add_inverse(matrix, profile[block], astray[block], columns, squares, single, pairs)
        _add_error(power[block], trust[block], astray[block], visits, squares, single)
    sums = pairs.sum(axis=3)
    for j in range(unknowns):
        for k in range(j, unknowns):
            sums[0, j, k] *= amplitudes[j] * amplitudes[k]
            sums[:, k, j] = sums[:, j, k]
    return pivots, fitted, single.sum(axis=2), sums


@inlined_freely
def _add_mean(
    mean: Doubles, vector: Doubles, astray: Doubles, single: Floats, fitted: Doubles, unknowns: int
) -> None:
    """Add what the posterior means z of a block of modes tell; `vector` is K z."""
    number = len(astray)
    fitted[:] = 0
    for j in range(unknowns):
        re, im = j * number, (unknowns + j) * number
        for x in range(number):
            product = mean[re + x] * vector[re + x] + mean[im + x] * vector[im + x]
            square = mean[re + x] * mean[re + x] + mean[im + x] * mean[im + x]
            fitted[x] += product
            single[0, j, x] += square
            single[0, unknowns, x] -= astray[x] * (product + square)
            single[2, j, x] += mean[re + x] * mean[x] + mean[im + x] * mean[unknowns * number + x]


@inlined_freely
def _multiply_pivots(matrix: Doubles, product: Doubles, unknowns: int) -> None:
    """Write 1 / det K of a block of modes; K is factored."""
    number = len(product)
    product[:] = 1
    for j in range(unknowns):
        pivot = (j * unknowns + j) * number
        for x in range(number):
            product[x] *= matrix[pivot + x]


@inlined_freely
def _add_inverse(
    matrix: Doubles,
    profile: Doubles,
    astray: Doubles,
    columns: Doubles,
    squares: Doubles,
    single: Floats,
    pairs: Floats,
) -> None:
    """Add what K^-1 of a block tells, one column after another, and write (W^2)_jj, (J, M)."""
    unknowns, number = len(squares), len(profile)
    first, column = columns[0], columns[1]
    squares[:] = 0
    for j in range(unknowns):
        for x in range(2 * unknowns * number):
            column[x] = 0.0
        for x in range(number):
            column[j * number + x] = 1.0
        substitute(matrix, column, unknowns, number)
        if j == 0:
            first[:] = column
        for k in range(j, unknowns):
            _add_row(first, column, profile, squares, pairs, j, k)
        for x in range(number):
            told = 1 - column[j * number + x]
            single[1, j, x] += told
            single[2, j, x] += column[x]
            single[3, j, x] += astray[x] * (told - squares[j, x])
            single[0, unknowns, x] += astray[x] * told
            single[3, unknowns, x] -= 2 * astray[x] * astray[x] * told


@inlined_freely
def _add_row(
    first: Doubles,
    column: Doubles,
    profile: Doubles,
    squares: Doubles,
    pairs: Floats,
    j: int,
    k: int,
) -> None:
    """Add to the sums of a pair what row k of the column j of K^-1 tells."""
    number = len(profile)
    covariance, information, leaning = pairs[0, j, k], pairs[1, j, k], pairs[2, j, k]
    one, other, half = j * number, k * number, len(squares) * number
    for x in range(number):
        re, im = column[other + x], column[half + other + x]
        covariance[x] += profile[x] * profile[x] * re
        re -= 1.0 if j == k else 0.0
        square = re * re + im * im
        information[x] += square
        squares[j, x] += square
        if j != k:
            squares[k, x] += square
        leaning[x] += (first[x] - 1) * re + first[one + x] * first[other + x]
        leaning[x] -= first[half + one + x] * first[half + other + x]


@inlined_freely
def _add_error(
    power: Doubles, trust: Doubles, astray: Doubles, visits: int, squares: Doubles, single: Floats
) -> None:
    """Add what the visits' own modes of a block tell of their error."""
    unknowns = len(squares)
    for x in range(len(power)):
        single[0, unknowns, x] += astray[x] * (trust[x] * power[x] - visits)
        single[3, unknowns, x] += astray[x] * astray[x] * visits
    for j in range(unknowns):
        for x in range(len(power)):
            single[3, unknowns, x] += astray[x] * astray[x] * squares[j, x]


@inlined
def _whiten(
    normal: Doubles,
    right: Doubles,
    profile: Doubles,
    trust: Doubles,
    amplitudes: Floats,
    mean: Floats,
    matrix: Doubles,
    vector: Doubles,
    start: int,
    number: int,
) -> None:
    """K = 1 + D r A D and D r b of a block of modes, b in units of the noise that r leaves."""
    unknowns = len(amplitudes)
    for pair in range(unknowns * unknowns):
        for x in range(number):
            matrix[pair * number + x] = normal[pair, start + x]
    for part in range(2 * unknowns):
        for x in range(number):
            vector[part * number + x] = right[part, start + x]
    lean_modes(matrix, vector, mean, unknowns, number, 0, number)
    for j in range(unknowns):
        for k in range(unknowns):
            scale, place = amplitudes[j] * amplitudes[k], (j * unknowns + k) * number
            if j == k:
                scale *= 1 + ROUNDING
            for x in range(number):
                height = profile[start + x]
                matrix[place + x] *= scale * height * height * trust[start + x]
        for x in range(number):
            matrix[(j * unknowns + j) * number + x] += 1
            height = amplitudes[j] * profile[start + x] * trust[start + x]
            vector[j * number + x] *= height
            vector[(unknowns + j) * number + x] *= height
