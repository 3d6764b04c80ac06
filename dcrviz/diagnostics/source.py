"""Numbers about one source: where it is, its spectrum, its profile, and cuts through it."""

from __future__ import annotations

import numpy as np

from dcrviz.config_rules import threads_of
from dcrviz.diagnostics.pictures import sky_noise, source_pixels, typical_fwhm_px
from dcrviz.diagnostics.remembered import remembered
from dcrviz.engine import Problem, Step
from dcrviz.engine.template import amplify
from dcrviz.kernels.extract import extract
from dcrviz.kernels.pool import run_row_bands
from dcrviz.records import Cube, Floats, Ints, Plane
from dcrviz.rooms import fresh

APERTURE_PX = 4.0
ANNULUS_PX = (6.0, 10.0)
REACH_PX = 12
CUTOUT_PX = 32
_THRESHOLD_SIGMA = 5.0
# How far from a click a source may be, in FWHM; and in pixels where that isn't known.
_NEAR_FWHM, _NEAR_PX = 4.0, 16.0


def nearest_source(problem: Problem, *, x: float, y: float) -> tuple[int, int] | None:
    """The brightest pixel (x, y) of the source nearest to a place; None if none is within 4 FWHM.

    Sources are those of the template within its detected pixels, merged ones told apart.
    """
    found, _ = brightest_pixels(problem)
    if not len(found):
        return None
    distance = np.hypot(found[:, 0] - x, found[:, 1] - y)
    fwhm_px = typical_fwhm_px(problem)
    near = _NEAR_PX if fwhm_px is None else _NEAR_FWHM * fwhm_px
    best = int(distance.argmin())
    return (int(found[best, 0]), int(found[best, 1])) if distance[best] <= near else None


def source_beside(
    problem: Problem, place: tuple[int, int] | None, *, by: int
) -> tuple[int, int] | None:
    """The brightest pixel (x, y) of the source so many further on, the brightest first.

    Parameters
    ----------
    place
        Where to go from. If it is no source's brightest pixel, the first or the last one comes
        next, and so after the last or the first.
    """
    found, flux = brightest_pixels(problem)
    if not len(found):
        return None
    order = [(int(x), int(y)) for x, y in found[np.argsort(-flux, kind="stable")]]
    if place not in order:
        return order[0 if by > 0 else -1]
    return order[(order.index(place) + by) % len(order)]


def aperture_flux(planes: Cube, *, x: float, y: float) -> Floats:
    """Flux within 4 px of a place in each plane, minus the sky of a ring from 6 to 10 px, (S,).

    The sky is the ring's median; pixels that are not finite count as sky.
    """
    cut, distance = _surroundings(planes, x, y, ANNULUS_PX[1])
    inside = distance <= APERTURE_PX
    ring = (distance >= ANNULUS_PX[0]) & (distance <= ANNULUS_PX[1])
    around = np.where(np.isfinite(cut[:, ring]), cut[:, ring], np.nan)
    known = np.isfinite(around).any(axis=1)
    sky = np.zeros(len(planes))
    sky[known] = np.nanmedian(around[known], axis=1)
    above = cut[:, inside].astype(np.float64) - sky[:, None]
    total: Floats = np.where(np.isfinite(above), above, 0).sum(axis=1)
    return total


def spectrum(step: Step, *, x: int, y: int) -> Floats:
    """Aperture flux in each plane of a step, as the planes become coadds, (S,)."""
    reach = int(ANNULUS_PX[1]) + 2
    x0, y0 = max(0, x - reach), max(0, y - reach)
    # Cut before amplifying, which is done pixel by pixel: of many steps only a stamp is needed.
    stamp = np.ascontiguousarray(step.planes[:, y0 : y + reach + 1, x0 : x + reach + 1])
    return aperture_flux(amplify(stamp, step.accelerate), x=x - x0, y=y - y0)


def radial_profile(planes: Cube, *, x: float, y: float) -> Floats:
    """Mean of each plane in rings of a pixel about a place, (S, 12); NaN for an empty ring."""
    cut, distance = _surroundings(planes, x, y, REACH_PX)
    ring = np.floor(distance + 0.5).astype(int)
    inside = (ring < REACH_PX) & np.isfinite(cut).all(axis=0)
    number = np.bincount(ring[inside], minlength=REACH_PX)
    sums = [np.bincount(ring[inside], weights=p[inside], minlength=REACH_PX) for p in cut]
    return np.where(number > 0, np.array(sums) / np.maximum(number, 1), np.nan)


def cut_along(
    planes: Cube, *, x: float, y: float, direction: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Values along a line through a place, every half pixel, between pixels in proportion.

    Parameters
    ----------
    direction
        (x, y), of any length.

    Returns
    -------
    (L,), (S, L)
        Distance along the direction in pixels, and the planes there; NaN off the field.

    Raises
    ------
    ValueError
        If the direction has no length.
    """
    length = float(np.hypot(*direction))
    if not length > 0:
        raise ValueError(f"direction must have a length above 0; got {direction}")
    along = np.arange(-2 * REACH_PX, 2 * REACH_PX + 1) / 2
    at_x, at_y = x + along * direction[0] / length, y + along * direction[1] / length
    height, width = planes.shape[1:]
    inside = (at_x >= 0) & (at_y >= 0) & (at_x <= width - 1) & (at_y <= height - 1)
    left = np.clip(np.floor(at_x).astype(int), 0, max(width - 2, 0))
    low = np.clip(np.floor(at_y).astype(int), 0, max(height - 2, 0))
    right, high = np.minimum(left + 1, width - 1), np.minimum(low + 1, height - 1)
    part_x, part_y = at_x - left, at_y - low
    lower = planes[:, low, left] * (1 - part_x) + planes[:, low, right] * part_x
    upper = planes[:, high, left] * (1 - part_x) + planes[:, high, right] * part_x
    return along, np.where(inside, lower * (1 - part_y) + upper * part_y, np.nan)


def cutout(image: Plane, *, x: int, y: int) -> Plane:
    """A square of 32 pixels of (..., Y, X) about a place; NaN off the field."""
    half = CUTOUT_PX // 2
    height, width = image.shape[-2:]
    stamp = np.full((*image.shape[:-2], CUTOUT_PX, CUTOUT_PX), np.nan, np.float32)
    y0, x0 = y - half, x - half
    rows = slice(max(0, y0), max(0, min(height, y0 + CUTOUT_PX)))
    columns = slice(max(0, x0), max(0, min(width, x0 + CUTOUT_PX)))
    own = (slice(rows.start - y0, rows.stop - y0), slice(columns.start - x0, columns.stop - x0))
    if rows.stop > rows.start and columns.stop > columns.start:
        stamp[..., *own] = image[..., rows, columns]
    return stamp


@remembered
def brightest_pixels(problem: Problem) -> tuple[Ints, Floats]:
    """(N, 2), x and y of the brightest pixel of each source of the template; (N,), their fluxes."""
    detected = source_pixels(problem)
    if not detected.any():
        return np.empty((0, 2), np.int64), np.empty(0)
    # A copy in the order and type that sep reads; pixels off the sources can't be part of one.
    image = fresh(*problem.shape)

    def copy(rows: slice) -> None:
        image[rows] = np.where(detected[rows], np.nan_to_num(problem.template.image[rows]), 0)

    run_row_bands(copy, problem.shape, threads=threads_of(problem.config, problem.shape))
    found = extract(image, _THRESHOLD_SIGMA * sky_noise(problem), minarea=4)
    return np.stack([found["xpeak"], found["ypeak"]], axis=1).astype(np.int64), found["peak"]


def _surroundings(planes: Cube, x: float, y: float, reach_px: float) -> tuple[Cube, Floats]:
    """The planes about a place, and the distance of each pixel from it."""
    height, width = planes.shape[1:]
    y0, y1 = max(0, int(y - reach_px)), min(height, int(y + reach_px) + 2)
    x0, x1 = max(0, int(x - reach_px)), min(width, int(x + reach_px) + 2)
    rows, columns = np.mgrid[y0 : max(y0, y1), x0 : max(x0, x1)]
    distance: Floats = np.hypot(rows - y, columns - x)
    return planes[:, y0 : max(y0, y1), x0 : max(x0, x1)], distance
