"""Where the zenith is on the image of each visit."""

from __future__ import annotations

import math

import numpy as np

from dcrviz.diagnostics.remembered import remembered
from dcrviz.engine import Problem
from dcrviz.physics.geometry import wcs_jacobian, zenith_direction_px
from dcrviz.records import Floats

_COMMON = 0.5


@remembered
def zenith_directions(problem: Problem) -> tuple[tuple[float, float] | None, ...]:
    """Direction (x, y) of length 1 to the zenith in each visit; None where it is not known."""
    if problem.wcs is None:
        return (None,) * len(problem.visits)
    jacobian = wcs_jacobian(problem.wcs, problem.shape)
    found: list[tuple[float, float] | None] = []
    for visit in problem.visits:
        if visit.parallactic_rad is None:
            found.append(None)
            continue
        y, x = zenith_direction_px(visit.parallactic_rad, jacobian=jacobian)
        length = math.hypot(x, y) or 1.0
        found.append((float(x / length), float(y / length)))
    return tuple(found)


def zenith_axis(problem: Problem) -> Floats | None:
    """(2,) direction (x, y) of the line, either way, along which most of the visits are refracted.

    None where it is not known, or the visits that are on share no line: the mean of their doubled
    angles is then shorter than half.
    """
    known = [
        direction
        for direction, factor in zip(zenith_directions(problem), problem.factors, strict=True)
        if direction is not None and factor > 0
    ]
    if not known:
        return None
    doubled = np.mean([complex(x, y) ** 2 for x, y in known])
    if abs(doubled) < _COMMON:
        return None
    half = np.angle(doubled) / 2
    return np.array([np.cos(half), np.sin(half)])
