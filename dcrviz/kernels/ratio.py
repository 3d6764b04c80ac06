"""The ratio of a plane to its reference: smoothed, sharpened again, and made a plane again."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.gauss import Blur, blur_of, give_row, reach_of, take_row
from dcrviz.kernels.jit import compiled, inlined
from dcrviz.kernels.sums import aligned
from dcrviz.records import Plane

# How much of what the second blur takes away is added.
_SHARPER = 3


def smooth_ratio(
    plane: Plane,
    reference: Plane,
    level: Plane,
    *,
    floor: float,
    width_px: float,
    out: Plane,
    rows: tuple[int, int],
) -> None:
    """Write some rows of the reference times the smoothed ratio: the first, and one past the last.

    Parameters
    ----------
    plane, reference, level
        (Y, X); the level is that of the ratio's denominator, which may be 0 off all sources.
    floor
        What the plane is raised by, as the level is.
    width_px
        Of the Gaussian that smooths; the ratio is sharpened by one of a third of it.

    Notes
    -----
    Rows pass from one smoothing to the next, and none is kept longer than it is needed.
    """
    columns = plane.shape[1]
    if plane.size == 0:
        return
    wide = blur_of(width_px, columns, mode="constant")
    narrow = blur_of(width_px / 3, columns, mode="reflect")
    # Sharpened rows come as late as the narrow blur reaches.
    ratios = np.empty((len(narrow[0]), columns), np.float32)
    _smooth_ratio(
        plane,
        reference,
        level,
        np.float32(floor),
        wide,
        narrow,
        ratios,
        aligned(columns),
        out,
        *rows,
    )


@compiled
def _smooth_ratio(
    plane: Plane,
    reference: Plane,
    level: Plane,
    floor: np.float32,
    wide: Blur,
    narrow: Blur,
    ratios: Plane,
    soft: Plane,
    out: Plane,
    top: int,
    bottom: int,
) -> None:
    height, width = plane.shape
    kept, number = ratios.reshape(ratios.size), len(ratios)
    ahead = reach_of(narrow)
    further = ahead + reach_of(wide)
    for y in range(top - 2 * further, bottom):
        if 0 <= y + further < height:
            take_row(wide, plane[y + further], y + further)
        if top - ahead <= y + ahead and 0 <= y + ahead < height:
            place = (y + ahead) % number
            give_row(wide, y + ahead, height, kept, place * width, width)
            _divide(ratios[place], floor, level[y + ahead])
            take_row(narrow, ratios[place], y + ahead)
        if y >= top:
            give_row(narrow, y, height, soft, 0, width)
            _sharpen(ratios[y % number], soft, reference[y], out[y])


@inlined
def _divide(smoothed: Plane, floor: np.float32, level: Plane) -> None:
    """Replace in place by (smoothed + floor) / level, 0 where the level is: off all sources."""
    for x in range(len(level)):
        smoothed[x] = (smoothed[x] + floor) / level[x] if level[x] != 0 else np.float32(0)


@inlined
def _sharpen(sharp: Plane, soft: Plane, reference: Plane, target: Plane) -> None:
    more = np.float32(_SHARPER)
    for x in range(len(target)):
        target[x] = (sharp[x] + more * (sharp[x] - soft[x])) * reference[x]
