"""The forward model in Fourier space, where a shift is exact: on a field padded with empty sky."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dcrviz.engine.grid import Grid
from dcrviz.engine.seeing import VisitSeeing, blur_of
from dcrviz.kernels.modes import Phases, Spectra, empty_spectra, matched_spectrum, shift_phases
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


def plane_spectra(planes: Cube, grid: Grid, *, threads: int = 1) -> Spectra:
    """Transforms of (S, Y, X) planes."""
    spectra = empty_spectra(len(planes), grid.half)
    for spectrum, plane in zip(spectra, planes, strict=True):
        grid.spectrum(plane, out=spectrum, threads=threads)
    return spectra


def fourier_template(
    spectra: Spectra,
    shifts: Shifts,
    visit: int,
    grid: Grid,
    *,
    seeing: VisitSeeing | None = None,
    threads: int = 1,
) -> Plane:
    """Matched template of one visit, (Y, X), from the transforms of the planes."""
    phases = visit_phases(shifts, visit, grid, seeing=seeing)
    matched = matched_spectrum(spectra, phases, threads=threads)
    return grid.image(matched, spent=True, threads=threads)
