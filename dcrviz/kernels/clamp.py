"""Clamps of a plane between two limits, where whole patches of pixels are beyond one."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.flags import open_in_place
from dcrviz.kernels.jit import compiled, inlined, unwritable
from dcrviz.records import Bytes, Plane


def clamp_rows(
    new: Plane,
    level: Plane,
    factor: float,
    radius_px: int,
    out: Plane,
    top: int,
    bottom: int,
) -> tuple[int, int]:
    """Write some rows clamped between ``level / factor`` and ``factor |level|``.

    Pixels beyond a limit count only where they survive an opening with the diamond of this radius;
    how many were too high, and how many too low, is returned.

    Parameters
    ----------
    factor
        At least 1: so that no pixel is beyond both limits.
    top, bottom
        First and one past the last of the rows that are written and counted.
    """
    if new.shape[1] == 0 or bottom <= top:
        return 0, 0
    # What is flagged further away than this leaves no trace in an opening.
    reach = 2 * radius_px
    first, last = max(0, top - reach), min(len(new), bottom + reach)
    room = np.empty((2, last - first, new.shape[1]), np.uint8)
    level = unwritable(level)
    return _clamp(new, level, np.float32(factor), radius_px, out, first, top, bottom, *room)


@compiled
def _clamp(
    new: Plane,
    level: Plane,
    factor: np.float32,
    radius: int,
    out: Plane,
    first: int,
    top: int,
    bottom: int,
    flags: Bytes,
    other: Bytes,
) -> tuple[int, int]:
    """As `clamp_rows`; a pixel's flags are 1 where it is high and 2 where it is low."""
    for y in range(len(flags)):
        _compare(new[first + y], level[first + y], factor, flags[y])
    some = open_in_place(flags, other, radius)
    high, low = 0, 0
    for y in range(top, bottom):
        value, limit, flag, target = new[y], level[y], flags[y - first], out[y]
        for x in range(len(target)):
            bound = factor * abs(limit[x]) if flag[x] == 1 else limit[x] / factor
            target[x] = bound if flag[x] else value[x]
        if some:
            high += _number(flag, 1)
            low += _number(flag, 2)
    return high, low


@inlined
def _compare(value: Plane, limit: Plane, factor: np.float32, flag: Bytes) -> None:
    for x in range(len(flag)):
        high = np.uint8(value[x] > factor * abs(limit[x]))
        low = np.uint8(value[x] < limit[x] / factor)
        flag[x] = high | low << 1


@inlined
def _number(flag: Bytes, kind: int) -> int:
    number = 0
    for x in range(len(flag)):
        number += flag[x] == kind
    return number
