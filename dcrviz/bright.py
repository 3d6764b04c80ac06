"""Bright stars that spoil their surroundings."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BrightObject:
    """A circle, or a box along right ascension and declination, around a bright star.

    Raises
    ------
    ValueError
        If it is nowhere on the sky, or neither a circle nor a box of positive size.
    """

    ra_deg: float
    dec_deg: float
    radius_arcsec: float | None = None
    width_arcsec: float | None = None
    height_arcsec: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.ra_deg) and -90 <= self.dec_deg <= 90):
            raise ValueError(
                "a bright object must have a finite right ascension and a declination from -90 to "
                f"90 deg; got {self.ra_deg}, {self.dec_deg}"
            )
        box = self.width_arcsec is not None and self.height_arcsec is not None
        sizes = [self.width_arcsec, self.height_arcsec] if box else [self.radius_arcsec]
        if (self.radius_arcsec is not None) == box or not all(
            s and 0 < s < math.inf for s in sizes
        ):
            raise ValueError(
                "a bright object needs either a radius or a width and a height, above 0 arcsec; "
                f"got radius {self.radius_arcsec}, width {self.width_arcsec}, "
                f"height {self.height_arcsec}"
            )
