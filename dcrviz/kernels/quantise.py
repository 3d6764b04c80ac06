"""Pixels as bytes for the screen: fine about zero, coarse where it is bright."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dcrviz.kernels.jit import compiled_with_lists, inlined, unwritable
from dcrviz.records import Bytes, Plane

LEVELS = 254
"""Steps between the lowest and the highest value; byte 0 means that there is none."""


def quantise(
    image: Plane, *, unit: float, low: float, high: float, bin_px: int = 1, curved: bool = True
) -> Bytes:
    """Means over squares of pixels as bytes 1 to 255, (Y, X) rounded up to whole squares.

    Parameters
    ----------
    unit
        What is 1 before the curve is taken.
    low, high
        What bytes 1 and 255 mean, after the curve; beyond them values are clipped.
    bin_px
        Side of the squares.
    curved
        Whether the inverse hyperbolic sine is taken.

    Returns
    -------
    (ceil(Y / bin), ceil(X / bin)) uint8
        0 where no pixel of the square is finite.
    """
    height, width = image.shape
    out = np.empty((math.ceil(height / bin_px), math.ceil(width / bin_px)), np.uint8)
    if out.size:
        pixels = unwritable(np.ascontiguousarray(image, np.float32))
        _quantise(pixels, 1 / unit, low, LEVELS / (high - low), bin_px, curved, out)
    return out


def restored(
    quantised: Bytes, *, unit: float, low: float, high: float, curved: bool = True
) -> NDArray[np.float64]:
    """The values that bytes stand for; NaN for byte 0."""
    level = low + (quantised.astype(np.float64) - 1) * (high - low) / LEVELS
    value = unit * (np.sinh(level) if curved else level)
    return np.where(quantised == 0, np.nan, value)


@compiled_with_lists
def _quantise(
    image: Plane, scale: float, low: float, steps: float, side: int, curved: bool, out: Bytes
) -> None:
    columns = out.shape[1]
    mean = np.empty(columns, np.float32)
    curve = np.empty(columns, np.float32)
    bits = curve.view(np.int32)
    for row in range(out.shape[0]):
        _bin_row(image, row, side, mean)
        if curved:
            _take_curve(mean, np.float32(scale), curve, bits)
        else:
            for x in range(columns):
                curve[x] = mean[x] * np.float32(scale)
        target = out[row]
        for x in range(columns):
            level = (curve[x] - np.float32(low)) * np.float32(steps)
            level = min(max(level, np.float32(0)), np.float32(LEVELS))
            target[x] = np.uint8(level + np.float32(1.5)) if np.isfinite(mean[x]) else np.uint8(0)


@inlined
def _bin_row(image: Plane, row: int, side: int, mean: Plane) -> None:
    """Means of the finite pixels of each square of a row of squares, NaN without any."""
    height, width = image.shape
    if side == 1:
        source = image[row]
        for x in range(width):
            mean[x] = source[x]
        return
    for column in range(len(mean)):
        total, number = 0.0, 0
        for y in range(row * side, min((row + 1) * side, height)):
            for x in range(column * side, min((column + 1) * side, width)):
                if np.isfinite(image[y, x]):
                    total += image[y, x]
                    number += 1
        mean[column] = total / number if number else np.nan


@inlined
def _take_curve(mean: Plane, scale: np.float32, curve: Plane, bits: NDArray[np.int32]) -> None:
    """Asinh of the scaled means to 1e-4, as sums that vector units can do.

    The exponent of a float is its logarithm's whole part; a polynomial adds the rest.
    """
    one = np.float32(1)
    for x in range(len(mean)):
        size = abs(mean[x] * scale)
        curve[x] = size + np.sqrt(size * size + one)
    for x in range(len(mean)):
        exponent = (bits[x] >> 23) - 127
        bits[x] = (bits[x] & 0x7FFFFF) | 0x3F800000
        part = curve[x] - one
        # Least-squares fit of log2(1 + part) on 0 to 1, exact at both ends.
        rest = part * (
            np.float32(1.4418359)
            + part
            * (
                np.float32(-0.7083722)
                + part
                * (
                    np.float32(0.4135551)
                    + part * (np.float32(-0.1912625) + part * np.float32(0.0442437))
                )
            )
        )
        value = (np.float32(exponent) + rest) * np.float32(0.69314718)
        curve[x] = value if mean[x] > 0 else -value
