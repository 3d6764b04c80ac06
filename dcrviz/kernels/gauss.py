"""Gaussian smoothing of an image."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dcrviz.kernels.jit import compiled
from dcrviz.kernels.sums import PAIRS, aligned, copy_line, filter_rows
from dcrviz.records import Ints, Plane

_TRUNCATE = 4.0


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
    reach = len(half) - 1
    _smooth(
        image,
        half,
        mode == "reflect",
        out,
        aligned(image.shape[1] + 2 * reach),
        aligned((2 * reach + 2) * _row_length(image.shape[1])).reshape(2 * reach + 2, -1),
        (np.arange(reach)[::-1].copy(), np.arange(reach) + reach + 1),
        (np.empty(reach, np.int64), np.empty(reach, np.int64)),
    )
    return out


def _half_weights(width_px: float) -> Plane:
    radius = int(_TRUNCATE * width_px + 0.5)
    weights = np.exp(-0.5 * (np.arange(radius + 1) / width_px) ** 2)
    weights /= 2 * weights.sum() - weights[0]
    filled = np.zeros(1 + max(1, -(-radius // PAIRS)) * PAIRS, dtype=np.float32)
    filled[: radius + 1] = weights
    return filled


def _row_length(width: int) -> int:
    """Length of a row in the ring: whole cache lines, of which all rows begin in different ones."""
    return (width // 32 + 1) * 32 + 16


@compiled
def _smooth(
    image: Plane,
    half: Plane,
    reflect: bool,
    out: Plane,
    line: Plane,
    ring: Plane,
    neighbours: tuple[Ints, Ints],
    pairs: tuple[Ints, Ints],
) -> None:
    """Filter each row once, into a ring of those that an output row needs; then their columns.

    The ring's last row stays empty: it stands for what lies outside.
    """
    height, width = image.shape
    reach, number, length = len(half) - 1, len(ring) - 1, ring.shape[1]
    rows, target = ring.reshape(ring.size), out.reshape(out.size)
    for y in range(-reach, height):
        below = y + reach
        if below < height:
            copy_line(image[below], line[reach : reach + width])
            for k in range(reach if reflect else 0):
                line[reach - 1 - k] = line[reach + _reflected(-1 - k, width)]
                line[reach + width + k] = line[reach + _reflected(width + k, width)]
            filter_rows(line, reach, neighbours, half, rows, below % number * length, width)
        if y < 0:
            continue
        for k in range(reach):
            for side, row in ((0, y - 1 - k), (1, y + 1 + k)):
                if 0 <= row < height:
                    place = row % number
                else:
                    place = _reflected(row, height) % number if reflect else number
                pairs[side][k] = place * length
        filter_rows(rows, y % number * length, pairs, half, target, y * width, width)


@compiled
def _reflected(index: int, length: int) -> int:
    """Index inside a line that mirroring about its edges, between pixels, leads to."""
    index = index % (2 * length)
    return min(index, 2 * length - 1 - index)
