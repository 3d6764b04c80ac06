"""Shifts, smoothing and openings by `scipy.ndimage`: what every kernel must match."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import ndimage

from dcrviz.records import Bools, Floats, Plane, SplineOrder


def shift_image(image: Plane, shift_px: Floats, *, order: SplineOrder) -> Plane:
    """Move an image by ``(y, x)`` pixels, zero where nothing comes from inside.

    Notes
    -----
    ``out(y, x) = in(y - dy, x - dx)``, interpolated by a spline of the given order (0 to 5) with
    mirrored prefilter (ALGORITHM.md section 2).
    """
    return ndimage.shift(image, shift_px.tolist(), order=order, mode="constant", cval=0.0)


def smooth(image: Plane, width_px: float, *, mode: Literal["constant", "reflect"]) -> Plane:
    """Convolve with a Gaussian of this standard deviation, cut at four of them.

    `mode` is ``constant`` (zero outside) or ``reflect``; a width of 0 returns a copy.
    """
    if width_px == 0:
        return image.copy()
    smoothed: Plane = ndimage.gaussian_filter(image, width_px, mode=mode, truncate=4.0)
    return smoothed


def open_flags(flags: Bools, radius_px: int) -> Bools:
    """Binary opening with the diamond of this radius; radius 0 keeps every flag.

    Pixels nearer to the edge than the radius are never kept, as nothing outside counts as flagged.
    """
    if radius_px == 0 or not flags.any():
        return flags
    cross = ndimage.generate_binary_structure(2, 1)
    diamond = ndimage.iterate_structure(cross, radius_px)
    opened: Bools = ndimage.binary_opening(flags, structure=diamond)
    return opened


def grow_flags(flags: Bools, radius_px: float) -> Bools:
    """Flag every pixel whose distance to a flagged one is at most the radius."""
    if not flags.any():
        return flags
    distance: Floats = np.asarray(ndimage.distance_transform_edt(~flags))
    return distance <= radius_px
