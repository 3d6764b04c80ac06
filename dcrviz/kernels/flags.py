"""Opening and growing of flagged pixels."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dcrviz.kernels.jit import compiled, inlined, unwritable
from dcrviz.records import Bools, Bytes, Ints


def open_flags(flags: Bools, radius_px: int) -> Bools:
    """Binary opening with the diamond of this radius; radius 0 keeps every flag.

    Notes
    -----
    Pixels nearer to the edge than the radius are eroded, as nothing outside counts as flagged. A
    diamond is the sum of as many crosses as its radius, so crosses are eroded and grown in turn.
    """
    opened = np.array(flags, dtype=np.bool_)
    if opened.size:
        pixels = opened.view(np.uint8)
        _open(pixels, np.empty_like(pixels), radius_px)
    return opened


def grow_flags(flags: Bools, radius_px: float) -> Bools:
    """Flag every pixel whose distance to a flagged one is at most the radius."""
    reach = int(radius_px)
    widths = [int(math.sqrt(radius_px**2 - dy**2)) for dy in range(reach + 1)]
    grown = np.zeros(flags.shape, dtype=np.bool_)
    bits = unwritable(np.ascontiguousarray(flags).view(np.uint8))
    _grow(bits, np.array(widths), grown.view(np.uint8))
    return grown


def grow_labels(labels: NDArray[np.int32], radius_px: float) -> NDArray[np.int32]:
    """Give every pixel the label of the nearest labelled one that is not beyond the radius, else 0.

    Parameters
    ----------
    labels
        (Y, X), 0 where there is none.
    """
    near = grow_flags(labels > 0, radius_px)
    reach = int(radius_px)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    squared = (y**2 + x**2).ravel()
    order = np.argsort(squared, kind="stable")[: (squared <= radius_px**2).sum()]
    grown = np.zeros(labels.shape, dtype=np.int32)
    _grow_labels(
        np.ascontiguousarray(labels, np.int32),
        near.view(np.uint8),
        y.ravel()[order],
        x.ravel()[order],
        grown,
    )
    return grown


@compiled
def _open(flags: Bytes, other: Bytes, radius: int) -> bool:
    return open_in_place(flags, other, radius)


@inlined
def open_in_place(flags: Bytes, other: Bytes, radius: int) -> bool:
    """Open (Y, X) flags with the diamond of this radius; returns whether any are left.

    Each bit of a byte is opened by itself. `other` is room of the same shape.
    """
    left = False
    for y in range(flags.shape[0]):
        left |= _any(flags[y])
    # As many crosses grow as erode: the result ends up where it began.
    here = flags
    for step in range(2 * radius):
        if not left:
            flags[:] = 0
            return False
        left = _cross(here, other, step < radius)
        here, other = other, here
    return left


@inlined
def _cross(flags: Bytes, out: Bytes, erode: bool) -> bool:
    """Erode or grow by a cross; nothing is flagged outside. Returns whether any are left."""
    height, width = flags.shape
    left = False
    for y in range(height):
        here, target = flags[y], out[y]
        above, below = flags[max(y - 1, 0)], flags[min(y + 1, height - 1)]
        if erode and (y == 0 or y == height - 1):
            target[:] = 0
        elif erode:
            target[0] = target[width - 1] = 0
            for x in range(width - 2):
                target[x + 1] = here[x] & here[x + 1] & here[x + 2] & above[x + 1] & below[x + 1]
        else:
            for x in range(width):
                target[x] = here[x] | above[x] | below[x]
            for x in range(width - 1):
                target[x] |= here[x + 1]
            for x in range(width - 1):
                target[x + 1] |= here[x]
        left |= _any(target)
    return left


@inlined
def _any(row: Bytes) -> bool:
    bits = np.uint8(0)
    for x in range(len(row)):
        bits |= row[x]
    return bool(bits)


@compiled
def _grow(flags: Bytes, widths: Ints, grown: Bytes) -> None:
    height, width = flags.shape
    for y in range(height):
        for dy in range(1 - len(widths), len(widths)):
            if not 0 <= y + dy < height:
                continue
            reach = widths[abs(dy)]
            row = flags[y + dy]
            for x in range(width):
                if row[x]:
                    grown[y, max(0, x - reach) : min(width, x + reach + 1)] = 1


@compiled
def _grow_labels(
    labels: NDArray[np.int32], near: Bytes, dy: Ints, dx: Ints, grown: NDArray[np.int32]
) -> None:
    """Look around each pixel that is near, the nearest places first."""
    height, width = labels.shape
    for y in range(height):
        for x in range(width):
            if not near[y, x]:
                continue
            for k in range(len(dy)):
                v, u = y + dy[k], x + dx[k]
                if 0 <= v < height and 0 <= u < width and labels[v, u]:
                    grown[y, x] = labels[v, u]
                    break
