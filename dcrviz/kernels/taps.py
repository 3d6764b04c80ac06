"""Where the taps of an interpolated shift lie, and what they weigh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dcrviz.records import Floats, Frozen, SplineOrder

PAD = 4
"""Mirrored pixels around the coefficients: enough for the taps of every order at every edge."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Taps(Frozen):
    """A table of M shifts of one image shape; axes are ``(y, x)``.

    Parameters
    ----------
    first
        (M, 2) int64, distance from an output pixel to its first tap.
    span
        (M, 2, 2) int64, first and one past the last output row or column that lies inside.
    weights
        (M, 2, T) float32, of the T taps along each axis.
    """

    first: NDArray[np.int64]
    span: NDArray[np.int64]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.first)

    @classmethod
    def joined(cls, tables: Sequence[Self]) -> Self:
        """The shifts of several tables, one after another."""
        return cls(
            first=np.concatenate([table.first for table in tables]),
            span=np.concatenate([table.span for table in tables]),
            weights=np.concatenate([table.weights for table in tables]),
        )


def tap_table(shifts_px: Floats, shape: tuple[int, int], *, order: SplineOrder) -> Taps:
    """Taps of (M, 2) shifts of an image of this shape.

    Notes
    -----
    ``out(y, x) = in(y - dy, x - dx)`` with a B-spline of this order. A pixel of the output exists
    only if ``0 <= k - s <= n - 1``, decided in double precision: what lies outside by any amount
    is zero.
    """
    axes = [
        [_axis(float(shift[axis]), shape[axis], order) for axis in (0, 1)] for shift in shifts_px
    ]
    number, taps = len(axes), order + 1
    return Taps(
        first=np.array([[a[0] for a in pair] for pair in axes], np.int64).reshape(number, 2),
        span=np.array([[a[1] for a in pair] for pair in axes], np.int64).reshape(number, 2, 2),
        weights=np.array([[a[2] for a in pair] for pair in axes], np.float32).reshape(
            number, 2, taps
        ),
    )


def _axis(shift_px: float, length: int, order: int) -> tuple[int, tuple[int, int], Floats]:
    place = np.arange(length) - shift_px
    inside = np.flatnonzero((place >= 0) & (place <= length - 1))
    if inside.size == 0:
        return 0, (0, 0), np.zeros(order + 1)
    middle = int(inside[inside.size // 2])
    centre = float(place[middle])
    nearest = int(np.floor(centre + 0.5) if order % 2 == 0 else np.floor(centre))
    start = nearest - order // 2
    places: Floats = centre - np.arange(start, start + order + 1, dtype=np.float64)
    weights = spline_weights(places, order=order)
    return start - middle, (int(inside[0]), int(inside[-1]) + 1), weights


def spline_weights(distance: Floats, *, order: int) -> Floats:
    """Centred B-spline of an order at these distances, by its truncated powers.

    Notes
    -----
    Unser, Aldroubi and Eden 1993, IEEE Trans. Signal Processing 41, 821:
    beta^n(x) = sum_j (-1)^j binom(n+1, j) (x - j + (n+1)/2)_+^n / n!.
    """
    if order == 0:
        # The half-open interval, so that of two neighbours exactly one counts.
        return ((distance >= -0.5) & (distance < 0.5)).astype(np.float64)
    total = np.zeros_like(distance)
    binomial, factorial = 1.0, 1.0
    for j in range(order + 2):
        total += (-1.0) ** j * binomial * np.maximum(distance - j + (order + 1) / 2, 0) ** order
        binomial *= (order + 1 - j) / (j + 1)
    for j in range(2, order + 1):
        factorial *= j
    return total / factorial
