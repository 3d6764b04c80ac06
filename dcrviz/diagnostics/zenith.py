"""Where the zenith is on the image of each visit."""

from __future__ import annotations

import math
from functools import lru_cache

from dcrviz.engine import Problem
from dcrviz.physics.geometry import wcs_jacobian, zenith_direction_px


@lru_cache(maxsize=8)
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
