"""Which of the visits deviate at a pixel: clipping about quartiles, then about the mean."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import compiled, inlined
from dcrviz.records import Bools, Bytes, Cube, Floats

# Half the distance between the quartiles of a Gaussian, in units of its sigma.
_QUARTILE = 0.6744897501960817


def clip_outliers(images: Cube, counted: Bools, *, sigma: float, iterations: int) -> Bools:
    """Counted pixels without those that deviate from the others at their place, (V, Y, X).

    Parameters
    ----------
    images, counted
        (V, Y, X).
    sigma
        Deviation beyond which a pixel is clipped.
    iterations
        How often; where all would be clipped, all count again.

    Notes
    -----
    The first limits are about the median, by the distance between the quartiles: with few visits
    one outlier would inflate a standard deviation. Later ones are about the mean of what is left.
    """
    used = np.array(counted, dtype=np.bool_)
    n_visits = len(images)
    if used.size:
        _clip(
            np.ascontiguousarray(images, np.float32).reshape(n_visits, -1),
            used.reshape(n_visits, -1).view(np.uint8),
            np.ascontiguousarray(counted).reshape(n_visits, -1).view(np.uint8),
            float(sigma),
            int(iterations),
            np.empty(n_visits),
        )
    return used


@compiled
def _clip(
    images: Cube, used: Bytes, counted: Bytes, sigma: float, iterations: int, room: Floats
) -> None:
    n_visits, n_pixels = images.shape
    for pixel in range(n_pixels):
        number = 0
        for visit in range(n_visits):
            if counted[visit, pixel]:
                _insert(room, number, images[visit, pixel])
                number += 1
        if number == 0:
            continue
        centre = _quantile(room, number, 0.5)
        width = (_quantile(room, number, 0.75) - _quantile(room, number, 0.25)) / (2 * _QUARTILE)
        for _ in range(iterations):
            left, total = 0, 0.0
            for visit in range(n_visits):
                near = counted[visit, pixel] and abs(images[visit, pixel] - centre) <= sigma * width
                used[visit, pixel] = near
                left += near
            for visit in range(n_visits):
                if left == 0:
                    used[visit, pixel] = counted[visit, pixel]
                # What is not used may be NaN.
                if used[visit, pixel]:
                    total += images[visit, pixel]
            left = left if left > 0 else number
            centre = total / left
            squares = 0.0
            for visit in range(n_visits):
                if used[visit, pixel]:
                    squares += (images[visit, pixel] - centre) ** 2
            width = np.sqrt(squares / max(left - 1, 1))


@inlined
def _insert(values: Floats, number: int, value: float) -> None:
    """Put a value in its place among the first so many, which are in order."""
    place = number
    while place > 0 and values[place - 1] > value:
        values[place] = values[place - 1]
        place -= 1
    values[place] = value


@inlined
def _quantile(values: Floats, number: int, part: float) -> float:
    """Between the values in order, linearly."""
    place = part * (number - 1)
    below = int(place)
    above = min(below + 1, number - 1)
    found: float = values[below] + (place - below) * (values[above] - values[below])
    return found
