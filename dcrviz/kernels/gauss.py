"""Gaussian smoothing of an image, row by row."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from dcrviz.kernels.jit import compiled, inlined, unwritable
from dcrviz.kernels.pool import run_bands
from dcrviz.kernels.sums import PAIRS, aligned, copy_line, filter_rows
from dcrviz.records import Ints, Plane
from dcrviz.rooms import fresh_like

_TRUNCATE = 4.0

# A plain tuple, as numba's cache of machine code would not survive the renaming of a class.
Blur: TypeAlias = tuple[Plane, bool, Plane, Plane, tuple[Ints, Ints], tuple[Ints, Ints]]
"""A smoothing under way: half of its weights, whether it reflects, room for a row with its
continuation, the ring of rows that have been filtered along x, and the places of the neighbours
along x and along y."""


def smooth(
    image: Plane,
    width_px: float,
    *,
    mode: Literal["constant", "reflect"],
    threads: int = 1,
) -> Plane:
    """Convolve with a Gaussian of this standard deviation, cut at four of them.

    Parameters
    ----------
    image
        (Y, X).
    mode
        What lies outside: ``constant``, zero; ``reflect``, the image mirrored about its edges.

    Notes
    -----
    As `scipy.ndimage.gaussian_filter` defines it; a width of 0 returns a copy.
    """
    image = np.ascontiguousarray(image, dtype=np.float32)
    out = fresh_like(image)

    def loop(top: int, bottom: int) -> None:
        smooth_rows(image, width_px, mode=mode, out=out, rows=(top, bottom))

    run_bands(loop, len(image), threads=threads)
    return out


def smooth_rows(
    image: Plane,
    width_px: float,
    *,
    mode: Literal["constant", "reflect"],
    out: Plane,
    rows: tuple[int, int],
) -> None:
    """Write some rows of a smoothed image: the first, and one past the last."""
    if width_px == 0:
        out[slice(*rows)] = image[slice(*rows)]
    elif image.size:
        _smooth(unwritable(image), blur_of(width_px, image.shape[1], mode=mode), out, *rows)


def blur_of(width_px: float, columns: int, *, mode: Literal["constant", "reflect"]) -> Blur:
    """A smoothing of rows of so many columns, before its first row."""
    half = _half_weights(width_px)
    reach = len(half) - 1
    return (
        half,
        mode == "reflect",
        aligned(columns + 2 * reach),
        aligned((2 * reach + 2) * _row_length(columns)).reshape(2 * reach + 2, -1),
        (np.arange(reach)[::-1].copy(), np.arange(reach) + reach + 1),
        (np.empty(reach, np.int64), np.empty(reach, np.int64)),
    )


@inlined
def reach_of(blur: Blur) -> int:
    """How many rows above and below a smoothed one are needed."""
    return len(blur[0]) - 1


@inlined
def take_row(blur: Blur, row: Plane, y: int) -> None:
    """Filter row y along x, into the ring of those that a smoothed row needs."""
    half, reflect, line, ring, neighbours, _ = blur
    reach, width, number = len(half) - 1, len(row), len(ring) - 1
    copy_line(row, line[reach : reach + width])
    for k in range(reach if reflect else 0):
        line[reach - 1 - k] = line[reach + _reflected(-1 - k, width)]
        line[reach + width + k] = line[reach + _reflected(width + k, width)]
    place = y % number * ring.shape[1]
    filter_rows(line, reach, neighbours, half, ring.reshape(ring.size), place, width)


@inlined
def give_row(blur: Blur, y: int, height: int, target: Plane, begin: int, width: int) -> None:
    """Write row y of the smoothed image, of this height, into a part of a flat array.

    The rows that it needs must have been taken. The ring's last row stays empty: it stands for what
    lies outside.
    """
    half, reflect, _, ring, _, pairs = blur
    number, length = len(ring) - 1, ring.shape[1]
    for k in range(len(half) - 1):
        for side, row in ((0, y - 1 - k), (1, y + 1 + k)):
            if 0 <= row < height:
                place = row % number
            else:
                place = _reflected(row, height) % number if reflect else number
            pairs[side][k] = place * length
    rows = ring.reshape(ring.size)
    filter_rows(rows, y % number * length, pairs, half, target, begin, width)


def _half_weights(width_px: float) -> Plane:
    radius = int(_TRUNCATE * width_px + 0.5)
    # Of a width of 0 the middle alone is left.
    weights = np.exp(-0.5 * (np.arange(radius + 1) / (width_px or 1.0)) ** 2)
    weights /= 2 * weights.sum() - weights[0]
    filled = np.zeros(1 + max(1, -(-radius // PAIRS)) * PAIRS, dtype=np.float32)
    filled[: radius + 1] = weights
    return filled


def _row_length(width: int) -> int:
    """Length of a row in the ring: whole cache lines, of which all rows begin in different ones."""
    return (width // 32 + 1) * 32 + 16


@compiled
def _smooth(image: Plane, blur: Blur, out: Plane, top: int, bottom: int) -> None:
    height, width = image.shape
    reach = reach_of(blur)
    target = out.reshape(out.size)
    for y in range(top - 2 * reach, bottom):
        if 0 <= y + reach < height:
            take_row(blur, image[y + reach], y + reach)
        if y >= top:
            give_row(blur, y, height, target, y * width, width)


@inlined
def _reflected(index: int, length: int) -> int:
    """Index inside a line that mirroring about its edges, between pixels, leads to."""
    index = index % (2 * length)
    return min(index, 2 * length - 1 - index)
