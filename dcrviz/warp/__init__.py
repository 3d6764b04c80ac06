"""From calibrated single exposures to warps: all on one pixel grid, without sky, on one scale."""

from dcrviz.warp.grid import Grid, common_grid, grid_around, grid_of
from dcrviz.warp.warps import Warp, visits_of, warped

__all__ = ["Grid", "Warp", "common_grid", "grid_around", "grid_of", "visits_of", "warped"]
