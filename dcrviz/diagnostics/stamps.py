"""Small images about sources: cut, moved by parts of a pixel, and smeared."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import fft, ndimage

from dcrviz.records import Floats, Ints

# A cubic spline reaches two pixels.
SPLINE_PX = 2

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


def moved(splines: Floats, offsets: Floats, *, margin: int) -> Floats:
    """Stamps moved by an offset each, and cut by the margin.

    Parameters
    ----------
    splines : (..., Y + 2 margin, X + 2 margin)
    offsets : (..., 2)
        ``(y, x)`` in pixels, two less than the margin at most.

    Returns
    -------
    (..., Y, X)
    """
    height, width = (side - 2 * margin for side in splines.shape[-2:])
    first = np.floor(margin - offsets).astype(np.int64) + 1 - SPLINE_PX
    reached = first[..., None] + np.arange(2 * SPLINE_PX)
    along_y, along_x = np.moveaxis(_spline(offsets[..., None] + (reached - margin)), -2, 0)
    near = _windows(splines, first, height + 2 * SPLINE_PX - 1, width + 2 * SPLINE_PX - 1)
    taps = range(2 * SPLINE_PX)
    rows = sum(along_y[..., tap, None, None] * near[..., tap : tap + height, :] for tap in taps)
    return np.asarray(
        sum(along_x[..., tap, None, None] * rows[..., tap : tap + width] for tap in taps)
    )


def _windows(stamps: Floats, first: Ints, height: int, width: int) -> Floats:
    """(..., height, width) of each stamp, from its first pixel ``(y, x)`` on."""
    flat = stamps.reshape(-1, *stamps.shape[-2:])
    y, x = first.reshape(-1, 2).T
    windows = sliding_window_view(flat, (height, width), axis=(1, 2))[np.arange(len(flat)), y, x]
    return windows.reshape(*stamps.shape[:-2], height, width)


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
