"""Matched templates of all visits, the work that they share done once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dcrviz.engine.fourier import fourier_template, grid_for, plane_spectra
from dcrviz.engine.taps import visit_taps
from dcrviz.kernels.shift import shift_and_sum
from dcrviz.kernels.spline import stack_coefficients
from dcrviz.records import Cube, Plane, Shifts, SplineOrder


def visit_templates(
    amplified: Cube, shifts: Shifts, visits: Sequence[int], *, order: SplineOrder | None
) -> Iterator[Plane]:
    """Matched templates of these visits, one (Y, X) after another; see `visit_template`."""
    amplified = np.ascontiguousarray(amplified, dtype=np.float32)
    shape = (amplified.shape[1], amplified.shape[2])
    if order is None:
        grid = grid_for(shifts, shape)
        spectra = plane_spectra(amplified, grid)
        for visit in visits:
            yield fourier_template(spectra, shifts, visit, grid)
        return
    coefs, taps = stack_coefficients(amplified, order=order), visit_taps(shifts, shape, order)
    for visit in visits:
        template = np.zeros(shape, dtype=np.float32)
        shift_and_sum(coefs, taps[visit].forward, taps[visit].sources, template)
        yield template
