"""Where stamps lie that are their references, moved and changed: a small fit, solved in turns."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import compiled, inlined, summing, unwritable
from dcrviz.records import Floats

# Of the unknowns: offset along y and x, sky, and then what the images of the reference count.
SKY, FIRST_IMAGE = 2, 3
SPLINE_PX = 2
"""A cubic spline reaches so far."""


def follow(
    stamps: Floats,
    splines: Floats,
    solver: Floats,
    *,
    margin: int,
    turns: int,
    damping: float,
    settled_px: float = 0.0,
) -> Floats:
    """Unknowns of every stamp, whose model is the sum of some images, moved, above some sky.

    Parameters
    ----------
    stamps : (I, N, Y, X)
        Of N sources, in I images.
    splines : (N, K, Y + 2 margin, X + 2 margin)
        Coefficients of the cubic splines through K images of each source.
    solver : (N, 3 + K, Y X)
        The least-squares solution for what the model leaves of a stamp at rest.
    margin
        Two more than the largest offset, which no source leaves [px].
    turns, damping
        How often, at most, what the model leaves is solved for, and what part of the solution is
        added.
    settled_px
        A stamp is done with when its offset changes by less.

    Returns
    -------
    (I, N, 3 + K)
        Offset along y and x [px], sky, and what each image counts; begun with the first image as
        it is. Offsets of stamps that are not finite are NaN.
    """
    height, width = stamps.shape[2:]
    found = np.zeros((*stamps.shape[:2], solver.shape[1]))
    found[..., FIRST_IMAGE] = 1.0
    reach = 2 * SPLINE_PX - 1
    rooms = np.empty((height + reach, width + reach)), np.empty(width + reach)
    _follow(
        unwritable(np.ascontiguousarray(stamps)),
        unwritable(np.ascontiguousarray(splines)),
        unwritable(np.ascontiguousarray(solver)),
        margin,
        turns,
        damping,
        settled_px,
        found,
        *rooms,
        np.empty(height * width),
    )
    return found


@compiled
def _follow(
    stamps: Floats,
    splines: Floats,
    solver: Floats,
    margin: int,
    turns: int,
    damping: float,
    settled_px: float,
    found: Floats,
    near: Floats,
    row: Floats,
    left: Floats,
) -> None:
    farthest = float(margin - SPLINE_PX)
    for i in range(stamps.shape[0]):
        for n in range(stamps.shape[1]):
            unknowns = found[i, n]
            for _ in range(turns):
                before_y, before_x = unknowns[0], unknowns[1]
                _leave(stamps[i, n], splines[n], unknowns, margin, near, row, left)
                for j in range(len(unknowns)):
                    unknowns[j] += damping * _product(solver[n, j], left)
                # It would lead out of the arrays; planes that have run away are like that.
                if np.isnan(unknowns[0]) or np.isnan(unknowns[1]):
                    break
                for axis in range(SKY):
                    unknowns[axis] = min(max(unknowns[axis], -farthest), farthest)
                turn = max(abs(unknowns[0] - before_y), abs(unknowns[1] - before_x))
                if turn < settled_px:
                    break


@inlined
def _leave(
    stamp: Floats,
    splines: Floats,
    unknowns: Floats,
    margin: int,
    near: Floats,
    row: Floats,
    left: Floats,
) -> None:
    """Write the stamp less its model."""
    height, width = stamp.shape
    along_y, along_x = margin - unknowns[0], margin - unknowns[1]
    top, begin = int(np.floor(along_y)), int(np.floor(along_x))
    for y in range(len(near)):
        goal = near[y]
        goal[:] = 0
        for k in range(len(splines)):
            count = unknowns[FIRST_IMAGE + k]
            # One row and column before what the offset leads to, as the spline reaches there.
            source = splines[k, top - 1 + y, begin - 1 : begin - 1 + len(goal)]
            for x in range(len(goal)):
                goal[x] += count * source[x]
    a, b, c, d = _spline(along_y - top)
    e, f, g, h = _spline(along_x - begin)
    for y in range(height):
        first, second, third, fourth = near[y], near[y + 1], near[y + 2], near[y + 3]
        for x in range(len(row)):
            row[x] = a * first[x] + b * second[x] + c * third[x] + d * fourth[x]
        seen, goal = stamp[y], left[y * width : (y + 1) * width]
        for x in range(width):
            model = e * row[x] + f * row[x + 1] + g * row[x + 2] + h * row[x + 3]
            goal[x] = seen[x] - unknowns[SKY] - model


@inlined
def _spline(part: float) -> tuple[float, float, float, float]:
    """The cubic B-spline at the four pixels that it reaches, by a part of a pixel."""
    rest = 1 - part
    return (
        rest**3 / 6,
        2 / 3 - part**2 * (1 - part / 2),
        2 / 3 - rest**2 * (1 - rest / 2),
        part**3 / 6,
    )


@summing
def _product(one: Floats, other: Floats) -> float:
    total = 0.0
    for x in range(len(one)):
        total += one[x] * other[x]
    return total
