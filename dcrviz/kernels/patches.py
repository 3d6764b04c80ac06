"""Connected patches of flagged pixels, measured while they are found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.frozen import Frozen
from dcrviz.kernels.jit import compiled_with_lists, inlined, unwritable
from dcrviz.records import Bools, Bytes, Floats, Ints, Plane


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Patches(Frozen):
    """Patches of pixels that touch, corners included; (N,) each, in the order of their first pixel.

    Parameters
    ----------
    x, y
        Centre, each pixel counting as much as its value's size.
    radius_px
        Of the circle about the centre that holds all its pixels.
    peak
        The value of the largest size.
    pixels
        How many there are.
    """

    x: Floats
    y: Floats
    radius_px: Floats
    peak: Floats
    pixels: Ints


def find_patches(flags: Bools, values: Plane) -> Patches:
    """The connected patches of flagged pixels; both arguments are (Y, X)."""
    # Flooding takes the flags away, pixel by pixel.
    left = np.array(flags, dtype=np.bool_, order="C").view(np.uint8)
    table = np.empty((0, 5))
    if left.size:
        table = _flood(left, unwritable(np.ascontiguousarray(values, np.float32)))
    x, y, radius, peak, pixels = table.T
    return Patches(x=x, y=y, radius_px=radius, peak=peak, pixels=pixels.astype(np.int64))


@compiled_with_lists
def _flood(flags: Bytes, values: Plane) -> Floats:
    """(N, 5) x, y, radius, peak and pixels of each patch; the flags are used up."""
    height, width = flags.shape
    number = 0
    for y in range(height):
        number += flags[y].sum()
    # A pixel waits here once at most, as its flag goes when it comes.
    places = np.empty(number, np.int64)
    table = np.empty((number, 5))
    patches = 0
    for y in range(height):
        for x in range(width):
            if flags[y, x]:
                size = _flood_one(flags, y, x, places)
                _measure(places[:size], width, values, table[patches])
                patches += 1
    return table[:patches].copy()


@inlined
def _flood_one(flags: Bytes, y: int, x: int, places: Ints) -> int:
    """Write the places of all pixels of a patch; returns how many there are."""
    height, width = flags.shape
    flags[y, x] = 0
    places[0] = y * width + x
    size, done = 1, 0
    while done < size:
        row, column = divmod(places[done], width)
        done += 1
        for near_y in range(max(0, row - 1), min(height, row + 2)):
            for near_x in range(max(0, column - 1), min(width, column + 2)):
                if flags[near_y, near_x]:
                    flags[near_y, near_x] = 0
                    places[size] = near_y * width + near_x
                    size += 1
    return size


@inlined
def _measure(places: Ints, width: int, values: Plane, out: Floats) -> None:
    total, sum_x, sum_y, peak = 0.0, 0.0, 0.0, 0.0
    for place in places:
        y, x = divmod(place, width)
        value = values[y, x]
        size = abs(value)
        total += size
        sum_x += size * x
        sum_y += size * y
        peak = value if size > abs(peak) else peak
    centre_x, centre_y = sum_x / total, sum_y / total
    furthest = 0.0
    for place in places:
        y, x = divmod(place, width)
        furthest = max(furthest, (x - centre_x) ** 2 + (y - centre_y) ** 2)
    # Half a pixel more, as the centres of the pixels were measured.
    out[0], out[1], out[2], out[3] = centre_x, centre_y, np.sqrt(furthest) + 0.5, peak
    out[4] = len(places)
