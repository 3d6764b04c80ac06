"""How probable the data are under a Gaussian prior of the Fourier modes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dcrviz.kernels.jit import compiled_freely, inlined
from dcrviz.kernels.leaning import lean
from dcrviz.kernels.mode_factor import ROUNDING, Doubles, factor, substitute
from dcrviz.records import Floats, Frozen

# Modes that are factored together.
_BLOCK = 256


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Sample(Frozen):
    """The normal equations of M modes that stand for all.

    Parameters
    ----------
    normal, right
        (J J, M) and (2 J, M), packed as in `NormalEquations`.
    power
        (M,), squared moduli of the visits' own modes, in units of their noise.
    profile
        (M,), the radial profile at these modes.
    straying
        (M,), relative variance by which visits may stray from a model at these modes.
    visits
        How many visits the sums are of.
    """

    normal: Doubles
    right: Doubles
    power: Doubles
    profile: Doubles
    straying: Doubles
    visits: int

    def leaning(self, mean: Floats) -> Sample:
        """The same modes in terms of what the unknowns differ by from multiples of the first."""
        normal, right = self.normal.copy(), self.right.copy()
        lean(normal, right, mean)
        return replace(self, normal=normal, right=right)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Evidence(Frozen):
    """What the data say of a prior.

    Parameters
    ----------
    explained
        (J,), sum over the modes of |z / D|^2, the posterior mean in units of the prior.
    determined
        (J,), how many modes of each unknown the data determine: the sum of 1 - (K^-1)_jj.
    covariance
        (J, J), sum over the modes of the posterior covariance D K^-1 D, its real part.
    information
        (J, J), Fisher's information on the logarithms of the variances D^2: the sum over the modes
        of |1 - K^-1|^2.
    alike
        (J,), sum over the modes of the expected product of each unknown with the first, in units of
        the prior, its real part: 0 where they know nothing of each other.
    minus_log
        Minus the logarithm of the evidence, but for a constant.
    """

    explained: Floats
    determined: Floats
    covariance: Floats
    information: Floats
    alike: Floats
    minus_log: float


def weigh_evidence(sample: Sample, amplitudes: Floats, *, error: float = 0.0) -> Evidence:
    """Evidence of these amplitudes, and what their best values follow from.

    Parameters
    ----------
    error
        Variance by which visits stray from any model, in units of the noise and of the sample's
        `straying`.

    Notes
    -----
    -ln E = sum V ln 1/r + r |s|^2 + ln det K - r b^H D K^-1 D r b, with K = 1 + D r A D and
    r = 1 / (1 + error straying); its derivative by ln D_j^2 is determined - explained.
    """
    trust = 1 / (1 + error * sample.straying)
    unknowns = len(amplitudes)
    explained, determined, alike = np.zeros((3, unknowns))
    covariance, information = np.zeros((2, unknowns, unknowns))
    minus_log = _weigh(
        sample.normal,
        sample.right * np.sqrt(trust),
        sample.profile * np.sqrt(trust),
        sample.profile,
        np.asarray(amplitudes, np.float64),
        explained,
        determined,
        covariance,
        information,
        alike,
    )
    return Evidence(
        explained=explained,
        determined=determined,
        covariance=covariance,
        information=information,
        alike=alike,
        minus_log=minus_log + float((trust * sample.power - sample.visits * np.log(trust)).sum()),
    )


@compiled_freely
def _weigh(
    normal: Doubles,
    right: Doubles,
    profile: Doubles,
    prior: Doubles,
    amplitudes: Floats,
    explained: Floats,
    determined: Floats,
    covariance: Floats,
    information: Floats,
    alike: Floats,
) -> float:
    unknowns = len(amplitudes)
    matrix = np.empty(unknowns * unknowns * _BLOCK, np.float64)
    vector = np.empty(2 * unknowns * _BLOCK, np.float64)
    other = np.empty(2 * unknowns * _BLOCK, np.float64)
    total = 0.0
    for start in range(0, len(profile), _BLOCK):
        number = min(_BLOCK, len(profile) - start)
        _whiten(normal, right, profile, amplitudes, matrix, vector, start, number)
        other[: 2 * unknowns * number] = vector[: 2 * unknowns * number]
        factor(matrix, unknowns, number)
        substitute(matrix, vector, unknowns, number)
        # Sums stay out of the arrays until they are whole: stored in each turn of a loop they would
        # make the order of its terms, and with it the last bit, depend on where arrays lie.
        for j in range(unknowns):
            share = 0.0
            for x in range(number):
                re, im = vector[j * number + x], vector[(unknowns + j) * number + x]
                total -= re * other[j * number + x] + im * other[(unknowns + j) * number + x]
                total -= np.log(matrix[(j * unknowns + j) * number + x])
                share += re * re + im * im
            explained[j] += share
            both = 0.0
            for x in range(number):
                both += vector[j * number + x] * vector[x]
                both += vector[(unknowns + j) * number + x] * vector[unknowns * number + x]
            alike[j] += both
        for j in range(unknowns):
            # One column of K^-1 after another.
            other[: 2 * unknowns * number] = 0
            other[j * number : (j + 1) * number] = 1
            substitute(matrix, other, unknowns, number)
            for k in range(unknowns):
                both, square, sum_re = _column(other, prior, j, k, unknowns, start, number)
                determined[j] += number - sum_re if j == k else 0.0
                covariance[j, k] += amplitudes[j] * amplitudes[k] * both
                information[j, k] += square
                alike[j] += sum_re if k == 0 else 0.0
    return total


@inlined
def _column(
    inverse: Doubles, prior: Doubles, j: int, k: int, unknowns: int, start: int, number: int
) -> tuple[float, float, float]:
    """Sums over a block of row k of a column j of K^-1: weighed by the prior, of |1 - K^-1|^2."""
    both, square, sum_re = 0.0, 0.0, 0.0
    for x in range(number):
        re, im = inverse[k * number + x], inverse[(unknowns + k) * number + x]
        both += prior[start + x] * prior[start + x] * re
        sum_re += re
        re -= 1.0 if j == k else 0.0
        square += re * re + im * im
    return both, square, sum_re


@inlined
def _whiten(
    normal: Doubles,
    right: Doubles,
    profile: Doubles,
    amplitudes: Floats,
    matrix: Doubles,
    vector: Doubles,
    start: int,
    number: int,
) -> None:
    """K = 1 + D A D and D b of a block of modes."""
    unknowns = len(amplitudes)
    for j in range(unknowns):
        for k in range(unknowns):
            scale, place = amplitudes[j] * amplitudes[k], (j * unknowns + k) * number
            pair = j * unknowns + k
            for x in range(number):
                height = profile[start + x]
                matrix[place + x] = scale * height * height * normal[pair, start + x]
        for x in range(number):
            place = (j * unknowns + j) * number + x
            matrix[place] = 1 + (1 + ROUNDING) * matrix[place]
            height = amplitudes[j] * profile[start + x]
            vector[j * number + x] = height * right[j, start + x]
            vector[(unknowns + j) * number + x] = height * right[unknowns + j, start + x]
