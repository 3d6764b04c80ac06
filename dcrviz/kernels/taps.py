"""Where the taps of an interpolated shift lie, and what they weigh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dcrviz.frozen import Frozen
from dcrviz.kernels.jit import compiled, inlined, unwritable
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
    shifts = np.ascontiguousarray(shifts_px, np.float64).reshape(-1, 2)
    first, span = np.empty(shifts.shape, np.int64), np.empty((*shifts.shape, 2), np.int64)
    weights = np.empty((*shifts.shape, order + 1), np.float32)
    _fill(unwritable(shifts), *shape, order, first, span, weights)
    return Taps(first=first, span=span, weights=weights)


def spline_weights(distance: Floats, *, order: int) -> Floats:
    """Centred B-spline of an order at these distances, by its truncated powers.

    Notes
    -----
    Unser, Aldroubi and Eden 1993, IEEE Trans. Signal Processing 41, 821:
    beta^n(x) = sum_j (-1)^j binom(n+1, j) (x - j + (n+1)/2)_+^n / n!.
    """
    weights = np.empty(distance.shape)
    _weigh(unwritable(np.ascontiguousarray(distance, np.float64).ravel()), order, weights.ravel())
    return weights


@compiled
def _fill(
    shifts: Floats,
    height: int,
    width: int,
    order: int,
    first: NDArray[np.int64],
    span: NDArray[np.int64],
    weights: NDArray[np.float32],
) -> None:
    for m in range(len(shifts)):
        for axis in range(2):
            shift, last = shifts[m, axis], (height if axis == 0 else width) - 1
            begin = min(max(np.ceil(shift), 0), last + 1)
            # One or two too many, as a sum is rounded; each pixel is judged by its own difference.
            end = min(max(np.floor(last + shift) + 2, 0), last + 1)
            for _ in range(2):
                if end > 0 and end - 1 - shift > last:
                    end -= 1
            if not end > begin:
                first[m, axis], span[m, axis, 0], span[m, axis, 1] = 0, 0, 0
                weights[m, axis] = 0
                continue
            middle = begin + (end - begin) // 2
            centre = middle - shift
            nearest = np.floor(centre + 0.5) if order % 2 == 0 else np.floor(centre)
            start = nearest - order // 2
            first[m, axis] = int(start - middle)
            span[m, axis, 0], span[m, axis, 1] = int(begin), int(end)
            for tap in range(order + 1):
                weights[m, axis, tap] = _spline(centre - (start + tap), order)


@compiled
def _weigh(distance: Floats, order: int, weights: Floats) -> None:
    for place in range(len(distance)):
        weights[place] = _spline(distance[place], order)


@inlined
def _spline(distance: float, order: int) -> float:
    if order == 0:
        # The half-open interval, so that of two neighbours exactly one counts.
        return 1.0 if -0.5 <= distance < 0.5 else 0.0
    total, binomial, factorial = 0.0, 1.0, 1.0
    for j in range(order + 2):
        reach = max(distance - j + (order + 1) / 2, 0.0)
        power = binomial if j % 2 == 0 else -binomial
        for _ in range(order):
            power *= reach
        total += power
        binomial *= (order + 1 - j) / (j + 1)
    for k in range(2, order + 1):
        factorial *= k
    return total / factorial
