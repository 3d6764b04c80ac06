"""What visits leave unknown of an expected sky, in every spatial frequency.

The unknowns of a frequency are the total flux, slope, curvature, ... of its light, with prior
standard deviations D. With u_v = sqrt(w_v) D conj(g_v), g_v being the response of visit v to the
unknowns, its seeing included, and w_v its precision, the posterior covariance is D K^-1 D with
K = 1 + sum_v u_v u_v^H, as in `kernels.mode_solve`: no set of visits is singular.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dcrviz.diagnostics.expected_sky import ExpectedSky
from dcrviz.diagnostics.frequencies import Frequencies, nested_frequencies
from dcrviz.diagnostics.visit_system import (
    Responses,
    VisitSystem,
    blurs,
    blurs_of,
    responses,
    singular_values,
)
from dcrviz.engine.seeing import VisitSeeing
from dcrviz.frozen import Frozen
from dcrviz.records import Floats, Shifts

Complexes = NDArray[np.complex128]
"""Numbers of the Fourier plane."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Posterior(Frozen):
    """The state of knowledge that a set of visits would leave.

    Parameters
    ----------
    inverse
        (M, J, J), K^-1 in every frequency: the covariance of the unknowns in units of the prior's,
        of the freedom that the solver gives them.
    rows
        (M, J, V), u_v of the visits that are on.
    singular
        (M, S), singular values of their system, from `singular_values`.
    """

    system: VisitSystem
    sky: ExpectedSky
    frequencies: Frequencies
    inverse: Complexes
    rows: Complexes
    singular: Floats

    @property
    def lost(self) -> Floats:
        """(J,), part of each unknown's amplitude that the posterior mean does not return, 0 to 1.

        Notes
        -----
        The posterior mean of an unknown z is D (1 - K^-1) D^-1 z plus noise, and its variance
        (K^-1)_jj of the prior's. The mean over frequencies is weighted by the light of point
        sources there: the square of the seeing's transfer function.
        """
        return self.seen_mean(np.einsum("mjj->mj", self.inverse).real)

    @property
    def lost_colours(self) -> Floats:
        """(S - 1,), `lost` of all unknowns but the total flux."""
        return np.clip(self.lost[1:], 0, 1)

    def seen_mean(self, values: Floats) -> Floats:
        """Mean over the frequencies of values (M, ...), weighted by the light there."""
        weight = self.frequencies.area * self.sky.height(self.frequencies.radius) ** 2
        return np.asarray(np.tensordot(weight / weight.sum(), values, axes=1))

    def noise_covariance(self) -> Floats:
        """(J, J), covariance of the unknowns in a pixel that the noise of the visits makes.

        Notes
        -----
        The solution is D K^-1 sum_v u_v n_v in units in which the noise n_v is 1.
        """
        moved = self.inverse @ self.rows
        return self._in_a_pixel(moved @ _adjoint(moved), self.sky.allowed, trusted=True)

    def covariance(self) -> Floats:
        """(J, J), posterior covariance of the unknowns in a pixel, with the most probable prior."""
        rows = self.rows * (self.sky.amplitudes / self.sky.allowed)[:, None]
        return self._in_a_pixel(_inverse(rows), self.sky.amplitudes, trusted=False)

    def losses_with(
        self, shifts: Shifts, precision: Floats, *, seeing: VisitSeeing | None = None
    ) -> Floats:
        """(C, S - 1), `lost_colours` after one more visit: for each of C with these shifts.

        Parameters
        ----------
        precision
            (C,), one over the variance of a pixel of each.
        seeing
            Of each against that of the planes; alike without.

        Notes
        -----
        Sherman and Morrison: K^-1 becomes K^-1 - K^-1 u u^H K^-1 / (1 + u^H K^-1 u).
        """
        before = self.lost
        after = np.empty((len(precision), len(before)))
        for index, weight in enumerate(precision):
            blur = blurs_of(None if seeing is None else seeing.of([index]), self.frequencies)
            moved = responses(shifts.of(np.array([index])), self.frequencies, blur)
            rows = _rows(moved, self.system, self.sky, self.frequencies) * np.sqrt(weight)
            answer = self.inverse @ rows
            told = 1 + np.einsum("mjv,mjv->m", np.conj(rows), answer).real
            after[index] = before - self.seen_mean(np.abs(answer[..., 0]) ** 2 / told[:, None])
        return np.clip(after[:, 1:], 0, 1)

    def _in_a_pixel(self, whitened: Complexes, amplitudes: Floats, *, trusted: bool) -> Floats:
        height = self.sky.height(self.frequencies.radius) ** 2
        power = height * self.sky.trust(self.frequencies.radius) if trusted else height
        mean = self.frequencies.mean(whitened.real * power[:, None, None])
        return np.asarray(mean * np.outer(amplitudes, amplitudes))


def posterior_of(
    system: VisitSystem, sky: ExpectedSky, *, frequencies: Frequencies | None = None
) -> Posterior:
    """What the visits that are on would leave unknown of such a sky.

    Parameters
    ----------
    frequencies
        At which to look; `nested_frequencies` by default.
    """
    frequencies = frequencies or nested_frequencies()
    on = np.flatnonzero(system.on)
    precision, blur = system.precision[on], blurs(system, on, frequencies)
    moved = responses(system.shifts.of(on), frequencies, blur)
    rows = _rows(moved, system, sky, frequencies) * np.sqrt(precision)
    return Posterior(
        system=system,
        sky=sky,
        frequencies=frequencies,
        inverse=_inverse(rows),
        rows=rows,
        singular=singular_values(moved, precision, blur),
    )


def _rows(
    moved: Responses, system: VisitSystem, sky: ExpectedSky, frequencies: Frequencies
) -> Complexes:
    """(M, J, V), u_v of visits of precision 1."""
    radius = frequencies.radius
    height = sky.height(radius) * np.sqrt(sky.trust(radius))
    scale = height[:, None, None] * sky.allowed[:, None]
    return np.asarray(scale * np.einsum("vms,sj->mjv", np.conj(moved), system.basis))


def _inverse(rows: Complexes) -> Complexes:
    """(M, J, J), K^-1."""
    known = np.eye(rows.shape[1]) + rows @ _adjoint(rows)
    return np.asarray(np.linalg.inv(known), np.complex128)


def _adjoint(matrices: Complexes) -> Complexes:
    return np.conj(np.swapaxes(matrices, 1, 2))
