"""Visits brought to one broader seeing, so that their difference shows no stars."""

from __future__ import annotations

import numpy as np
from scipy import fft

from dcrviz.physics.seeing import (
    broadening_fwhm_px,
    frequencies_of,
    middle_of,
    roomy_side,
    seeing_transfer,
    star_image,
)
from dcrviz.records import Plane

# Beyond this many widths of the common seeing, no kernel holds a part in a hundred of the light.
_REACH_FWHM = 3.0
# Of a star image's own transform: below it there is noise alone, which nothing is divided by.
_NOISE_FLOOR = 0.01


def matching_kernel(fwhm_px: float, *, target_px: float, model: str) -> Plane:
    """What broadens stars of one width to those of another, by the model of the seeing.

    Returns
    -------
    (K, K)
        With odd sides and a sum of 1; a single pixel if nothing need be broadened.
    """
    width = broadening_fwhm_px(fwhm_px, target_px=target_px, model=model)
    if width == 0:
        return np.ones((1, 1), dtype=np.float32)
    return star_image(width, model=model, reach_px=reach_px(target_px))


def kernel_from_image(psf: Plane, *, target_px: float, model: str) -> Plane:
    """The same for stars that look like this image, whatever their shape.

    Parameters
    ----------
    psf
        A star in the middle of (P, P) pixels with odd sides.

    Returns
    -------
    (K, K)
        With odd sides and a sum of 1.

    Notes
    -----
    T conj(P) / max(|P|^2, floor^2): where the star's own transform P is below a hundredth, the
    kernel fades out instead of raising noise. T is that of the target.
    """
    reach = reach_px(target_px)
    side = roomy_side(reach + max(psf.shape) // 2)
    placed = np.zeros((side, side))
    placed[: psf.shape[0], : psf.shape[1]] = psf / psf.sum()
    centred = np.roll(placed, [-(length // 2) for length in psf.shape], axis=(0, 1))
    own = fft.rfft2(centred)
    target = seeing_transfer(frequencies_of(side), fwhm_px=target_px, model=model)
    power = np.maximum(np.abs(own) ** 2, _NOISE_FLOOR**2)
    return middle_of(target * own.conj() / power, reach)


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
