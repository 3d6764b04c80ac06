"""The template coadd that a run starts from, made from the visits themselves."""

from __future__ import annotations

import warnings as python_warnings
from collections.abc import Sequence

import numpy as np

from dcrviz.config import ProblemConfig
from dcrviz.engine.detect import detect_sources
from dcrviz.engine.masks import bits_of, flagged, renumbered, with_plane
from dcrviz.engine.stack import left_out_fraction, stack_images, stack_variance
from dcrviz.records import Bits, Bools, Coadd, Cube, Exposure, Floats, Plane

# Width of the PSF that detection assumes where no visit states its own.
_FALLBACK_FWHM_PX = 4.0


def static_sky(
    exposures: Sequence[Exposure],
    images: Cube,
    usable: Bools,
    visit_weights: Floats,
    config: ProblemConfig,
) -> Coadd:
    """Template coadd of the visits, with DETECTED found on it.

    Parameters
    ----------
    images, usable
        (V, Y, X), scaled images and their usable pixels.
    visit_weights
        (V,), multiplied here by one over each visit's mean variance.

    Notes
    -----
    ALGORITHM.md section 7. Pixels that no visit reaches are NaN and carry NO_DATA.
    """
    planes, masks = _common_masks(exposures, config)
    variances = np.stack([_scaled_variance(exposure) for exposure in exposures])
    counted = usable & ((masks & bits_of(planes, config.bad_planes)) == 0)
    weights = visit_weights / _mean_variance(variances, counted)
    image, used = stack_images(
        images,
        counted,
        weights,
        statistic=config.statistic,
        sigma_clip=config.sigma_clip,
        clip_iterations=config.clip_iterations,
    )
    variance = stack_variance(
        images, variances, used, weights, from_inputs=config.error_from_variance
    )
    planes = with_plane(with_plane(planes, "DETECTED"), "NO_DATA")
    mask = np.bitwise_or.reduce(np.where(used, masks, 0), axis=0)
    mask &= ~np.int32(1 << planes["DETECTED"])
    thresholds = {name: t for name, t in config.propagate_planes.items() if name in planes}
    carries = {name: flagged(masks, planes, [name]) for name in thresholds}
    for name, fraction in left_out_fraction(carries, used, weights).items():
        mask[fraction > thresholds[name]] |= np.int32(1 << planes[name])
    mask[~used.any(axis=0)] |= np.int32(1 << planes["NO_DATA"])
    detected = detect_sources(image, variance, fwhm_px=_typical_fwhm_px(exposures))
    mask[detected] |= np.int32(1 << planes["DETECTED"])
    return Coadd(image=image, mask=mask, variance=variance, planes=planes)


def _common_masks(
    exposures: Sequence[Exposure], config: ProblemConfig
) -> tuple[dict[str, int], Bits]:
    """Mask planes that any visit defines, and (V, Y, X) masks numbered alike."""
    planes: dict[str, int] = dict(exposures[0].planes)
    for exposure in exposures[1:]:
        for name in exposure.planes:
            planes = with_plane(planes, name)
    dropped = ~np.int32(bits_of(planes, config.remove_planes))
    masks = np.stack(
        [
            renumbered(np.asarray(e.mask, dtype=np.int32), e.planes, planes) & dropped
            for e in exposures
        ]
    )
    return planes, masks


def _scaled_variance(exposure: Exposure) -> Plane:
    variance: Plane = np.asarray(exposure.variance, dtype=np.float32)
    return variance * np.float32(exposure.visit.scale**2)


def _mean_variance(variances: Cube, counted: Bools) -> Floats:
    finite = counted & np.isfinite(variances) & (variances > 0)
    with python_warnings.catch_warnings():
        # A visit without a usable pixel has no mean: it weighs nothing.
        python_warnings.simplefilter("ignore", RuntimeWarning)
        mean: Floats = np.nanmean(
            np.where(finite, variances, np.nan), axis=(1, 2), dtype=np.float64
        )
    return np.where(np.isfinite(mean), mean, np.inf)


def _typical_fwhm_px(exposures: Sequence[Exposure]) -> float:
    stated = [e.visit.psf_fwhm_px for e in exposures if e.visit.psf_fwhm_px is not None]
    return float(np.median(stated)) if stated else _FALLBACK_FWHM_PX
