"""The two clamps that keep the planes from running away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from dcrviz.kernels.clamp import clamp_rows
from dcrviz.kernels.gauss import smooth_rows
from dcrviz.kernels.planes import positive_part
from dcrviz.kernels.pool import bands_of, run_all, run_bands
from dcrviz.kernels.ratio import smooth_ratio
from dcrviz.records import Cube, Floats, Plane
from dcrviz.rooms import fresh_like

# Pixels whose planes and flags stay in the cache while they are clamped.
_PIXELS_AT_ONCE = 65_536


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
    ALGORITHM.md section 4, iteration clamp: ``old / f <= new <= f |old|``. For negative pixels that
    is what LSST's task does, too: -1 becomes at least -0.5, and zero can never grow.
    """
    return _clamped(new, list(old), factor, radius_px, threads)


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
    reference = positive_part(reference, threads=threads)
    if not reference.any():
        return _untouched(new)
    level, floor = _level(reference, radius_px, noise, threads)
    limited = _clamped(new, [level] * len(new), float(np.sqrt(factor)), radius_px, threads)
    planes = fresh_like(new)
    smoothing = partial(
        smooth_ratio, reference=reference, level=level, floor=floor, width_px=radius_px
    )
    tasks = [
        partial(smoothing, before, out=after, rows=rows)
        for before, after in zip(limited.planes, planes, strict=True)
        for rows in bands_of(len(reference), threads)
    ]
    run_all(tasks, threads=threads)
    return replace(limited, planes=planes)


def limit_spectrum(
    new: Cube, reference: Plane, *, factor: float, radius_px: int, noise: float, threads: int = 1
) -> Clamped:
    """What `clamp_spectrum` does first: the limits alone, before anything is smoothed."""
    reference = positive_part(reference, threads=threads)
    if not reference.any():
        return _untouched(new)
    level, _ = _level(reference, radius_px, noise, threads)
    return _clamped(new, [level] * len(new), float(np.sqrt(factor)), radius_px, threads)


def _level(reference: Plane, radius_px: int, noise: float, threads: int) -> tuple[Plane, float]:
    """The smoothed reference with a floor of the noise, and that floor."""
    floor = 3 * noise / (2 * radius_px) if radius_px else 3 * noise
    level = fresh_like(reference)

    def write(top: int, bottom: int) -> None:
        smooth_rows(reference, radius_px, mode="constant", out=level, rows=(top, bottom))
        level[top:bottom] += np.float32(floor)

    run_bands(write, len(level), threads=threads)
    return level, floor


def _clamped(
    new: Cube, levels: Sequence[Plane], factor: float, radius_px: int, threads: int
) -> Clamped:
    """Planes clamped about their levels, band by band."""
    planes = fresh_like(new)
    bands = bands_of(new.shape[1], max(threads, new[0].size // _PIXELS_AT_ONCE))
    tasks = [
        partial(clamp_rows, before, level, factor, radius_px, after, *rows)
        for before, level, after in zip(new, levels, planes, strict=True)
        for rows in bands
    ]
    counts = np.array(run_all(tasks, threads=threads), dtype=np.float64)
    fractions = counts.reshape(len(new), len(bands), 2).sum(axis=1) / max(new[0].size, 1)
    return Clamped(planes=planes, high=fractions[:, 0], low=fractions[:, 1])


def _untouched(planes: Cube) -> Clamped:
    return Clamped(planes=planes, high=np.zeros(len(planes)), low=np.zeros(len(planes)))
