"""What a star looks like in a visit, and in what is made of many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dcrviz.physics.seeing import star_image, width_px
from dcrviz.psf import Psf
from dcrviz.records import Exposure, Floats, Plane

# Beyond this many widths there is next to nothing of a star's light.
_REACH_FWHM = 4.0


def seeing_of(exposure: Exposure) -> float | None:
    """Width of the stars of a visit: as it tells, or as its star image shows; else None."""
    if exposure.visit.psf_fwhm_px is not None:
        return exposure.visit.psf_fwhm_px
    return None if exposure.psf is None else width_px(exposure.psf)


def mean_star_image(exposures: Sequence[Exposure], weights: Floats, *, psf: Psf) -> Plane | None:
    """Weighted mean of the visits' star images; None if no visit that counts tells its seeing.

    Parameters
    ----------
    weights
        (V,), what each counts; of visits that tell no seeing nothing is known.
    psf
        Profile of the stars of visits that tell their width alone.

    Returns
    -------
    (P, P)
        With odd sides and a sum of 1.
    """
    used = [
        (exposure, weight)
        for exposure, weight in zip(exposures, weights, strict=True)
        if weight > 0 and seeing_of(exposure) is not None
    ]
    if not used:
        return None
    reach = _reach_px(max(seeing_of(exposure) or 0.0 for exposure, _ in used))
    total = np.zeros((2 * reach + 1, 2 * reach + 1))
    for exposure, weight in used:
        total += weight * _star_of(exposure, reach, psf)
    return np.asarray(total / total.sum(), dtype=np.float32)


def star_of(fwhm_px: float, *, psf: Psf) -> Plane:
    """(P, P) image of a star of this width, with as much of its wings as is worth it."""
    return star_image(fwhm_px, psf=psf, reach_px=_reach_px(fwhm_px))


def _reach_px(fwhm_px: float) -> int:
    return int(np.ceil(_REACH_FWHM * fwhm_px))


def _star_of(exposure: Exposure, reach: int, psf: Psf) -> Plane:
    if exposure.psf is None:
        return star_image(seeing_of(exposure) or 1.0, psf=psf, reach_px=reach)
    placed = np.zeros((2 * reach + 1, 2 * reach + 1), dtype=np.float32)
    height, width = (min(side // 2, reach) for side in exposure.psf.shape)
    middle_y, middle_x = (side // 2 for side in exposure.psf.shape)
    placed[reach - height : reach + height + 1, reach - width : reach + width + 1] = exposure.psf[
        middle_y - height : middle_y + height + 1, middle_x - width : middle_x + width + 1
    ]
    return np.asarray(placed / placed.sum(), dtype=np.float32)
