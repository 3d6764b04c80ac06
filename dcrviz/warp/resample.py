"""One exposure on another grid: image, variance and mask."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from astropy.wcs import WCS
from reproject import reproject_exact, reproject_interp

from dcrviz.engine.fill import fill_holes
from dcrviz.engine.masks import flagged, with_plane
from dcrviz.records import Bits, Bools, Pixels, Plane
from dcrviz.warp.areas import pixel_areas
from dcrviz.warp.grid import Grid

METHODS = ("bicubic", "exact")
"""How pixels are resampled: cubic interpolation, which is sharp, or by the areas that pixels share,
which keeps the flux of every pixel and blurs by about one."""
# Pixels that a flagged one reaches, beyond its own.
_REACH_PX: Mapping[str, int] = MappingProxyType({"bicubic": 1, "exact": 1})
UNUSABLE_PLANES = ("NO_DATA", "BAD", "SAT", "CR", "SUSPECT", "EDGE")
"""Mask planes whose pixels are filled before they are resampled, so that they don't ring."""


def resampled(pixels: Pixels, wcs: WCS, grid: Grid, *, method: str = "bicubic") -> Pixels:
    """The same sky on a grid, NaN and NO_DATA where there are no pixels; flux stays flux.

    Parameters
    ----------
    wcs
        Of the pixels.
    method
        One of `METHODS`.

    Raises
    ------
    ValueError
        If there is no such method.

    Notes
    -----
    Surface brightness is what is interpolated, so that a star keeps its flux where pixels change
    their size. The variance is carried from the nearest pixel: it says how noisy a place is, while
    neighbours become correlated and single pixels less noisy than it says. Flags are carried from
    the nearest pixel and its neighbours.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}; got {method!r}")
    planes = with_plane(pixels.planes, "NO_DATA")
    bad = flagged(pixels.mask, planes, UNUSABLE_PLANES)
    missing = ~np.isfinite(pixels.image)
    # Not before the holes are filled: a saturated core would fill its rim.
    image = fill_holes(pixels.image, bad | missing)
    mask = np.where(missing, pixels.mask | np.int32(1 << planes["NO_DATA"]), pixels.mask)
    here, there = pixel_areas(wcs, image.shape), pixel_areas(grid.wcs, grid.shape)
    brightness, reached = light_on(image / here, wcs, grid, method=method)
    variance, bits = _nearest(
        [np.nan_to_num(pixels.variance / here**2), _grown(mask, _REACH_PX[method])], wcs, grid
    )
    reached &= np.isfinite(bits)
    outside = ~reached
    mask = np.where(reached, np.nan_to_num(bits), 0).astype(np.int32)
    mask[outside] = np.int32(1 << planes["NO_DATA"])
    return Pixels(
        image=np.where(outside, np.nan, brightness * there).astype(np.float32),
        variance=np.where(outside, np.nan, variance * there**2).astype(np.float32),
        mask=mask,
        planes=planes,
    )


def light_on(brightness: Plane, wcs: WCS, grid: Grid, *, method: str) -> tuple[Plane, Bools]:
    """Resampled surface brightness, and the pixels that lie on the image wholly."""
    target = {"output_projection": grid.wcs, "shape_out": grid.shape}
    data = (brightness.astype(np.float64), wcs)
    if method == "exact":
        found, footprint = reproject_exact(data, **target)
        return found, footprint > 1 - 1e-6
    found, footprint = reproject_interp(data, order="bicubic", roundtrip_coords=False, **target)
    return found, (footprint > 0) & np.isfinite(found)


def _nearest(images: list[np.ndarray], wcs: WCS, grid: Grid) -> np.ndarray:
    """(N, Y, X) the nearest pixel of several images, NaN outside."""
    stack = np.stack([np.asarray(image, dtype=np.float64) for image in images])
    found, _ = reproject_interp(
        (stack, wcs), grid.wcs, shape_out=grid.shape, order=0, roundtrip_coords=False
    )
    return np.asarray(found)


def _grown(mask: Bits, reach_px: int) -> Bits:
    """The mask with every flag set also in the pixels within a square about it."""
    grown = mask.copy()
    for axis in (0, 1):
        before = grown.copy()
        for step in range(1, reach_px + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(step, None), slice(None, -step)
            grown[tuple(ahead)] |= before[tuple(behind)]
            grown[tuple(behind)] |= before[tuple(ahead)]
    return grown
