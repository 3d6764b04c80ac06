"""The template coadd: a weighted statistic of the visits at each pixel."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dcrviz.kernels.clip import clip_outliers
from dcrviz.kernels.weighted import weighted_sums
from dcrviz.records import Bools, Cube, Floats, Plane


def stack_images(
    images: Cube,
    counted: Bools,
    weights: Floats,
    *,
    statistic: str,
    sigma_clip: float,
    clip_iterations: int,
) -> tuple[Plane, Bools]:
    """Statistic of the counted pixels, and which of them were used in the end.

    Parameters
    ----------
    images, counted
        (V, Y, X).
    weights
        (V,), of each visit; the median takes none.
    statistic
        ``MEAN``, ``MEANCLIP`` or ``MEDIAN``.

    Returns
    -------
    (Y, X) float32, NaN where no visit counts; (V, Y, X).
    """
    if statistic == "MEDIAN":
        return _median(images, counted), counted
    used = counted
    if statistic == "MEANCLIP":
        used = clip_outliers(images, counted, sigma=sigma_clip, iterations=clip_iterations)
    return _mean(images, used, weights), used


def stack_variance(
    images: Cube, variances: Cube, used: Bools, weights: Floats, *, from_inputs: bool
) -> Plane:
    """Variance of the weighted mean of the used pixels, (Y, X).

    Notes
    -----
    From the inputs: sum w^2 var / (sum w)^2. From the scatter: the weighted variance about the mean
    times sum w^2 / (sum w)^2, unbiased; NaN where only one visit counts.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        if from_inputs:
            summed, _ = weighted_sums(variances, used, weights**2)
            _, total = weighted_sums(variances, used, weights)
            return np.asarray(summed / total**2, dtype=np.float32)
        weight = weights[:, None, None] * used
        total = weight.sum(axis=0)
        mean = (weight * np.where(used, images, 0)).sum(axis=0) / total
        scatter = (weight * np.where(used, images - mean, 0) ** 2).sum(axis=0) / total
        squared = (weight**2).sum(axis=0) / total**2
        return np.asarray(scatter * squared / (1 - squared), dtype=np.float32)


def left_out_fraction(
    carries: Mapping[str, Bools], used: Bools, weights: Floats
) -> dict[str, Floats]:
    """Fraction of the weight at each pixel that was left out while carrying each plane, (Y, X)."""
    total = weights.sum()

    def fraction(left_out: Bools) -> Floats:
        if not left_out.any() or total == 0:
            return np.zeros(left_out.shape[1:])
        return np.asarray((weights[:, None, None] * left_out).sum(axis=0) / total)

    return {name: fraction(flags & ~used) for name, flags in carries.items()}


def _mean(images: Cube, used: Bools, weights: Floats) -> Plane:
    total, weight = weighted_sums(images, used, weights)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / weight, dtype=np.float32)


def _median(images: Cube, used: Bools) -> Plane:
    some = used.any(axis=0)
    median = np.full(images.shape[1:], np.nan, dtype=np.float32)
    median[some] = np.nanmedian(np.where(used, images, np.nan)[:, some], axis=0)
    return median
