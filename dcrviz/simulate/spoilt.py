"""What spoils a visit: a shift, a trail, a saturated core, a wrong angle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dcrviz.mask_planes import USUAL_PLANES
from dcrviz.records import Bits, Bools, Exposure
from dcrviz.simulate.scene import Scene

_FWHM_OVER_SIGMA = np.sqrt(8 * np.log(2))


def moved(scene: Scene, *, x_px: float, y_px: float) -> Scene:
    """The scene as a visit with bad astrometry has it: all sources aside by as much."""
    sources = [replace(s, x=s.x + x_px, y=s.y + y_px) for s in scene.sources]
    return replace(scene, sources=tuple(sources))


def mirrored(exposure: Exposure) -> Exposure:
    """The same pixels under a parallactic angle of the opposite sign."""
    angle_rad = exposure.visit.parallactic_rad
    if angle_rad is None:
        raise ValueError(f"visit {exposure.visit.id}: parallactic_rad must be known; got none")
    return replace(exposure, visit=replace(exposure.visit, parallactic_rad=-angle_rad))


def with_trail(
    exposure: Exposure, *, start: tuple[float, float], end: tuple[float, float], peak: float
) -> Exposure:
    """A satellite that has crossed the field from one point (x, y) to another.

    Parameters
    ----------
    peak
        Flux per pixel on its middle line; across it, it is as wide as the seeing.
    """
    width, height = end[0] - start[0], end[1] - start[1]
    length = np.hypot(width, height)
    rows, columns = np.indices(exposure.shape)
    off_px = ((columns - start[0]) * height - (rows - start[1]) * width) / length
    sigma_px = (exposure.visit.psf_fwhm_px or 0.0) / _FWHM_OVER_SIGMA
    light = peak * np.exp(-0.5 * (off_px / sigma_px) ** 2)
    assert exposure.variance is not None
    return replace(
        exposure,
        image=(exposure.image[:] + light).astype(np.float32),
        variance=(exposure.variance[:] + light).astype(np.float32),
    )


def saturated(exposure: Exposure, *, level: float, bleed_px: int) -> Exposure:
    """Pixels above a level are clipped to it, and bleed along their columns.

    Parameters
    ----------
    level
        Flux in a pixel at which the detector is full.
    bleed_px
        How far the charge runs up and down from a full pixel.
    """
    image = exposure.image[:]
    full = _bled(image > level, bleed_px)
    sat: Bits = np.where(full, np.int32(1 << USUAL_PLANES["SAT"]), np.int32(0))
    return replace(
        exposure,
        image=np.where(full, np.float32(level), image),
        mask=exposure.mask[:] | sat,
    )


def _bled(full: Bools, reach: int) -> Bools:
    """The pixels, and those so far above and below them."""
    grown = full.copy()
    for rows in range(1, reach + 1):
        grown[rows:] |= full[:-rows]
        grown[:-rows] |= full[rows:]
    return grown
