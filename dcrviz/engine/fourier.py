"""The forward model in Fourier space, where a shift is exact: on a field padded with empty sky."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dcrviz.engine.grid import Grid
from dcrviz.engine.seeing import VisitSeeing, blur_of
from dcrviz.kernels.modes import Phases, Spectrum, matched_spectrum, shift_phases
from dcrviz.records import Cube, Plane, Shifts


def visit_phases(
    shifts: Shifts, visit: int, grid: Grid, *, seeing: VisitSeeing | None = None
) -> Phases:
    """Phases of all shifts of one visit, every plane with the same number of them, and its blur.

    Made anew for each use, which takes far less than a transform, and does not grow with V.
    """
    planes, number = shifts.split.shape[1:3]
    phases = shift_phases(
        shifts.split[visit].reshape(-1, 2),
        shifts.weights.ravel(),
        np.repeat(np.arange(planes), number),
        grid.shape,
    )
    return replace(phases, blur=blur_of(seeing, visit, grid))


def plane_spectra(planes: Cube, grid: Grid, *, threads: int = 1) -> list[Spectrum]:
    """Transforms of (S, Y, X) planes."""
    return [grid.spectrum(plane, threads=threads) for plane in planes]


def fourier_template(
    spectra: Sequence[Spectrum],
    shifts: Shifts,
    visit: int,
    grid: Grid,
    *,
    seeing: VisitSeeing | None = None,
    threads: int = 1,
) -> Plane:
    """Matched template of one visit, (Y, X), from the transforms of the planes."""
    matched = matched_spectrum(spectra, visit_phases(shifts, visit, grid, seeing=seeing))
    return np.ascontiguousarray(grid.image(matched, threads=threads))
