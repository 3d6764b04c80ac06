"""What does not change from visit to visit: their clipped mean at one common seeing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dcrviz.engine.detect import FWHM_PER_SIGMA
from dcrviz.engine.deviations import robust_noise
from dcrviz.engine.fill import fill_holes
from dcrviz.engine.masks import flagged
from dcrviz.engine.psf_match import convolved
from dcrviz.engine.stack import stack_images
from dcrviz.frozen import Frozen
from dcrviz.kernels import grow_flags, smooth
from dcrviz.records import Bools, Cube, Exposure, Floats, LazyPlane, Plane

# Pixels of all visits that are stacked together, and kept if they are all.
_PIXELS_AT_ONCE = 4_000_000
# As sources are detected on the template coadd.
_SOURCE_SIGMA = 5.0
_SOURCE_GROWTH = 2.0


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class MatchedVisits:
    """Visits at a common seeing, of which only the rows in use are in memory.

    Parameters
    ----------
    images
        V times (Y, X), scaled.
    kernels
        Of each visit, what brings it to the common seeing.
    fwhm_px
        The common seeing.
    """

    exposures: Sequence[Exposure]
    images: Sequence[Plane | LazyPlane]
    kernels: Sequence[Plane]
    fwhm_px: float

    def rows(self, visit: int, rows: slice = slice(None)) -> tuple[Plane, Bools]:
        """Some rows of a visit, and which of their pixels hold data.

        Pixels without are filled from their rims before they are smeared over their neighbours.
        """
        exposure, kernel = self.exposures[visit], self.kernels[visit]
        height, reach = exposure.shape[0], len(kernel) // 2
        first, last, _ = rows.indices(height)
        read = slice(max(0, first - reach), min(height, last + reach))
        image = np.asarray(self.images[visit][read], dtype=np.float32)
        known = np.isfinite(image) & ~flagged(exposure.mask[read], exposure.planes, ["NO_DATA"])
        inner = slice(first - read.start, last - read.start)
        return convolved(fill_holes(image, ~known), kernel, rows=inner), known[inner]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class StaticSky(Frozen):
    """The clipped mean of matched visits.

    Parameters
    ----------
    image
        (Y, X); 0 where no visit has data.
    n_visits
        (Y, X), how many have.
    matched
        (V, Y, X) and which pixels hold data, if the field is so small that all are kept.
    """

    image: Plane
    n_visits: NDArray[np.uint16]
    matched: tuple[Cube, Bools] | None


def matched_sky(
    visits: MatchedVisits, weights: Floats, *, sigma_clip: float, clip_iterations: int
) -> StaticSky:
    """Mean of the visits without what deviates, band of rows by band.

    Parameters
    ----------
    weights
        (V,).
    """
    n_visits = len(visits.exposures)
    height, width = visits.exposures[0].shape
    step = min(height, max(1, _PIXELS_AT_ONCE // (n_visits * width)))
    image = np.zeros((height, width), dtype=np.float32)
    number = np.zeros((height, width), dtype=np.uint16)
    matched: tuple[Cube, Bools] | None = None
    for first in range(0, height, step):
        rows = slice(first, min(height, first + step))
        parts = [visits.rows(visit, rows) for visit in range(n_visits)]
        cube, known = (np.stack(both) for both in zip(*parts, strict=True))
        mean, _ = stack_images(
            cube,
            known,
            weights,
            statistic="MEANCLIP",
            sigma_clip=sigma_clip,
            clip_iterations=clip_iterations,
        )
        image[rows] = np.nan_to_num(mean)
        number[rows] = known.sum(axis=0)
        matched = (cube, known) if step == height else None
    return StaticSky(image=image, n_visits=number, matched=matched)


def sources_on(sky: StaticSky, fwhm_px: float) -> Bools:
    """Footprints of what is brighter than the sky, by the noise that the sky itself shows."""
    sigma_px = fwhm_px / FWHM_PER_SIGMA
    image, known = smooth(sky.image, sigma_px, mode="reflect"), sky.n_visits > 0
    bright = np.zeros(image.shape, dtype=np.bool_)
    # Once more with the noise of what is no source.
    for _ in range(2):
        noise = robust_noise(image, known & ~bright)
        bright = known & (image > _SOURCE_SIGMA * noise)
    return grow_flags(bright, _SOURCE_GROWTH * sigma_px)
