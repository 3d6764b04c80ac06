"""Holes and wings: the marks that badly separated subfilters leave beside sources.

A source of any colour differs from the mean of the planes by a factor. What a plane has beyond that
factor, averaged over the PSF, is compared with its own scatter beside sources and with a share of
the light about it, which planes that fit are off, too (`colour_residual.py`). A patch of at least 4
pixels, on a source or near one, 5 of these sigma below 0 is a hole; 5 above it, a wing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary, ref

import numpy as np

from dcrviz.config_rules import threads_of
from dcrviz.diagnostics.colour_residual import ColourResidual, colour_residual
from dcrviz.diagnostics.peaks import Peaks, known_peaks, peaks_of
from dcrviz.diagnostics.pictures import (
    planes_fwhm_px,
    shown_planes,
    sky_noise,
    source_pixels,
    typical_fwhm_px,
)
from dcrviz.diagnostics.remembered import remembered
from dcrviz.engine import Problem, Step
from dcrviz.kernels import grow_flags
from dcrviz.kernels.counted import flags_beyond
from dcrviz.kernels.patches import find_patches
from dcrviz.kernels.planes import mean_plane
from dcrviz.kernels.pool import run_row_bands
from dcrviz.records import Bools, Cube, Floats, Plane
from dcrviz.rooms import fresh_like

DEPTH_SIGMA = 5.0
"""How far from the mean of the planes, less the source's colour, a blemish is, at least."""
LEAST_PIXELS = 4
_REACH_FWHM = 2.0
_REACH_PX = 6.0
_FWHM_PX = 3.0
# Of more pixels only evenly spaced ones are sorted for the level of the sky.
_ENOUGH = 4_000


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
        Of the pixel furthest from the mean of the planes, after the matched filter, over the noise
        there; negative for holes.
    depth_percent
        The same over the light of the source that has most light there, averaged over the PSF; NaN
        where there is no source.
    pixels
        How many there are.
    source_x, source_y
        That source; NaN if there is none.
    """

    kind: Literal["hole", "wing"]
    subfilter: int
    x: float
    y: float
    radius_px: float
    depth_sigma: float
    pixels: int
    depth_percent: float = float("nan")
    source_x: float = float("nan")
    source_y: float = float("nan")


# Numbers and rings of a step are wanted at once; no step is kept for them.
_KNOWN: WeakKeyDictionary[Step, tuple[ref[Problem], tuple[Blemish, ...]]] = WeakKeyDictionary()


def blemishes_of(problem: Problem, step: Step, shown: Cube | None = None) -> tuple[Blemish, ...]:
    """Holes and wings of a step's planes as they become coadds, which may be at hand already."""
    known = _KNOWN.get(step)
    if known is not None and known[0]() is problem:
        return known[1]
    found = blemishes_in(problem, shown_planes(step) if shown is None else shown)
    _KNOWN[step] = ref(problem), found
    return found


def blemishes_in(problem: Problem, planes: Cube) -> tuple[Blemish, ...]:
    """Holes and wings of planes, (S, Y, X), by the sources of the problem's template."""
    return _holes_near(
        near_pixels(problem),
        planes,
        detected=source_pixels(problem),
        noise=sky_noise(problem),
        fwhm_px=planes_fwhm_px(problem) or _FWHM_PX,
        peaks=known_peaks(problem),
        threads=threads_of(problem.config, problem.shape),
    )


@remembered
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
        Of the sky, in the flux of the planes: peaks of the mean plane above 5 of it are sources.
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
    planes = np.ascontiguousarray(planes, np.float32)
    width_px = fwhm_px or _FWHM_PX
    return _holes_near(
        near_sources(detected, fwhm_px=fwhm_px),
        planes,
        detected=detected,
        noise=noise,
        fwhm_px=width_px,
        peaks=peaks_of(mean_plane(planes), detected, noise=noise, fwhm_px=width_px),
    )


def _holes_near(  # noqa: PLR0913 - what was found of the field before, each by its name
    near: Bools,
    planes: Cube,
    *,
    detected: Bools,
    noise: float,
    fwhm_px: float,
    peaks: Peaks,
    threads: int = 1,
) -> tuple[Blemish, ...]:
    """Holes and wings among these pixels."""
    # Where a run starts all planes are alike, and so is the single one.
    if not near.any() or all(np.array_equal(plane, planes[0]) for plane in planes[1:]):
        return ()
    skies = sky_levels(planes, detected).astype(np.float32)
    above = fresh_like(planes)

    def subtract(rows: slice) -> None:
        np.subtract(planes[:, rows], skies[:, None, None], out=above[:, rows])

    run_row_bands(subtract, near.shape, threads=threads)
    rest = colour_residual(
        above,
        beside=near & ~detected,
        sky_noise=noise,
        fwhm_px=fwhm_px,
        threads=threads,
    )
    found: list[Blemish] = []
    for subfilter, sigma in enumerate(rest.sigma):
        hole, wing = flags_beyond(sigma, near, DEPTH_SIGMA, threads=threads)
        found += _blemishes(hole, rest, peaks, kind="hole", subfilter=subfilter)
        found += _blemishes(wing, rest, peaks, kind="wing", subfilter=subfilter)
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
    flags: Bools,
    rest: ColourResidual,
    peaks: Peaks,
    *,
    kind: Literal["hole", "wing"],
    subfilter: int,
) -> list[Blemish]:
    patches = find_patches(flags, rest.sigma[subfilter])
    counted = np.flatnonzero(patches.pixels >= LEAST_PIXELS)
    deepest_first = counted[np.argsort(-np.abs(patches.peak[counted]), kind="stable")]
    found = []
    for i in deepest_first:
        x, y = float(patches.x[i]), float(patches.y[i])
        source_x, source_y, light = peaks.beside(x, y)
        place = subfilter, round(y), round(x)
        # Of sigma, which changes slowly.
        unit = rest.flux[place] / rest.sigma[place] if rest.sigma[place] else rest.noise[subfilter]
        found.append(
            Blemish(
                kind=kind,
                subfilter=subfilter,
                x=x,
                y=y,
                radius_px=float(patches.radius_px[i]),
                depth_sigma=float(patches.peak[i]),
                depth_percent=100 * float(patches.peak[i] * unit) / light,
                pixels=int(patches.pixels[i]),
                source_x=source_x,
                source_y=source_y,
            )
        )
    return found


def _median(pixels: Plane) -> float:
    finite = pixels[np.isfinite(pixels)]
    return float(np.median(finite)) if finite.size else 0.0
