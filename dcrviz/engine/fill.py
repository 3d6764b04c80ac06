"""Filling pixels without data from their neighbours."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.fill import fill_from_rims
from dcrviz.records import Bools, Plane


def fill_holes(image: Plane, holes: Bools) -> Plane:
    """The image with each hole replaced by the mean of its nearest filled neighbours.

    Holes are filled from their rims inward, ring by ring; an image that is all hole becomes zero.
    """
    holes = holes | ~np.isfinite(image)
    filled = np.where(holes, np.float32(0), image)
    if holes.any() and not holes.all():
        fill_from_rims(filled, ~holes)
    return filled
