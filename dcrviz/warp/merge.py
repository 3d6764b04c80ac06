"""All detectors of a visit as one image on the grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dcrviz.engine.masks import flagged, renumbered, with_plane
from dcrviz.frozen import Frozen
from dcrviz.records import Bits, Bools, Exposure, Pixels, Plane
from dcrviz.warp.grid import Grid, wcs_of
from dcrviz.warp.resample import UNUSABLE_PLANES, resampled
from dcrviz.warp.sky import sky_of
from dcrviz.warp.star_images import jacobian_at, mean_star, middle_on, star_on_grid


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Merged(Frozen):
    """A visit on the grid.

    Parameters
    ----------
    sky
        Level of the background that was subtracted, the mean of the detectors'.
    star
        (P, P) what a star looks like: the mean of the detectors', each counted by its pixels; None
        if none has a star image.
    """

    pixels: Pixels
    sky: float
    star: Plane | None


def merged_on(
    exposures: Sequence[Exposure], grid: Grid, *, method: str, sky_box_px: int | None
) -> Merged:
    """Bring the detectors of a visit to a grid, each where the others have no usable pixel.

    Parameters
    ----------
    method
        One of `METHODS` of `dcrviz.warp.resample`.
    sky_box_px
        Side of the boxes in which the sky's level is found; None leaves the sky in.
    """
    merged, owner, levels = None, np.zeros(grid.shape, dtype=np.int16), []
    for index, exposure in enumerate(exposures):
        pixels, sky = _read(exposure, sky_box_px)
        levels.append(sky)
        one = resampled(pixels, wcs_of(exposure), grid, method=method)
        if merged is None:
            merged = one
        else:
            merged, from_it = _merged(merged, one)
            owner[from_it] = index
    assert merged is not None
    counts = np.bincount(owner[np.isfinite(merged.image)], minlength=len(exposures))
    return Merged(
        pixels=merged,
        sky=float(np.mean(levels)),
        star=_star(exposures, counts.tolist(), grid, method=method),
    )


def _star(
    exposures: Sequence[Exposure], counts: Sequence[int], grid: Grid, *, method: str
) -> Plane | None:
    stars, weights = [], []
    for exposure, count in zip(exposures, counts, strict=True):
        if exposure.psf is not None and count:
            jacobian = jacobian_at(exposure, middle_on(exposure, grid), grid)
            stars.append(star_on_grid(exposure.psf, jacobian, method=method))
            weights.append(float(count))
    return mean_star(stars, weights) if stars else None


def _read(exposure: Exposure, sky_box_px: int | None) -> tuple[Pixels, float]:
    """An exposure's pixels without the sky, times its photometric scale."""
    assert exposure.variance is not None
    scale = np.float32(exposure.visit.scale)
    image = np.asarray(exposure.image[:], dtype=np.float32) * scale
    mask = np.asarray(exposure.mask[:], dtype=np.int32)
    sky = 0.0
    if sky_box_px is not None:
        bad = flagged(mask, exposure.planes, UNUSABLE_PLANES)
        level = sky_of(image, bad, box_px=sky_box_px)
        image, sky = image - level, float(np.median(level))
    variance = np.asarray(exposure.variance[:], dtype=np.float32) * scale**2
    return Pixels(image=image, variance=variance, mask=mask, planes=exposure.planes), sky


def _merged(one: Pixels, other: Pixels) -> tuple[Pixels, Bools]:
    """Two detectors of a visit on one grid, and the pixels that are the second one's."""
    planes = dict(one.planes)
    for name in other.planes:
        planes = with_plane(planes, name)
    masks = [renumbered(p.mask, p.planes, planes) for p in (one, other)]
    worse = [flagged(mask, planes, UNUSABLE_PLANES) for mask in masks]
    missing = [~np.isfinite(pixels.image) for pixels in (one, other)]
    second = (missing[0] & ~missing[1]) | (worse[0] & ~worse[1])
    image: Plane = np.where(second, other.image, one.image)
    variance: Plane = np.where(second, other.variance, one.variance)
    mask: Bits = np.where(second, masks[1], masks[0])
    return Pixels(image=image, variance=variance, mask=mask, planes=planes), second
