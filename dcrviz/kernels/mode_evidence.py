"""How probable the data are under a Gaussian prior of the Fourier modes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.frozen import Frozen
from dcrviz.kernels.evidence_sums import sum_evidence
from dcrviz.kernels.jit import unwritable
from dcrviz.kernels.mode_factor import Doubles
from dcrviz.records import Floats


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
    leaning
        (J - 1, J - 1), Fisher's information on what all but the first unknown may share with it, in
        units of the prior, halved: the sum over the modes of the real part of
        W_00 W_jk + W_0j W_0k with W = 1 - K^-1.
    error_slope
        Derivative of the logarithm by the error of the visits.
    error_information
        (J + 1,), Fisher's information that the error shares with the logarithms of the variances,
        and its own.
    minus_log
        Minus the logarithm of the evidence, but for a constant.
    """

    explained: Floats
    determined: Floats
    covariance: Floats
    information: Floats
    alike: Floats
    leaning: Floats
    error_slope: float
    error_information: Floats
    minus_log: float


def weigh_evidence(
    sample: Sample, amplitudes: Floats, *, error: float = 0.0, mean: Floats | None = None
) -> Evidence:
    """Evidence of these amplitudes, and what their best values follow from.

    Parameters
    ----------
    error
        Variance by which visits stray from any model, in units of the noise and of the sample's
        `straying`.
    mean
        (J - 1,): the unknowns are what all but the first differ by from these multiples of it.

    Notes
    -----
    -ln E = sum V ln 1/r + r |s|^2 + ln det K - r b^H D K^-1 D r b, with K = 1 + D r A D and
    r = 1 / (1 + error straying); its derivative by ln D_j^2 is determined - explained. The error
    adds to the noise N / r of a mode; with z = K^-1 D r b and W = 1 - K^-1 the derivative of ln E
    by ln (1 / r) is r |s|^2 - V + tr W - r b^H D z - |z|^2, and the information
    V - 2 tr W + tr W^2, of which it shares (W - W^2)_jj with ln D_j^2.
    """
    trust = 1 / (1 + error * sample.straying)
    unknowns = len(amplitudes)
    pivots, fitted, single, pairs = sum_evidence(
        sample.normal,
        sample.right,
        sample.power,
        sample.profile,
        trust,
        trust * sample.straying,
        unwritable(np.asarray(amplitudes, np.float64)),
        unwritable(np.zeros(unknowns - 1) if mean is None else np.asarray(mean, np.float64)),
        sample.visits,
    )
    # numpy's logarithm is several times as fast as that of a compiled loop.
    noise = trust * sample.power - sample.visits * np.log(trust)
    return Evidence(
        explained=single[0, :-1],
        determined=single[1, :-1],
        alike=single[2, :-1],
        error_slope=float(single[0, -1]),
        error_information=single[3],
        covariance=pairs[0],
        information=pairs[1],
        leaning=pairs[2, 1:, 1:],
        minus_log=float((noise - np.log(pivots) - fitted).sum()),
    )
