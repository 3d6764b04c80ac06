"""Holes and wings: the marks that badly separated subfilters leave beside sources.

A hole is a patch of at least 4 pixels, on a source or near one, where a plane lies 5 sigma below
the mean of the planes and 1 sigma below the sky: a source may be faint in a colour, but never
darker than the sky. A wing is one where a plane lies 5 sigma above the mean, and either off the
source's footprint or 1 sigma above the sum of the planes: no colour holds more than all the light
there is. Light is counted from the sky of each plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from dcrviz.diagnostics.pictures import shown_planes, sky_noise, source_pixels, typical_fwhm_px
from dcrviz.engine import Problem, Step
from dcrviz.kernels import grow_flags
from dcrviz.kernels.patches import find_patches
from dcrviz.kernels.planes import mean_plane
from dcrviz.records import Bools, Cube, Floats, Plane

DEPTH_SIGMA = 5.0
"""How far from the mean of the planes a blemish is, at least."""
MARGIN_SIGMA = 1.0
"""How far beyond what a real colour can be."""
LEAST_PIXELS = 4
_REACH_FWHM = 2.0
_REACH_PX = 6.0
# Of more pixels only evenly spaced ones are sorted for the level of the sky.
_ENOUGH = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Blemish:
    """One hole or wing.

    Parameters
    ----------
    x, y
        Centre, each pixel counting as its distance from the mean of the planes.
    radius_px
        Of the circle that holds all its pixels.
    depth_sigma
        Of the pixel furthest from the mean of the planes; negative for holes.
    pixels
        How many there are.
    """

    kind: Literal["hole", "wing"]
    subfilter: int
    x: float
    y: float
    radius_px: float
    depth_sigma: float
    pixels: int


# The steps on their way to the screen: their numbers and their rings are wanted at once.
@lru_cache(maxsize=4)
def blemishes_of(problem: Problem, step: Step) -> tuple[Blemish, ...]:
    """Holes and wings of a step's planes as they become coadds."""
    detected = source_pixels(problem)
    return _holes_near(
        near_pixels(problem), shown_planes(step), noise=sky_noise(problem), detected=detected
    )


@lru_cache(maxsize=8)
def near_pixels(problem: Problem) -> Bools:
    """(Y, X), pixels on sources or near them, read-only."""
    near = near_sources(source_pixels(problem), fwhm_px=typical_fwhm_px(problem))
    near.flags.writeable = False
    return near


def find_holes(
    planes: Cube, *, noise: float, detected: Bools, fwhm_px: float | None = None
) -> tuple[Blemish, ...]:
    """Holes and wings of subfilter planes, the deepest of each plane first.

    Parameters
    ----------
    planes
        (S, Y, X), as they become coadds.
    noise
        Of the sky, in the flux of the planes: 1 sigma.
    detected
        (Y, X), footprints of the sources.
    fwhm_px
        Of the PSF: pixels within 2 FWHM of a footprint count; within 6 px if it is not known.

    Raises
    ------
    ValueError
        If the noise is not above 0, or the footprints are not those of the planes' pixels.
    """
    if not noise > 0:
        raise ValueError(f"noise must be above 0; got {noise:g}")
    if detected.shape != planes.shape[1:]:
        raise ValueError(
            f"detected must have the planes' shape {planes.shape[1:]}; got {detected.shape}"
        )
    return _holes_near(
        near_sources(detected, fwhm_px=fwhm_px), planes, noise=noise, detected=detected
    )


def _holes_near(near: Bools, planes: Cube, *, noise: float, detected: Bools) -> tuple[Blemish, ...]:
    """Holes and wings among these pixels."""
    mean = mean_plane(planes)
    skies = sky_levels(planes, detected).astype(np.float32)
    mean -= skies.mean()
    sigma_1 = np.float32(noise)
    found: list[Blemish] = []
    for subfilter, (plane, sky) in enumerate(zip(planes, skies, strict=True)):
        light = plane - sky
        sigma = (light - mean) / sigma_1
        hole = (sigma < -DEPTH_SIGMA) & (light < -MARGIN_SIGMA * sigma_1)
        more_than_all = light > len(planes) * mean + MARGIN_SIGMA * sigma_1
        wing = (sigma > DEPTH_SIGMA) & (~detected | more_than_all)
        found += _blemishes(hole & near, sigma, kind="hole", subfilter=subfilter)
        found += _blemishes(wing & near, sigma, kind="wing", subfilter=subfilter)
    return tuple(found)


def near_sources(detected: Bools, *, fwhm_px: float | None = None) -> Bools:
    """Pixels within 2 FWHM of a footprint, or 6 px if the FWHM isn't known, (Y, X)."""
    return grow_flags(detected, _REACH_PX if fwhm_px is None else _REACH_FWHM * fwhm_px)


def sky_levels(planes: Cube, detected: Bools) -> Floats:
    """(S,) median of each plane off the sources; 0 where sources are everywhere."""
    step = max(1, detected.size // _ENOUGH)
    sky = ~detected.ravel()[::step]
    return np.array([_median(plane.ravel()[::step][sky]) for plane in planes])


def share_of(blemishes: tuple[Blemish, ...], near: Bools, *, kind: str, n_subfilters: int) -> float:
    """Fraction of the pixels near sources, of all planes, that lie in blemishes of a kind."""
    pixels = sum(blemish.pixels for blemish in blemishes if blemish.kind == kind)
    return pixels / max(1, int(np.count_nonzero(near)) * n_subfilters)


def _blemishes(
    flags: Bools, sigma: Plane, *, kind: Literal["hole", "wing"], subfilter: int
) -> list[Blemish]:
    patches = find_patches(flags, sigma)
    counted = np.flatnonzero(patches.pixels >= LEAST_PIXELS)
    deepest_first = counted[np.argsort(-np.abs(patches.peak[counted]), kind="stable")]
    return [
        Blemish(
            kind=kind,
            subfilter=subfilter,
            x=float(patches.x[i]),
            y=float(patches.y[i]),
            radius_px=float(patches.radius_px[i]),
            depth_sigma=float(patches.peak[i]),
            pixels=int(patches.pixels[i]),
        )
        for i in deepest_first
    ]


def _median(pixels: Plane) -> float:
    finite = pixels[np.isfinite(pixels)]
    return float(np.median(finite)) if finite.size else 0.0
