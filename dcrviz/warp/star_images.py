"""Images of stars, brought to a grid as the pixels of a visit are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy.wcs import WCS

from dcrviz.records import Exposure, Floats, Plane
from dcrviz.warp.grid import Grid, edge_on, wcs_of
from dcrviz.warp.resample import light_on

# Side of the made pixels on which a star is laid: so small that no sky is curved.
_SIDE_DEG = 1e-5
_ROOM_PX = 2


def middle_on(exposure: Exposure, grid: Grid) -> tuple[float, float]:
    """Pixel (x, y) of an exposure in the middle of what a grid takes of it.

    Notes
    -----
    The middle of the box of the grid on which its edge lies.
    """
    edge = edge_on(exposure, grid.wcs)
    last = np.array(grid.shape[::-1]) - 1.0
    low, high = np.clip([edge.min(axis=0), edge.max(axis=0)], 0.0, last)
    sky = grid.wcs.celestial.pixel_to_world(*((low + high) / 2))
    x, y = wcs_of(exposure).celestial.world_to_pixel(sky)
    return float(x), float(y)


def jacobian_at(exposure: Exposure, place: tuple[float, float], grid: Grid) -> Floats:
    """(2, 2) pixels of a grid, rows (x, y), for each pixel of an exposure, columns (x, y)."""
    x, y = np.array(place)[:, None] + np.array([[0.5, -0.5, 0, 0], [0, 0, 0.5, -0.5]])
    sky = wcs_of(exposure).celestial.pixel_to_world(x, y)
    there = np.stack(grid.wcs.celestial.world_to_pixel(sky))
    return np.asarray(there[:, [0, 2]] - there[:, [1, 3]])


def star_on_grid(star: Plane, jacobian: Floats, *, method: str) -> Plane:
    """A star's image on the pixels of a grid.

    Parameters
    ----------
    star
        The star in the middle of (P, P) pixels of an exposure, with odd sides.
    jacobian
        From `jacobian_at`.
    method
        One of `METHODS` of `dcrviz.warp.resample`: that by which the exposure is resampled.

    Returns
    -------
    (Q, Q)
        With odd sides, the star in the middle, and a sum of 1.

    Notes
    -----
    Both images are laid on a made sky, the exposure's pixels along its axes, and go the way of the
    visit's own pixels. Mean places of the light keep their distance from the middle.
    """
    stretch = float(np.linalg.svd(jacobian, compute_uv=False).max())
    side = 2 * int(np.ceil(max(star.shape) / 2 * stretch)) + 1
    roomy = np.pad(star, _ROOM_PX)
    back = np.asarray(np.linalg.inv(jacobian), dtype=np.float64)
    grid = Grid(wcs=_made_sky(back, (side, side)), shape=(side, side))
    light, reached = light_on(roomy, _made_sky(np.eye(2), roomy.shape), grid, method=method)
    light = np.where(reached, light, 0)
    return np.asarray(light / light.sum(), dtype=np.float32)


def mean_star(stars: Sequence[Plane], weights: Sequence[float]) -> Plane:
    """Weighted mean of images of stars with a sum of 1 each, on the pixels of the largest."""
    side = max(max(star.shape) for star in stars)
    total = np.zeros((side, side))
    for star, weight in zip(stars, weights, strict=True):
        total += weight * np.pad(star, [((side - length) // 2,) * 2 for length in star.shape])
    return np.asarray(total / total.sum(), dtype=np.float32)


def _made_sky(matrix: Floats, shape: tuple[int, int]) -> WCS:
    """A sky whose origin is in the middle of (Y, X) pixels with these sides."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    # Far from where right ascension begins anew.
    wcs.wcs.crval = [180.0, 0.0]
    wcs.wcs.crpix = [(shape[1] + 1) / 2, (shape[0] + 1) / 2]
    wcs.wcs.cd = _SIDE_DEG * matrix
    wcs.wcs.set()
    return wcs
