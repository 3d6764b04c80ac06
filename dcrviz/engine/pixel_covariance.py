"""How well the planes are known in one pixel: the posterior covariance, over all Fourier modes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from dcrviz.engine.grid import Grid
from dcrviz.engine.prior import Prior, sample_of
from dcrviz.engine.sky_power import at_radius
from dcrviz.kernels.mode_evidence import weigh_evidence
from dcrviz.kernels.modes import NormalEquations
from dcrviz.records import Floats, Ints

# Rows and columns about zero whose modes are all counted: there colours are hardly known, and the
# covariance is steep.
_LOWEST = 25
# Of the modes beyond only evenly spaced ones are, about so many.
_ENOUGH_MODES = 4000


def pixel_covariance(
    equations: NormalEquations, grid: Grid, prior: Prior, *, visits: int
) -> Floats:
    """(S, S) posterior covariance of the planes in one pixel, with the most probable prior.

    Parameters
    ----------
    equations
        Of all modes of the grid.
    visits
        How many the equations are of.

    Notes
    -----
    The variance of a pixel is the mean of the variances of the modes, of which the noise of the
    field makes as many parts as it has pixels.
    """
    frequency_y, frequency_x = grid.frequencies
    total = np.zeros((len(prior.basis), len(prior.basis)))
    for modes, stand_for in _modes(grid):
        row, column = np.divmod(modes, grid.half[1])
        heights = at_radius(prior.profile, np.hypot(frequency_y[row], frequency_x[column]))
        sample = sample_of(equations, modes, heights, visits=visits)
        found = weigh_evidence(sample, prior.amplitudes, error=prior.error)
        total += stand_for * found.covariance
    pixels = math.prod(grid.shape) * math.prod(grid.field)
    return np.asarray(prior.basis @ total @ prior.basis.T / pixels)


def _modes(grid: Grid) -> Iterator[tuple[Ints, float]]:
    """Places in the half spectrum, and how many modes of the whole one each stands for."""
    height, width = grid.half
    lowest = min(_LOWEST, (height - 1) // 2, width - 2)
    rows, columns = np.arange(-lowest, lowest + 1) % height, np.arange(1, lowest + 1)
    yield rows * width, 1.0
    yield (rows[:, None] * width + columns).ravel(), 2.0
    stride = max(1, height * width // _ENOUGH_MODES)
    # Else some columns would never be met.
    while math.gcd(stride, width) > 1:
        stride += 1
    evenly = np.arange(stride // 2, height * width, stride)
    row, column = np.divmod(evenly, width)
    beyond = (np.minimum(row, height - row) > lowest) | (column > lowest)
    alone = (column == 0) | ((column == width - 1) & (grid.shape[1] % 2 == 0))
    yield evenly[beyond & alone], 1.0 * stride
    yield evenly[beyond & ~alone], 2.0 * stride
