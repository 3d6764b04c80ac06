"""Transmission by wavelength: how much of the light in a filter counts where."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dcrviz.bands import WAVELENGTH_RANGE_NM

# Filters leak a little light far from their band: it must not stretch the outer subfilters there.
_FAINT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """A table of transmission, straight between its points and zero outside them.

    Parameters
    ----------
    name
        Of the filter, for messages.
    wavelength_nm
        Rising, within the range of the refraction formula; two at least.
    transmission
        At each wavelength, in any unit: only ratios matter.

    Raises
    ------
    ValueError
        If the two differ in length, are too short, break a rule at a point, or let no light pass.
    """

    name: str
    wavelength_nm: tuple[float, ...]
    transmission: tuple[float, ...]

    def __post_init__(self) -> None:
        # Lists and arrays are as good; tuples make two throughputs comparable.
        for column in ("wavelength_nm", "transmission"):
            object.__setattr__(self, column, tuple(map(float, getattr(self, column))))
        counts = len(self.wavelength_nm), len(self.transmission)
        if counts[0] != counts[1] or counts[0] < 2:
            raise ValueError(
                f"throughput {self.name}: must have 2 or more wavelengths and as many "
                f"transmissions; got {counts[0]} and {counts[1]}"
            )
        before_nm = -math.inf
        points = zip(self.wavelength_nm, self.transmission, strict=True)
        for number, (wavelength, value) in enumerate(points, start=1):
            try:
                check_point(wavelength, value, before_nm=before_nm)
            except ValueError as error:
                raise ValueError(f"throughput {self.name}, point {number}: {error}") from error
            before_nm = wavelength
        if not any(self.transmission):
            raise ValueError(
                f"throughput {self.name}: transmission must be above 0 somewhere; got 0 at all "
                f"{counts[0]} wavelengths"
            )

    @property
    def ends_nm(self) -> tuple[float, float]:
        """Where the transmission begins and ends: below 1 % of its peak all the way out."""
        first, last = ends(np.array(self.transmission))
        return self.wavelength_nm[first], self.wavelength_nm[last]

    def at(self, wavelength_nm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Transmission at wavelengths of any shape."""
        found = np.interp(wavelength_nm, self.wavelength_nm, self.transmission, left=0.0, right=0.0)
        return np.asarray(found, dtype=np.float64)


def ends(transmission: NDArray[np.float64]) -> tuple[int, int]:
    """First and last point of a curve that is above 0 somewhere, leaks of up to 1 % left out."""
    bright = np.flatnonzero(transmission > _FAINT * transmission.max())
    # The line between two points begins at the outer one.
    return max(int(bright[0]) - 1, 0), min(int(bright[-1]) + 1, len(transmission) - 1)


def check_point(wavelength_nm: float, transmission: float, *, before_nm: float) -> None:
    """Raise a ValueError if a point can't follow the one before; written so that NaN fails too."""
    low, high = WAVELENGTH_RANGE_NM
    if not low <= wavelength_nm <= high:
        raise ValueError(
            f"wavelength must be from {low} to {high} nm, where the refraction formula holds; got "
            f"{wavelength_nm:g} nm"
        )
    if not wavelength_nm > before_nm:
        raise ValueError(
            f"wavelength must be above the one before, {before_nm:g} nm; got {wavelength_nm:g} nm"
        )
    if not 0 <= transmission < math.inf:
        raise ValueError(f"transmission must be a finite number, 0 or more; got {transmission:g}")
