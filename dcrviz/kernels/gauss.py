"""Gaussian smoothing of an image."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dcrviz.kernels.jit import compiled
from dcrviz.records import Plane

_TRUNCATE = 4.0
# Taps on each side that one sweep adds; the weights are filled up with zeros to a multiple.
_GROUP = 4


def smooth(
    image: Plane,
    width_px: float,
    *,
    mode: Literal["constant", "reflect"],
    out: Plane | None = None,
) -> Plane:
    """Convolve with a Gaussian of this standard deviation, cut at four of them.

    Parameters
    ----------
    image
        (Y, X).
    mode
        What lies outside: ``constant``, zero; ``reflect``, the image mirrored about its edges.
    out
        Where to write; a new array if None.

    Notes
    -----
    As `scipy.ndimage.gaussian_filter` defines it; a width of 0 returns a copy.
    """
    image = np.ascontiguousarray(image, dtype=np.float32)
    out = np.empty_like(image) if out is None else out
    if width_px == 0 or image.size == 0:
        out[...] = image
        return out
    half = _half_weights(width_px)
    _smooth(image, half, mode == "reflect", out, _GROUP)
    return out


def _half_weights(width_px: float) -> Plane:
    radius = int(_TRUNCATE * width_px + 0.5)
    weights = np.exp(-0.5 * (np.arange(radius + 1) / width_px) ** 2)
    weights /= 2 * weights.sum() - weights[0]
    filled = np.zeros(1 + -(-radius // _GROUP) * _GROUP, dtype=np.float32)
    filled[: radius + 1] = weights
    return filled


@compiled
def _smooth(image: Plane, half: Plane, reflect: bool, out: Plane, group: int) -> None:
    height, width = image.shape
    reach = len(half) - 1
    column = np.empty(width, np.float32)
    nothing = np.zeros(width, np.float32)
    padded = np.zeros(width + 2 * reach, np.float32)
    for y in range(height):
        source = image[y]
        for x in range(width):
            column[x] = half[0] * source[x]
        for k in range(1, reach + 1, group):
            _add_rows(image, half, y, k, reflect, nothing, column)
        padded[reach : reach + width] = column
        if reflect:
            for k in range(reach):
                padded[reach - 1 - k] = column[_reflected(-1 - k, width)]
                padded[reach + width + k] = column[_reflected(width + k, width)]
        _along_row(padded, half, reach, group, out[y])


@compiled
def _add_rows(
    image: Plane, half: Plane, y: int, k: int, reflect: bool, nothing: Plane, column: Plane
) -> None:
    a0, b0 = _row(image, y - k, reflect, nothing), _row(image, y + k, reflect, nothing)
    a1, b1 = _row(image, y - k - 1, reflect, nothing), _row(image, y + k + 1, reflect, nothing)
    a2, b2 = _row(image, y - k - 2, reflect, nothing), _row(image, y + k + 2, reflect, nothing)
    a3, b3 = _row(image, y - k - 3, reflect, nothing), _row(image, y + k + 3, reflect, nothing)
    h0, h1, h2, h3 = half[k], half[k + 1], half[k + 2], half[k + 3]
    for x in range(len(column)):
        column[x] += (
            h0 * (a0[x] + b0[x])
            + h1 * (a1[x] + b1[x])
            + h2 * (a2[x] + b2[x])
            + h3 * (a3[x] + b3[x])
        )


@compiled
def _row(image: Plane, y: int, reflect: bool, nothing: Plane) -> Plane:
    height = image.shape[0]
    if 0 <= y < height:
        inside: Plane = image[y]
        return inside
    outside: Plane = image[_reflected(y, height)] if reflect else nothing
    return outside


@compiled
def _along_row(padded: Plane, half: Plane, reach: int, group: int, out: Plane) -> None:
    width = len(out)
    centre = padded[reach : reach + width]
    for x in range(width):
        out[x] = half[0] * centre[x]
    for k in range(1, reach + 1, group):
        low = padded[reach - k - 3 : reach - k + width]
        high = padded[reach + k : reach + k + width + 3]
        h0, h1, h2, h3 = half[k], half[k + 1], half[k + 2], half[k + 3]
        for x in range(width):
            out[x] += (
                h0 * (low[x + 3] + high[x])
                + h1 * (low[x + 2] + high[x + 1])
                + h2 * (low[x + 1] + high[x + 2])
                + h3 * (low[x] + high[x + 3])
            )


@compiled
def _reflected(index: int, length: int) -> int:
    """Index inside a line that mirroring about its edges, between pixels, leads to."""
    index = index % (2 * length)
    return min(index, 2 * length - 1 - index)
