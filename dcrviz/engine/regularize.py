"""The two clamps that keep the planes from running away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.kernels import open_flags, smooth
from dcrviz.records import Cube, Floats, Plane


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Clamped:
    """Planes after a clamp, with the fraction of pixels it changed, (S,) each."""

    planes: Cube
    high: Floats
    low: Floats


def clamp_planes(planes: Cube, *, high: Cube, low: Cube, radius_px: int) -> Clamped:
    """Clip (S, Y, X) planes where whole patches of them are too high or too low.

    Pixels beyond a limit count only where they survive an opening with the diamond of this radius:
    lone noisy pixels are left alone.
    """
    clipped = planes.copy()
    fraction_high = np.zeros(len(planes))
    fraction_low = np.zeros(len(planes))
    for subfilter, plane in enumerate(clipped):
        too_high = open_flags(plane > high[subfilter], radius_px)
        plane[too_high] = high[subfilter][too_high]
        too_low = open_flags(plane < low[subfilter], radius_px)
        plane[too_low] = low[subfilter][too_low]
        fraction_high[subfilter] = too_high.mean()
        fraction_low[subfilter] = too_low.mean()
    return Clamped(planes=clipped, high=fraction_high, low=fraction_low)


def clamp_change(new: Cube, old: Cube, *, factor: float, radius_px: int) -> Clamped:
    """Limit the change of a pixel since the last iteration to a factor.

    Notes
    -----
    ALGORITHM.md section 4, iteration clamp: old / f <= new <= f |old|. For negative pixels that is
    what LSST's task does, too: -1 becomes at least -0.5, and zero can never grow.
    """
    limit = np.float32(factor)
    return clamp_planes(new, high=np.abs(old) * limit, low=old / limit, radius_px=radius_px)


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
    reference = np.where(reference > 0, reference, np.float32(0))
    if not reference.any():
        none = np.zeros(len(new))
        return Clamped(planes=new, high=none, low=none)
    floor = np.float32(3 * noise / (2 * radius_px) if radius_px else 3 * noise)
    smoothed = smooth(reference, radius_px, mode="constant") + floor
    limit = np.float32(np.sqrt(factor))
    every = np.broadcast_to
    clamped = clamp_planes(
        new,
        high=every(smoothed * limit, new.shape),
        low=every(smoothed / limit, new.shape),
        radius_px=radius_px,
    )
    for plane in clamped.planes:
        ratio = _ratio(smooth(plane, radius_px, mode="constant") + floor, smoothed)
        ratio += np.float32(3) * (ratio - smooth(ratio, radius_px / 3, mode="reflect"))
        plane[...] = ratio * reference
    return clamped


def _ratio(numerator: Plane, denominator: Plane) -> Plane:
    """Quotient that is 0 where the denominator is: without noise, off all sources."""
    quotient = np.zeros_like(numerator)
    return np.divide(numerator, denominator, out=quotient, where=denominator != 0)
