"""All visits against planes that move exactly, in Fourier space."""

from __future__ import annotations

import numpy as np

from dcrviz.engine.fit import misfit
from dcrviz.engine.fourier import fourier_template, plane_spectra
from dcrviz.engine.problem import Problem
from dcrviz.kernels.visit import VisitPixels, misfit_sums
from dcrviz.records import Cube, Floats, Plane


def fourier_misfits(
    problem: Problem, planes: Cube, importance: Plane, *, threads: int = 1
) -> Floats:
    """(V,), misfit of each visit on the whole field; NaN without a pixel that counts.

    Parameters
    ----------
    importance
        (Y, X) weight of each pixel.
    """
    grid = problem.grid
    spectra = plane_spectra(planes, grid, threads=threads)
    misfits = []
    for visit in range(len(problem.visits)):
        template = fourier_template(
            spectra, problem.shifts, visit, grid, seeing=problem.seeing, threads=threads
        )
        pixels = VisitPixels(
            image=problem.images[visit],
            usable=problem.observed[visit],
            detected=problem.detected[visit],
        )
        sums = misfit_sums(template, pixels, importance, threads=threads)
        misfits.append(misfit(*sums, pixels))
    return np.array(misfits)
