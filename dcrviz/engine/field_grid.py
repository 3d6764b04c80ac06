"""The grid of a whole field in Fourier space."""

from __future__ import annotations

import numpy as np

from dcrviz.engine.grid import Grid, grid_for
from dcrviz.engine.seeing import VisitSeeing
from dcrviz.records import Floats, Shifts


def field_grid(
    shifts: Shifts, seeing: VisitSeeing | None, factors: Floats, shape: tuple[int, int]
) -> Grid:
    """A grid with room for what the visits that are on shift in, and for the wings of their stars.

    Parameters
    ----------
    factors
        (V,), of the visits' weights: of those that are off, with 0, nothing depends.
    """
    on = np.flatnonzero(factors)
    wings_px = 0 if seeing is None else seeing.of(on.tolist()).reach_px
    return grid_for(shifts.of(on), shape, wings_px=wings_px)
