"""Filling pixels without data from their neighbours."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from dcrviz.records import Bools, Plane

_MAX_PASSES = 10_000


def fill_holes(image: Plane, holes: Bools) -> Plane:
    """The image with each hole replaced by the mean of its nearest filled neighbours.

    Holes are filled from their rims inward, ring by ring; an image that is all hole becomes zero.
    """
    holes = holes | ~np.isfinite(image)
    filled = np.where(holes, np.float32(0), image)
    if holes.all():
        return filled
    known = (~holes).astype(np.float32)
    kernel = np.ones((3, 3), dtype=np.float32)
    for _ in range(_MAX_PASSES):
        if known.all():
            break
        near = ndimage.convolve(known, kernel, mode="constant")
        total = ndimage.convolve(filled * known, kernel, mode="constant")
        rim = (known == 0) & (near > 0.5)
        filled[rim] = total[rim] / near[rim]
        known[rim] = 1
    return filled
