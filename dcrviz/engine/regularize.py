"""The two clamps that keep the planes from running away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from dcrviz.kernels.gauss import smooth
from dcrviz.kernels.planes import (
    clamp_about,
    divide_by_level,
    positive_part,
    sharpen,
)
from dcrviz.kernels.pool import run_all
from dcrviz.records import Cube, Floats, Plane


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Clamped:
    """Planes after a clamp, with the fraction of pixels it changed, (S,) each."""

    planes: Cube
    high: Floats
    low: Floats


def clamp_change(
    new: Cube, old: Cube, *, factor: float, radius_px: int, threads: int = 1
) -> Clamped:
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
    planes = np.empty_like(new)

    def clamp(subfilter: int) -> tuple[int, int]:
        planes[subfilter] = new[subfilter]
        return clamp_about(planes[subfilter], old[subfilter], factor, radius_px)

    return _clamped(planes, clamp, threads)


def clamp_spectrum(
    new: Cube, reference: Plane, *, factor: float, radius_px: int, noise: float, threads: int = 1
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
    reference, any_light = positive_part(reference)
    if not any_light:
        return _clamped(new, lambda _: (0, 0), 1)
    level, floor = _level(reference, radius_px, noise)
    planes = np.empty_like(new)

    def clamp(subfilter: int) -> tuple[int, int]:
        plane = planes[subfilter]
        plane[...] = new[subfilter]
        counts = clamp_about(plane, level, float(np.sqrt(factor)), radius_px)
        ratio = smooth(plane, radius_px, mode="constant")
        divide_by_level(ratio, floor, level)
        sharpen(ratio, smooth(ratio, radius_px / 3, mode="reflect"), reference, out=plane)
        return counts

    return _clamped(planes, clamp, threads)


def limit_spectrum(
    new: Cube, reference: Plane, *, factor: float, radius_px: int, noise: float, threads: int = 1
) -> Clamped:
    """What `clamp_spectrum` does first: the limits alone, before anything is smoothed."""
    reference, any_light = positive_part(reference)
    if not any_light:
        return _clamped(new, lambda _: (0, 0), 1)
    level, _ = _level(reference, radius_px, noise)
    planes = new.copy()

    def clamp(subfilter: int) -> tuple[int, int]:
        return clamp_about(planes[subfilter], level, float(np.sqrt(factor)), radius_px)

    return _clamped(planes, clamp, threads)


def _level(reference: Plane, radius_px: int, noise: float) -> tuple[Plane, float]:
    """The smoothed reference with a floor of the noise, and that floor."""
    floor = 3 * noise / (2 * radius_px) if radius_px else 3 * noise
    level = smooth(reference, radius_px, mode="constant")
    level += np.float32(floor)
    return level, floor


def _clamped(planes: Cube, clamp: Callable[[int], tuple[int, int]], threads: int) -> Clamped:
    """Clamp each plane, and tell which fractions of its pixels were high and low."""
    tasks = [partial(clamp, subfilter) for subfilter in range(len(planes))]
    fractions = np.array(run_all(tasks, threads=threads), dtype=np.float64)
    fractions /= max(planes[0].size, 1)
    return Clamped(planes=planes, high=fractions[:, 0], low=fractions[:, 1])
