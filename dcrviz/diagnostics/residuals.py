"""How large a residual is, and how large it may be by the noise."""

from __future__ import annotations

import math

import numpy as np

from dcrviz.diagnostics.holes import near_pixels
from dcrviz.diagnostics.pictures import sky_noise, visit_noise
from dcrviz.engine import Problem
from dcrviz.records import Exposure, Plane


def residual_rms_sigma(problem: Problem, visit: int, residual: Plane) -> float:
    """Root mean square of a residual on and near sources, in sigma of the visit's sky.

    Parameters
    ----------
    residual
        (Y, X), in flux; pixels that are not finite don't count. NaN if none counts.
    """
    pixels = residual[near_pixels(problem) & np.isfinite(residual)].astype(np.float64)
    if not pixels.size:
        return math.nan
    noise = visit_noise(problem, visit) or sky_noise(problem)
    return float(np.sqrt(np.mean(pixels**2)) / noise)


def noise_of(exposure: Exposure) -> Plane:
    """(Y, X) noise of a visit, as scaled as its image is; NaN where it has none."""
    assert exposure.variance is not None
    variance = np.asarray(exposure.variance[:], dtype=np.float32)
    scale = exposure.visit.scale
    noise: Plane = np.where(variance > 0, scale * np.sqrt(np.maximum(variance, 0)), np.nan)
    return noise.astype(np.float32)
