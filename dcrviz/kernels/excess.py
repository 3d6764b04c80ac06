"""What planes have beyond a share of their common light, row by row."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import compiled
from dcrviz.kernels.planes import mean_row
from dcrviz.records import Cube, Plane
from dcrviz.rooms import fresh, fresh_like


def common_light(planes: Cube) -> tuple[Plane, Plane, Plane]:
    """Mean of (S, Y, X) planes, what of it is above 0, and the square of that, (Y, X) each."""
    mean, light, squares = (fresh(*planes.shape[1:]) for _ in range(3))
    if mean.size:
        _common(planes, mean, light, squares)
    return mean, light, squares


def weighed_excess(plane: Plane, mean: Plane, light: Plane) -> Plane:
    """Excess of a plane over the mean, times the light."""
    out = fresh_like(mean)
    if out.size:
        _weigh(plane, mean, light, out)
    return out


def excess_beyond(plane: Plane, mean: Plane, light: Plane, share: Plane, power: Plane) -> Plane:
    """Excess of a plane over the mean without share / power times the light."""
    out = fresh_like(mean)
    if out.size:
        _beyond(plane, mean, light, share, power, out)
    return out


@compiled
def _common(planes: Cube, mean: Plane, light: Plane, squares: Plane) -> None:
    _, height, width = planes.shape
    for y in range(height):
        row, bright, square = mean[y], light[y], squares[y]
        mean_row(planes, y, row)
        for x in range(width):
            bright[x] = row[x] if row[x] > 0 else np.float32(0)
            square[x] = bright[x] * bright[x]


@compiled
def _weigh(plane: Plane, mean: Plane, light: Plane, out: Plane) -> None:
    for y in range(len(out)):
        source, common, bright, target = plane[y], mean[y], light[y], out[y]
        for x in range(len(target)):
            target[x] = (source[x] - common[x]) * bright[x]


@compiled
def _beyond(
    plane: Plane, mean: Plane, light: Plane, share: Plane, power: Plane, out: Plane
) -> None:
    for y in range(len(out)):
        source, common, bright, part = plane[y], mean[y], light[y], share[y]
        whole, target = power[y], out[y]
        for x in range(len(target)):
            target[x] = source[x] - common[x] - part[x] / whole[x] * bright[x]
