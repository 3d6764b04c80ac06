"""Where an image has sources, and how near each is to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from dcrviz.frozen import Frozen
from dcrviz.kernels.extract import extract
from dcrviz.records import Bools, Floats, Plane

_LEAST_PIXELS = 5


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class BrightSources(Frozen):
    """Sources, the brightest pixel first.

    Parameters
    ----------
    x, y
        (N,), where their light is centred.
    peak
        (N,), light of the brightest pixel.
    sigma
        (N,), the same over the noise of that pixel.
    """

    x: Floats
    y: Floats
    peak: Floats
    sigma: Floats

    def alone(self, *, within_px: float, fraction: float = 0.0) -> Bools:
        """(N,) whether no other source so near has a peak of this part of its own."""
        lonely = np.ones(len(self.x), dtype=np.bool_)
        if len(lonely) < 2:
            return lonely
        tree = KDTree(np.stack([self.x, self.y], axis=1))
        one, other = tree.query_pairs(within_px, output_type="ndarray").T
        lonely[one[self.peak[other] >= fraction * self.peak[one]]] = False
        lonely[other[self.peak[one] >= fraction * self.peak[other]]] = False
        return lonely


def bright_sources(
    image: Plane, variance: Plane, unusable: Bools, *, sigma: float
) -> BrightSources:
    """Sources of which five pixels side by side stand so far out of the noise, parted by `sep`.

    Parameters
    ----------
    image
        (Y, X), without sky.
    unusable
        Pixels that tell nothing; those that are not finite or have no variance tell nothing either.
    """
    unusable = unusable | ~(np.isfinite(image) & np.isfinite(variance) & (variance > 0))
    pixels = np.ascontiguousarray(np.where(unusable, 0, image), dtype=np.float32)
    error = np.sqrt(np.where(unusable, 1, variance)).astype(np.float32)
    found = extract(pixels, sigma, err=error, mask=unusable, minarea=_LEAST_PIXELS)
    peak = np.asarray(found["peak"], dtype=np.float64)
    order = np.argsort(-peak, kind="stable")
    noise = error[found["ypeak"], found["xpeak"]]
    return BrightSources(
        x=found["x"][order].astype(np.float64),
        y=found["y"][order].astype(np.float64),
        peak=peak[order],
        sigma=(peak / noise)[order],
    )
