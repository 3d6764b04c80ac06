"""Small images about sources: cut, and smeared."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from dcrviz.records import Floats, Ints

_Pixel = TypeVar("_Pixel", np.float32, np.bool_)


def cut_stamps(image: NDArray[_Pixel], places: Ints, *, reach: int) -> NDArray[_Pixel]:
    """(N, 2 reach + 1, 2 reach + 1) about N places, (N, 2) in x and y; 0 outside the image."""
    padded = np.pad(image, reach)
    across = np.arange(2 * reach + 1)
    x, y = places[:, 0, None] + across, places[:, 1, None] + across
    stamps: NDArray[_Pixel] = padded[y[:, :, None], x[:, None, :]]
    return stamps


def splines_of(stamps: Floats) -> Floats:
    """Coefficients of the cubic splines through (..., Y, X)."""
    along_y = ndimage.spline_filter1d(stamps, axis=-2, mode="mirror")
    return np.asarray(ndimage.spline_filter1d(along_y, axis=-1, mode="mirror"))


def smeared(splines: Floats, places: Floats, weight: Floats, *, margin: int) -> Floats:
    """Stamps as the weighted sum of themselves at K places, and cut by the margin.

    Parameters
    ----------
    splines : (N, Y + 2 margin, X + 2 margin)
    places : (K, 2)
        ``(y, x)`` in pixels, two less than the margin at most.
    weight : (K,)

    Returns
    -------
    (N, Y, X)
    """
    taps = _taps(places, margin)
    kernel = np.einsum("k,ky,kx->yx", weight, taps[:, 0], taps[:, 1])
    shape = splines.shape[1:]
    spectra = fft.rfft2(splines) * np.conj(fft.rfft2(kernel, s=shape))
    # What wraps around is in the rows and columns that are cut.
    whole = fft.irfft2(spectra, s=shape)
    return np.asarray(whole[:, : shape[0] - 2 * margin, : shape[1] - 2 * margin])


def _taps(offsets: Floats, margin: int) -> Floats:
    """(..., 2 margin + 1), the cubic B-spline at an offset from each of the pixels about 0."""
    return _spline(offsets[..., None] + np.arange(-margin, margin + 1))


def _spline(away: Floats) -> Floats:
    """The cubic B-spline at some distances from its middle."""
    away = np.abs(away)
    near = 2 / 3 - away**2 * (1 - away / 2)
    return np.where(away < 1, near, np.maximum(2 - away, 0) ** 3 / 6)
