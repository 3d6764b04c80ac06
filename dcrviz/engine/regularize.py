"""The two clamps that keep the planes from running away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dcrviz.kernels.gauss import smooth
from dcrviz.kernels.planes import clamp_to_change, clamp_to_level, divide_by_level, sharpen
from dcrviz.records import Cube, Floats, Plane


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Clamped:
    """Planes after a clamp, with the fraction of pixels it changed, (S,) each."""

    planes: Cube
    high: Floats
    low: Floats


def clamp_change(new: Cube, old: Cube, *, factor: float, radius_px: int) -> Clamped:
    """Limit the change of a pixel since the last iteration to a factor.

    Parameters
    ----------
    radius_px
        Pixels beyond a limit count only where they survive an opening with the diamond of this
        radius: lone noisy pixels are left alone.

    Notes
    -----
    ALGORITHM.md section 4, iteration clamp: old / f <= new <= f |old|. For negative pixels that is
    what LSST's task does, too: -1 becomes at least -0.5, and zero can never grow.
    """
    planes = np.array(new, dtype=np.float32)
    return _clamped(
        planes,
        [
            clamp_to_change(plane, before, factor, radius_px)
            for plane, before in zip(planes, old, strict=True)
        ],
    )


def clamp_spectrum(
    new: Cube, reference: Plane, *, factor: float, radius_px: int, noise: float
) -> Clamped:
    """Limit how far the planes of one pixel may differ, and smooth their ratio to the reference.

    Parameters
    ----------
    new
        (S, Y, X), after the clamp of the change.
    reference
        (Y, X), mean of the planes before this iteration.
    noise
        Of the background of the first new plane.

    Notes
    -----
    ALGORITHM.md section 4, frequency regularization. With radius 0 nothing is smoothed or opened,
    where LSST's task of 2019 returned NaN.
    """
    # NaN is not above zero either.
    reference = np.where(reference > 0, reference, np.float32(0))
    if not reference.any():
        return _clamped(new, [(0, 0)] * len(new))
    floor = 3 * noise / (2 * radius_px) if radius_px else 3 * noise
    level: Plane = smooth(reference, radius_px, mode="constant") + np.float32(floor)
    planes = np.array(new, dtype=np.float32)
    ratio, blurred = np.empty_like(level), np.empty_like(level)
    counts = []
    for plane in planes:
        counts.append(clamp_to_level(plane, level, float(np.sqrt(factor)), radius_px))
        smooth(plane, radius_px, mode="constant", out=ratio)
        divide_by_level(ratio, floor, level)
        smooth(ratio, radius_px / 3, mode="reflect", out=blurred)
        sharpen(ratio, blurred, reference, out=plane)
    return _clamped(planes, counts)


def _clamped(planes: Cube, counts: Sequence[tuple[int, int]]) -> Clamped:
    fractions = np.array(counts, dtype=np.float64) / max(planes[0].size, 1)
    return Clamped(planes=planes, high=fractions[:, 0], low=fractions[:, 1])
