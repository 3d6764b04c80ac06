"""What is true of the pixels that count: sums in double precision, and who is beyond a limit.

Threads change no bit of it.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from dcrviz.kernels.jit import compiled, summing, unwritable
from dcrviz.kernels.pool import run_bands
from dcrviz.records import Bools, Bytes, Cube, Floats, Plane


def counted_sums(planes: Cube, counted: Bools, *, threads: int = 1) -> Floats:
    """(S,) sum of each plane, (S, Y, X), over the pixels that count, (Y, X)."""
    of_rows = np.zeros(planes.shape[:2])
    if planes.size:
        loop = partial(_sum, unwritable(planes), _flags_of(counted), of_rows)
        run_bands(loop, planes.shape[1], threads=threads)
    sums: Floats = of_rows.sum(axis=1)
    return sums


def squared_change(now: Cube, then: Cube, counted: Bools, *, threads: int = 1) -> float:
    """Sum of the squares of what has changed in planes, (S, Y, X), over the pixels that count."""
    of_rows = np.zeros(now.shape[:2])
    if now.size:
        loop = partial(_change, unwritable(now), unwritable(then), _flags_of(counted), of_rows)
        run_bands(loop, now.shape[1], threads=threads)
    return float(of_rows.sum())


def flags_beyond(
    values: Plane, counted: Bools, limit: float, *, threads: int = 1
) -> tuple[Bools, Bools]:
    """Pixels that count and are below -limit, and those above it, (Y, X) each."""
    low, high = np.zeros(values.shape, np.uint8), np.zeros(values.shape, np.uint8)
    if values.size:
        loop = partial(
            _beyond, unwritable(values), _flags_of(counted), np.float32(limit), low, high
        )
        run_bands(loop, len(values), threads=threads)
    return low.view(np.bool_), high.view(np.bool_)


def _flags_of(counted: Bools) -> Bytes:
    return unwritable(np.ascontiguousarray(counted).view(np.uint8))


@compiled
def _sum(planes: Cube, counted: Bytes, sums: Floats, top: int, bottom: int) -> None:
    for a in range(len(planes)):
        for y in range(top, bottom):
            sums[a, y] = _sum_row(planes[a, y], counted[y])


@summing
def _sum_row(row: Plane, counted: Bytes) -> float:
    total, zero = 0.0, 0.0
    for x in range(len(row)):
        total += float(row[x]) if counted[x] else zero
    return total


@compiled
def _change(now: Cube, then: Cube, counted: Bytes, sums: Floats, top: int, bottom: int) -> None:
    for a in range(len(now)):
        for y in range(top, bottom):
            sums[a, y] = _change_of_row(now[a, y], then[a, y], counted[y])


@summing
def _change_of_row(now: Plane, then: Plane, counted: Bytes) -> float:
    total, zero = 0.0, np.float32(0)
    for x in range(len(now)):
        change = now[x] - then[x] if counted[x] else zero
        total += float(change) * float(change)
    return total


@compiled
def _beyond(
    values: Plane,
    counted: Bytes,
    limit: np.float32,
    low: Bytes,
    high: Bytes,
    top: int,
    bottom: int,
) -> None:
    for y in range(top, bottom):
        row, flag, below, above = values[y], counted[y], low[y], high[y]
        for x in range(values.shape[1]):
            below[x] = flag[x] & (row[x] < -limit)
            above[x] = flag[x] & (row[x] > limit)
