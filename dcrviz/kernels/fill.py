"""Filling of holes, ring by ring."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import compiled_with_lists, inlined
from dcrviz.records import Bools, Bytes, Plane


def fill_from_rims(image: Plane, known: Bools) -> None:
    """Replace in place what is not known by the mean of the known among the eight neighbours.

    The pixels of a ring see only those of the rings before, so that no direction is preferred.
    """
    _fill(image, known.astype(np.uint8))


@compiled_with_lists
def _fill(image: Plane, known: Bytes) -> None:
    height, width = image.shape
    ring = [(y, x) for y in range(height) for x in range(width) if not known[y, x]]
    ring = [place for place in ring if _known_near(known, place[0], place[1]) > 0]
    while len(ring) > 0:
        values = [_mean_near(image, known, y, x) for y, x in ring]
        for place, value in zip(ring, values):  # noqa: B905 - numba's zip has no strict
            image[place] = value
            known[place] = 1
        # A pixel of the next ring is named once, by marking it as waited for.
        following = [(0, 0) for _ in range(0)]
        for y, x in ring:
            for v in range(max(0, y - 1), min(height, y + 2)):
                for u in range(max(0, x - 1), min(width, x + 2)):
                    if known[v, u] == 0:
                        known[v, u] = 2
                        following.append((v, u))
        for place in following:
            known[place] = 0
        ring = following


@inlined
def _known_near(known: Bytes, y: int, x: int) -> int:
    number = 0
    for v in range(max(0, y - 1), min(known.shape[0], y + 2)):
        for u in range(max(0, x - 1), min(known.shape[1], x + 2)):
            number += known[v, u]
    return number


@inlined
def _mean_near(image: Plane, known: Bytes, y: int, x: int) -> np.float32:
    total, number = 0.0, 0
    for v in range(max(0, y - 1), min(known.shape[0], y + 2)):
        for u in range(max(0, x - 1), min(known.shape[1], x + 2)):
            if known[v, u]:
                total += image[v, u]
                number += 1
    return np.float32(total / number)
