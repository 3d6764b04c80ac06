"""From calibrated single exposures to warps: all on one pixel grid, without sky, on one scale."""

from dcrviz.warp.grid import Grid, common_grid, grid_around, grid_of
from dcrviz.warp.psfex import psfex_files, psfex_models, with_star_images
from dcrviz.warp.seeing import Seeing, check_seeing, with_seeing
from dcrviz.warp.warps import Warp, visits_of, warped

__all__ = [
    "Grid",
    "Seeing",
    "Warp",
    "check_seeing",
    "common_grid",
    "grid_around",
    "grid_of",
    "psfex_files",
    "psfex_models",
    "visits_of",
    "warped",
    "with_seeing",
    "with_star_images",
]
