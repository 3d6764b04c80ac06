"""Visits brought to one broader seeing, so that their difference shows no stars."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from dcrviz.physics.seeing import frequencies_of, middle_of, roomy_side, star_image
from dcrviz.psf import Psf
from dcrviz.records import Floats, Plane

# Beyond this many widths of the common seeing, no kernel holds a part in a hundred of the light.
_REACH_FWHM = 3.0
# Of a star image's own transform: below it there is noise alone, which nothing is divided by.
_NOISE_FLOOR = 0.01


def matching_kernel(fwhm_px: float, *, target_px: float, psf: Psf) -> Plane:
    """What broadens stars of one width to those of another, of the same profile.

    Returns
    -------
    (K, K)
        With odd sides and a sum of 1; a single pixel if nothing need be broadened.
    """
    width = psf.broadening_fwhm_px(fwhm_px, target_px=target_px)
    reach = reach_px(target_px)
    if width == 0:
        return np.ones((1, 1), dtype=np.float32)
    if width is not None:
        return star_image(width, psf=psf, reach_px=reach)
    return ratio_kernel(
        partial(psf.transfer, fwhm_px=target_px),
        partial(psf.transfer, fwhm_px=fwhm_px),
        reach=reach,
    )


def ratio_kernel(
    target: Callable[[Floats], Floats], own: Callable[[Floats], Floats], *, reach: int
) -> Plane:
    """What makes stars of one transfer function of those of another.

    Parameters
    ----------
    target, own
        Of spatial frequencies, cycles per pixel.

    Returns
    -------
    (K, K)
        With odd sides and a sum of 1.
    """
    frequency = frequencies_of(roomy_side(reach))
    return middle_of(_ratio(target(frequency), own(frequency)), reach)


def kernel_from_image(star: Plane, *, target_px: float, psf: Psf) -> Plane:
    """The same for stars that look like this image, whatever their shape.

    Parameters
    ----------
    star
        A star in the middle of (P, P) pixels with odd sides.

    Returns
    -------
    (K, K)
        With odd sides and a sum of 1.

    Notes
    -----
    ``T conj(P) / max(|P|^2, floor^2)``: where the star's own transform P is below a hundredth, the
    kernel fades out instead of raising noise. T is that of the target.
    """
    reach = reach_px(target_px)
    side = roomy_side(reach + max(star.shape) // 2)
    target = psf.transfer(frequencies_of(side), fwhm_px=target_px)
    return middle_of(_ratio(target, _transform(star, side)), reach)


def kernel_to_image(star: Plane, *, fwhm_px: float, psf: Psf) -> Plane:
    """What makes stars look like this image, which have this width and profile.

    Returns
    -------
    (K, K)
        With odd sides and a sum of 1, as large as the image.
    """
    reach = max(star.shape) // 2
    side = roomy_side(2 * reach)
    own = psf.transfer(frequencies_of(side), fwhm_px=fwhm_px)
    return middle_of(_ratio(_transform(star, side), own), reach)


def _transform(star: Plane, side: int) -> NDArray[Any]:
    """Of a star image, scaled to a sum of 1, on a square of this side."""
    placed = np.zeros((side, side))
    placed[: star.shape[0], : star.shape[1]] = star / star.sum()
    centred = np.roll(placed, [-(length // 2) for length in star.shape], axis=(0, 1))
    return np.asarray(fft.rfft2(centred))


def _ratio(target: NDArray[Any], own: NDArray[Any]) -> NDArray[Any]:
    """One transform over another, which fades out where there is none."""
    return np.asarray(target * own.conj() / np.maximum(np.abs(own) ** 2, _NOISE_FLOOR**2))


def reach_px(target_px: float) -> int:
    """How far a kernel reaches that matches to this width."""
    return int(np.ceil(_REACH_FWHM * target_px))


def convolved(image: Plane, kernel: Plane, *, rows: slice = slice(None)) -> Plane:
    """The image convolved with the kernel, on some of its rows.

    Parameters
    ----------
    image
        (Y, X), finite everywhere; mirrored about its edges.
    kernel
        (K, K) with odd sides.
    rows
        Those wanted: as many more are read as the kernel reaches, and nothing depends on how the
        rows are parted but the last bits.
    """
    height = image.shape[0]
    first, last, _ = rows.indices(height)
    reach = len(kernel) // 2
    if reach == 0:
        return np.asarray(image[first:last] * kernel[0, 0])
    low, high = max(0, first - reach), min(height, last + reach)
    missing = (reach - (first - low), reach - (high - last))
    padded = np.pad(image[low:high], (missing, (reach, reach)), mode="symmetric")
    shape = tuple(fft.next_fast_len(side, real=True) for side in padded.shape)
    product = fft.rfft2(padded, s=shape) * fft.rfft2(kernel, s=shape)
    # What comes round from the other side reaches the margins alone.
    whole: Plane = fft.irfft2(product, s=shape)
    return whole[2 * reach : 2 * reach + last - first, 2 * reach : 2 * reach + image.shape[1]]
