"""Where an image deviates from what it should be: footprints, grown, connected, measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dcrviz.box import Box
from dcrviz.engine.detect import FWHM_PER_SIGMA
from dcrviz.frozen import Frozen
from dcrviz.kernels import grow_labels, smooth
from dcrviz.kernels.extract import extract
from dcrviz.records import Bools, Ints, Plane

# Noise hardly changes over a field: of more pixels not all are sorted.
_ENOUGH_PIXELS = 100_000
# The median of a Gaussian's absolute deviation, in units of its sigma.
_MEDIAN_DEVIATION = 0.6744897501960817


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How deviations are looked for.

    Parameters
    ----------
    fwhm_px
        Seeing by which images are smoothed first.
    threshold_sigma
        What deviates, in units of the smoothed noise.
    least_pixels
        Of a footprint before it is grown.
    growth_sigma
        How far footprints are grown, in sigma of the seeing.
    """

    fwhm_px: float
    threshold_sigma: float
    least_pixels: int
    growth_sigma: float

    @property
    def sigma_px(self) -> float:
        """Of a Gaussian as wide as the seeing."""
        return self.fwhm_px / FWHM_PER_SIGMA


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Footprint(Frozen):
    """Connected pixels that deviate.

    Parameters
    ----------
    places
        (P,) flat indices of its pixels, in order.
    x, y
        Centre, each pixel counting as much as it deviates.
    peak_sigma
        The largest deviation, with its sign.
    gained
        Part by which the light in its surroundings is more than in the static sky; 0 where light
        only moved.
    gained_sigma
        The same in units of the noise.
    """

    places: Ints
    x: float
    y: float
    peak_sigma: float
    gained: float
    gained_sigma: float


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Compared:
    """A visit beside the static sky, (Y, X) each.

    Parameters
    ----------
    difference
        Visit less sky.
    significance
        The same smoothed and in units of its noise.
    sky, variance
        Of the static sky its light, of the visit the variance of a pixel as it was taken.
    """

    difference: Plane
    significance: Plane
    sky: Plane
    variance: Plane


def deviating(significance: Plane, usable: Bools, search: Search) -> NDArray[np.int32]:
    """Number of the footprint that each pixel belongs to, from 1; 0 for none, (Y, X).

    Footprints are the connected pixels above the threshold. Each is grown by itself, so that a
    cosmic ray beside a star is one, and what refraction does to the star another.

    Parameters
    ----------
    significance
        (Y, X), smoothed and in units of its noise; only what is positive counts.
    """
    _, segments = extract(
        np.ascontiguousarray(significance),
        search.threshold_sigma,
        mask=~usable,
        minarea=search.least_pixels,
        filter_kernel=None,
        deblend_cont=1.0,
        clean=False,
        segmentation_map=True,
    )
    return grow_labels(np.asarray(segments), search.growth_sigma * search.sigma_px)


def footprints(
    labels: NDArray[np.int32], compared: Compared, *, margin_px: int
) -> Iterator[Footprint]:
    """The footprints of these labels, measured.

    Parameters
    ----------
    margin_px
        How far around a footprint its light is counted, as refraction may have moved it there.
    """
    flagged = np.flatnonzero(labels)
    order = np.argsort(labels.ravel()[flagged], kind="stable")
    edges = np.cumsum(np.bincount(labels.ravel()[flagged])[1:])[:-1]
    for places in np.split(flagged[order], edges):
        yield _measured(places, compared, margin_px)


def _measured(places: Ints, compared: Compared, margin_px: int) -> Footprint:
    y, x = np.divmod(places, compared.sky.shape[1])
    sigma = compared.significance.ravel()[places].astype(float)
    weight = np.abs(sigma)
    total = max(float(weight.sum()), 1e-30)
    box = Box(y0=int(y[0]), y1=int(y[-1]) + 1, x0=int(x.min()), x1=int(x.max()) + 1)
    near = box.grown(margin_px, shape=compared.sky.shape).slices
    gained = float(compared.difference[near].sum(dtype=float))
    noise = float(np.sqrt(compared.variance[near].sum(dtype=float)))
    light = max(abs(float(compared.sky[near].sum(dtype=float))), noise)
    return Footprint(
        places=places,
        x=float((x * weight).sum() / total),
        y=float((y * weight).sum() / total),
        peak_sigma=float(sigma[weight.argmax()]),
        gained=gained / light,
        gained_sigma=gained / noise,
    )


def robust_noise(values: Plane, counted: Bools) -> float:
    """Standard deviation of the counted pixels about zero, by the median; 1 without any."""
    chosen = values[counted]
    chosen = np.abs(chosen[:: max(1, chosen.size // _ENOUGH_PIXELS)])
    noise = float(np.median(chosen)) / _MEDIAN_DEVIATION if chosen.size else 0.0
    return noise if noise > 0 else 1.0


def noise_gain(kernel: Plane, search: Search) -> float:
    """Noise of a pixel after the kernel and the smoothing, in units of that before: white noise."""
    margin = int(np.ceil(4 * search.sigma_px)) + 1
    both = smooth(np.pad(kernel, margin), search.sigma_px, mode="constant")
    return float(np.sqrt((both.astype(float) ** 2).sum()))
