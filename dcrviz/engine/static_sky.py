"""The template coadd that a run starts from, made from the visits themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.engine.detect import detect_sources
from dcrviz.engine.masks import bits_of, flagged, renumbered, with_plane
from dcrviz.engine.pixels import frozen
from dcrviz.engine.stack import left_out_fraction, stack_images, stack_variance
from dcrviz.engine.star_images import seeing_of
from dcrviz.kernels.pool import row_bands, run_all
from dcrviz.records import Bits, Bools, Coadd, Exposure, Floats, Plane

# Width of the PSF that detection assumes where no visit states its own.
_FALLBACK_FWHM_PX = 4.0
# Of all visits together.
_PIXELS_AT_ONCE = 1_000_000


def static_sky(
    exposures: Sequence[Exposure],
    images: Sequence[Plane],
    usable: Bools,
    visit_weights: Floats,
    config: AssembleConfig,
) -> Coadd:
    """Template coadd of the visits, with DETECTED found on it.

    Parameters
    ----------
    images
        V times (Y, X), scaled.
    usable
        (V, Y, X), their usable pixels.
    visit_weights
        (V,), multiplied here by one over each visit's mean variance.

    Notes
    -----
    ALGORITHM.md section 7. Pixels that no visit reaches are NaN and carry NO_DATA. Bands of rows
    are stacked one after another, so that memory does not grow with the number of visits.
    """
    planes = _all_planes(exposures)
    height, width = exposures[0].shape
    threads = threads_of(config, (height, width))
    weights = visit_weights / mean_variances(exposures, usable, threads=threads)
    bands = row_bands((height, width), pixels=_PIXELS_AT_ONCE // len(exposures))
    recipe = _Recipe(planes, weights, config)
    image, variance = np.empty((height, width), np.float32), np.empty((height, width), np.float32)
    mask = np.empty((height, width), np.int32)

    def stack(rows: slice) -> None:
        stacked = _stack_band(exposures, images, usable, recipe, rows)
        image[rows], mask[rows], variance[rows] = stacked

    run_all([partial(stack, rows) for rows in bands], threads=threads)
    detected = detect_sources(image, variance, fwhm_px=_typical_fwhm_px(exposures), threads=threads)
    mask[detected] |= np.int32(1 << planes["DETECTED"])
    # Else the record would copy them.
    for array in (image, mask, variance):
        frozen(array)
    return Coadd(image=image, mask=mask, variance=variance, planes=planes)


@dataclass(frozen=True, eq=False, slots=True)
class _Recipe:
    planes: Mapping[str, int]
    weights: Floats
    config: AssembleConfig


def _stack_band(
    exposures: Sequence[Exposure],
    images: Sequence[Plane],
    usable: Bools,
    recipe: _Recipe,
    rows: slice,
) -> tuple[Plane, Bits, Plane]:
    """Image, mask and variance of some rows of the coadd."""
    planes, weights, config = recipe.planes, recipe.weights, recipe.config
    masks = _band_masks(exposures, planes, config, rows)
    counted = usable[:, rows] & ((masks & bits_of(planes, config.bad_planes)) == 0)
    # What is not counted may be NaN, which no weight of zero would take away.
    cut = np.zeros(masks.shape, np.float32)
    for own, whole, counts in zip(cut, images, counted, strict=True):
        np.copyto(own, whole[rows], where=counts)
    image, used = stack_images(
        cut,
        counted,
        weights,
        statistic=config.statistic,
        sigma_clip=config.sigma_clip,
        clip_iterations=config.clip_iterations,
    )
    variances = np.stack([_scaled_variance(exposure, rows) for exposure in exposures])
    variance = stack_variance(cut, variances, used, weights, from_inputs=config.error_from_variance)
    mask = np.bitwise_or.reduce(masks, axis=0, where=used, initial=0)
    present = int(np.bitwise_or.reduce(masks, axis=None))
    mask &= ~np.int32(1 << planes["DETECTED"])
    thresholds = {
        name: threshold
        for name, threshold in config.propagate_planes.items()
        if name in planes and present & 1 << planes[name]
    }
    carries = {name: flagged(masks, planes, [name]) for name in thresholds}
    for name, fraction in left_out_fraction(carries, used, weights).items():
        mask[fraction > thresholds[name]] |= np.int32(1 << planes[name])
    mask[~used.any(axis=0)] |= np.int32(1 << planes["NO_DATA"])
    return image, mask, variance


def _all_planes(exposures: Sequence[Exposure]) -> dict[str, int]:
    """Mask planes that any visit defines, and those that the coadd needs."""
    planes: dict[str, int] = dict(exposures[0].planes)
    for name in [*(name for e in exposures for name in e.planes), "DETECTED", "NO_DATA"]:
        planes = with_plane(planes, name)
    return planes


def _band_masks(
    exposures: Sequence[Exposure], planes: Mapping[str, int], config: AssembleConfig, rows: slice
) -> Bits:
    """(V, rows, X) masks numbered alike, without the planes to remove."""
    dropped = ~np.int32(bits_of(planes, config.remove_planes))
    return np.stack(
        [
            renumbered(np.asarray(e.mask[rows], dtype=np.int32), e.planes, planes) & dropped
            for e in exposures
        ]
    )


def _scaled_variance(exposure: Exposure, rows: slice) -> Plane:
    assert exposure.variance is not None
    variance: Plane = np.asarray(exposure.variance[rows], dtype=np.float32)
    scale = exposure.visit.scale
    return variance if scale == 1 else variance * np.float32(scale**2)


def mean_variances(exposures: Sequence[Exposure], usable: Bools, *, threads: int = 1) -> Floats:
    """(V,) mean variance of the usable pixels; infinite for a visit without any."""

    def mean(visit: int) -> float:
        total, number = 0.0, 0
        for rows in row_bands(exposures[visit].shape):
            variance = _scaled_variance(exposures[visit], rows)
            counts = usable[visit, rows] & np.isfinite(variance) & (variance > 0)
            total += float(np.sum(variance, where=counts, dtype=np.float64))
            number += int(np.count_nonzero(counts))
        return total / number if number else np.inf

    tasks = [partial(mean, visit) for visit in range(len(exposures))]
    return np.array(run_all(tasks, threads=threads))


def _typical_fwhm_px(exposures: Sequence[Exposure]) -> float:
    known = [width for exposure in exposures if (width := seeing_of(exposure)) is not None]
    return float(np.median(known)) if known else _FALLBACK_FWHM_PX
