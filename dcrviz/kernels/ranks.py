"""The highest and the second highest of many images at each pixel, one image after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dcrviz.kernels.jit import compiled
from dcrviz.records import Plane
from dcrviz.rooms import fresh


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Ranks:
    """What the images so far had, (Y, X) each; changed in place by `take`.

    Parameters
    ----------
    first, second
        The two highest values, minus infinity before there are any.
    which
        The number of the image with the highest.
    """

    first: Plane
    second: Plane
    which: NDArray[np.int32]

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> Self:
        """Before the first image."""
        first, second, which = fresh(*shape), fresh(*shape), fresh(*shape).view(np.int32)
        first[:], second[:], which[:] = -np.inf, -np.inf, -1
        return cls(first=first, second=second, which=which)

    def take(self, image: Plane, number: int, *, sign: int = 1) -> None:
        """Rank one more image, or its negative."""
        if image.size:
            _take(
                np.ascontiguousarray(image, np.float32),
                np.float32(sign),
                number,
                self.first,
                self.second,
                self.which,
            )


@compiled
def _take(
    image: Plane,
    sign: np.float32,
    number: int,
    first: Plane,
    second: Plane,
    which: NDArray[np.int32],
) -> None:
    for y in range(len(image)):
        row, top, next_one, owner = image[y], first[y], second[y], which[y]
        for x in range(len(row)):
            value = sign * row[x]
            if value > top[x]:
                next_one[x] = top[x]
                top[x] = value
                owner[x] = number
            elif value > next_one[x]:
                next_one[x] = value
