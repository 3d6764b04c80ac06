"""A field, and the larger periodic grid on which it is transformed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft

from dcrviz.frozen import Frozen
from dcrviz.kernels.modes import Spectrum
from dcrviz.kernels.pool import run_row_bands
from dcrviz.records import Floats, Plane, Shifts
from dcrviz.rooms import fresh

# Room for the wings of a response that is not compact: what moves out must not come in opposite.
_WINGS_PX = 16


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Grid(Frozen):
    """A field, and the larger periodic one on which it is transformed.

    Parameters
    ----------
    field
        Height and width of the images.
    shape
        The same padded, to lengths that transform fast.
    """

    field: tuple[int, int]
    shape: tuple[int, int]

    @property
    def half(self) -> tuple[int, int]:
        """Shape of half a spectrum, (Y, X // 2 + 1)."""
        return self.shape[0], self.shape[1] // 2 + 1

    @property
    def frequencies(self) -> tuple[Floats, Floats]:
        """(Y,) and (X // 2 + 1,), cycles per pixel."""
        height, width = self.shape
        return np.asarray(fft.fftfreq(height), float), np.asarray(fft.rfftfreq(width), float)

    @property
    def radius(self) -> Floats:
        """(Y, X // 2 + 1), cycles per pixel."""
        frequency_y, frequency_x = self.frequencies
        return np.hypot(frequency_y[:, None], frequency_x)

    def spectrum(self, image: Plane, *, out: Spectrum | None = None, threads: int = 1) -> Spectrum:
        """Transform of an image with empty sky around it, in `out` if that is given."""
        whole = np.empty(self.half, np.complex64) if out is None else out

        def transform(rows: slice) -> None:
            whole[rows] = fft.rfft(image[rows], n=self.shape[1], axis=1)

        run_row_bands(transform, image.shape, threads=threads)
        whole[len(image) :] = 0
        # It is in its place already, unless scipy has had to copy it.
        found = fft.fft(whole, axis=0, workers=threads, overwrite_x=True)
        if not np.may_share_memory(found, whole):
            whole[:] = found
        return whole

    def image(self, spectrum: Spectrum, *, spent: bool = False, threads: int = 1) -> Plane:
        """The field cut from the image with this transform.

        Parameters
        ----------
        spent
            Whether nobody wants the transform any more: its room is worked in then.
        """
        image = fresh(*self.field)
        columns = fft.ifft(spectrum, axis=0, workers=threads, overwrite_x=spent)

        def transform(rows: slice) -> None:
            whole = fft.irfft(columns[rows], n=self.shape[1], axis=1)
            image[rows] = whole[:, : self.field[1]]

        run_row_bands(transform, self.field, threads=threads)
        return image


@lru_cache(maxsize=16)
def grid_for(shifts: Shifts, field: tuple[int, int], *, wings_px: int = 0) -> Grid:
    """The field with room for the largest shift and the wings of the response.

    Parameters
    ----------
    wings_px
        How far seeing spreads light, if it does.
    """
    reach = np.abs(shifts.split)
    margin = math.ceil(float(reach.max(initial=0))) + max(_WINGS_PX, wings_px)
    height, width = (fft.next_fast_len(side + 2 * margin, real=True) for side in field)
    return Grid(field=field, shape=(height, width))
