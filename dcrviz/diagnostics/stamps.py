"""Small images about sources: cut, and smeared."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from dcrviz.kernels.taps import spline_weights
from dcrviz.records import Floats, Ints

_Pixel = TypeVar("_Pixel", np.float32, np.bool_)


def cut_stamps(image: NDArray[_Pixel], places: Ints, *, reach: int) -> NDArray[_Pixel]:
    """(N, 2 reach + 1, 2 reach + 1) about N places, (N, 2) in x and y; 0 outside the image."""
    height, width = image.shape
    across = np.arange(-reach, reach + 1)
    x, y = places[:, 0, None] + across, places[:, 1, None] + across
    rows, columns = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
    stamps: NDArray[_Pixel] = image[rows[:, :, None], columns[:, None, :]]
    stamps[((rows != y)[:, :, None] | (columns != x)[:, None, :])] = 0
    return stamps


def splines_of(stamps: Floats) -> Floats:
    """Coefficients of the cubic splines through (..., Y, X)."""
    along_y = ndimage.spline_filter1d(stamps, axis=-2, mode="mirror")
    return np.asarray(ndimage.spline_filter1d(along_y, axis=-1, mode="mirror"))


class Smearing:
    """Stamps as the weighted sum of themselves at several places.

    Parameters
    ----------
    stamps : (N, Y + 2 margin, X + 2 margin)
    margin
        Two more than the largest move [px], by which the stamps are cut.
    """

    def __init__(self, stamps: Floats, *, margin: int) -> None:
        sides = stamps.shape[1:]
        self._margin = margin
        self._inside = tuple(slice(side - 2 * margin) for side in sides)
        # The way around is longer than what is kept of it.
        self._around = tuple(fft.next_fast_len(side, real=True) for side in sides)
        self._spectra = fft.rfft2(splines_of(stamps), s=self._around)

    def __call__(self, places: Floats, weight: Floats) -> Floats:
        """(N, Y, X), the sum of the stamps moved to K places with their weights.

        Parameters
        ----------
        places : (K, 2)
            ``(y, x)`` in pixels.
        weight : (K,)
        """
        away = np.arange(-self._margin, self._margin + 1)
        taps = spline_weights(places[..., None] + away, order=3)
        kernel = np.einsum("k,ky,kx->yx", weight, taps[:, 0], taps[:, 1])
        spectra = self._spectra * np.conj(fft.rfft2(kernel, s=self._around))
        whole = fft.irfft2(spectra, s=self._around)
        return np.asarray(whole[:, *self._inside])
