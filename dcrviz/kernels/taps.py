"""Where the taps of an interpolated shift lie, and what they weigh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dcrviz.frozen import Frozen
from dcrviz.records import Floats, SplineOrder

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
    last = np.array(shape) - 1
    shifts = np.asarray(shifts_px, np.float64).reshape(-1, 2)
    begin = np.clip(np.ceil(shifts), 0, last + 1)
    # One or two too many, as a sum is rounded; each pixel is judged by its own difference.
    end = np.clip(np.floor(last + shifts) + 2, 0, last + 1)
    for _ in range(2):
        end = np.where((end > 0) & (end - 1 - shifts > last), end - 1, end)
    exists = end > begin
    begin, end = np.where(exists, begin, 0), np.where(exists, end, 0)
    middle = begin + (end - begin) // 2
    centre = middle - shifts
    nearest = np.floor(centre + 0.5) if order % 2 == 0 else np.floor(centre)
    start = nearest - order // 2
    distance = centre[..., None] - (start[..., None] + np.arange(order + 1))
    weights = np.where(exists[..., None], spline_weights(distance, order=order), 0)
    return Taps(
        first=np.where(exists, start - middle, 0).astype(np.int64),
        span=np.stack([begin, end], axis=-1).astype(np.int64),
        weights=weights.astype(np.float32),
    )


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
