"""Bright objects from a DS9 region file."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from astropy.utils.exceptions import AstropyUserWarning

from dcrviz.bright import BrightObject

# A box that is turned by less covers the same pixels.
_UPRIGHT_DEG = 0.01
# What the parser raises, by the words that it meets.
_UNREADABLE = (OSError, ValueError, TypeError, KeyError, IndexError)


def read_regions(path: Path) -> list[BrightObject]:
    """Read the circles and boxes of a region file in celestial coordinates.

    Parameters
    ----------
    path
        As DS9 writes it.

    Raises
    ------
    ValueError
        If it can't be read, the package `regions` is not installed, or a region is none of these:
        a circle, or a box along right ascension and declination; names its number in the file.
    """
    try:
        from regions import Regions
    except ImportError as error:
        raise ValueError(
            f"{path}: a DS9 region file needs the extra dcrviz[regions], or give a CSV file; got "
            f"{error}"
        ) from error
    try:
        with warnings.catch_warnings():
            # A line that it can't read is left out with a warning.
            warnings.simplefilter("error", AstropyUserWarning)
            found = Regions.parse(path.read_text(encoding="utf-8"), format="ds9")
    except (*_UNREADABLE, AstropyUserWarning) as error:
        raise ValueError(f"{path}: must be a DS9 region file; got {error}") from error
    return [_bright_object(region, f"{path}, region {i}") for i, region in enumerate(found, 1)]


def _bright_object(region: Any, where: str) -> BrightObject:
    from regions import CircleSkyRegion, RectangleSkyRegion

    if not isinstance(region, CircleSkyRegion | RectangleSkyRegion):
        raise ValueError(
            f"{where}: must be a circle or a box in celestial coordinates; got "
            f"{type(region).__name__}"
        )
    centre = region.center.icrs
    place = {"ra_deg": float(centre.ra.deg), "dec_deg": float(centre.dec.deg)}
    try:
        if isinstance(region, CircleSkyRegion):
            return BrightObject(**place, radius_arcsec=float(region.radius.to_value("arcsec")))
        angle_deg = float(region.angle.to_value("deg"))
        if abs((angle_deg + 45) % 90 - 45) > _UPRIGHT_DEG:
            raise ValueError(
                f"a box must lie along right ascension and declination; got an angle of "
                f"{angle_deg:g} deg"
            )
        sides = [float(side.to_value("arcsec")) for side in (region.width, region.height)]
        if abs((angle_deg + 90) % 180 - 90) > 45:
            sides.reverse()
        return BrightObject(**place, width_arcsec=sides[0], height_arcsec=sides[1])
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
