"""What the pixels and the numbers of one exposure must be, whoever made it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dcrviz.physics.geometry import airmass_from_zenith
from dcrviz.psf import WIDEST_PX
from dcrviz.records import Exposure, Visit

_MOST_BIT = 30
# Headers tell the one of the exposure's start and the other of its middle, and that of round air is
# 3 % less than that of flat air at a zenith angle of 80 deg.
_SAME_AIRMASS = 0.1
# Kinds of numbers, as numpy calls them.
_REAL, _WHOLE = "fiub", "iub"


def check_values(exposure: Exposure, name: str) -> None:
    """Raise if an exposure has pixels or numbers that can't be those of a visit.

    Parameters
    ----------
    name
        What messages call it.

    Raises
    ------
    ValueError
        That names the first of them, its rule and its value.
    """
    _check_plane(name, "image", exposure.image, _REAL)
    _check_plane(name, "mask", exposure.mask, _WHOLE)
    if exposure.variance is not None:
        _check_plane(name, "variance", exposure.variance, _REAL)
    for plane, bit in exposure.planes.items():
        if not 0 <= bit <= _MOST_BIT:
            raise ValueError(
                f"{name}: mask plane {plane} must have a bit from 0 to {_MOST_BIT}; got {bit}"
            )
    _check_numbers(exposure, name)


def _check_plane(name: str, what: str, plane: Any, kinds: str) -> None:
    if not hasattr(plane, "shape") or not hasattr(plane, "dtype"):
        raise ValueError(f"{name}: {what} must be an array; got {type(plane).__name__}")
    if isinstance(plane, np.ma.MaskedArray):
        raise ValueError(
            f"{name}: {what} must be an array without a mask of its own, which nobody looks at: "
            "fill it with NaN, or set a plane of the exposure's mask; got a masked array"
        )
    if len(plane.shape) != 2 or 0 in plane.shape:
        raise ValueError(
            f"{name}: {what} must have two axes of 1 or more pixels; got shape {plane.shape}"
        )
    too_wide = kinds == _WHOLE and plane.dtype.kind == "u" and plane.dtype.itemsize > 4
    if plane.dtype.kind not in kinds or too_wide:
        rule = "real numbers" if kinds == _REAL else "whole numbers of 32 bits"
        raise ValueError(f"{name}: {what} must hold {rule}; got {plane.dtype}")


def _check_numbers(exposure: Exposure, name: str) -> None:
    visit = exposure.visit
    if not (math.isfinite(visit.weight) and visit.weight >= 0):
        raise ValueError(f"{name}: the weight must be finite and 0 or more; got {visit.weight}")
    if not (math.isfinite(visit.scale) and visit.scale > 0):
        raise ValueError(f"{name}: the scale must be finite and above 0; got {visit.scale}")
    width = visit.psf_fwhm_px
    if width is not None and not 0 < width <= WIDEST_PX:
        raise ValueError(
            f"{name}: the FWHM must be above 0 and at most {WIDEST_PX:g} px; got {width:g}"
        )
    _check_position(visit, name)


def _check_position(visit: Visit, name: str) -> None:
    """Raise if airmass and zenith angle are of two places: only one of them is used."""
    if visit.airmass is None or visit.zenith_rad is None:
        return
    try:
        there = airmass_from_zenith(visit.zenith_rad)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    if not abs(visit.airmass / there - 1) <= _SAME_AIRMASS:
        raise ValueError(
            f"{name}: airmass and zenith angle must be of one place; got {visit.airmass:.4g} and "
            f"{math.degrees(visit.zenith_rad):.4g} deg, where the airmass is {there:.4g}"
        )
