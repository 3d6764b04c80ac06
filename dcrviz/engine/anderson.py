"""LSST's iteration, accelerated: Anderson's mixing of the last few planes, with a safeguard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from dcrviz.engine.step import Memory
from dcrviz.frozen import Frozen
from dcrviz.records import Cube, Floats

_DEPTH = 5
FIRST_MOVES = 4
"""Moves of the map alone, before the past tells anything: mixed, the first are often worse."""
# Directions of the past that are this nearly the same, in units of the longest, tell nothing more.
_ROUNDING = 1e-8


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class AndersonMemory(Frozen, Memory):
    """Earlier planes of one tile, and where the map would have taken each.

    Parameters
    ----------
    tile
        Whose planes they are: another tile begins anew.
    planes, moves
        Up to 5 times (S, Y, X), the oldest first: planes, and the map's whole move from them.
    evaluations
        How often the map was evaluated for this tile, rejected planes included.
    knobs
        Values of those that shape the map: turned, it is another map, and this past is not its.
    """

    tile: int
    planes: tuple[Cube, ...] = ()
    moves: tuple[Cube, ...] = ()
    evaluations: int = 0
    knobs: tuple[object, ...] = ()

    def with_point(self, planes: Cube, move: Cube, *, evaluations: int) -> AndersonMemory:
        """With one more pair, the oldest left out if there are too many."""
        return replace(
            self,
            planes=(*self.planes, planes)[-_DEPTH - 1 :],
            moves=(*self.moves, move)[-_DEPTH - 1 :],
            evaluations=self.evaluations + evaluations,
        )

    def forgotten(self) -> AndersonMemory:
        """With the last pair alone."""
        return replace(self, planes=self.planes[-1:], moves=self.moves[-1:])


def mixed(memory: AndersonMemory, *, length: float) -> Cube:
    """The planes that the past predicts to be nearest to the fixed point, (S, Y, X).

    Parameters
    ----------
    length
        Which part of the map's whole move is taken.

    Notes
    -----
    Anderson 1965, JACM 12, 547, in the form of Walker and Ni 2011, SIAM Journal on Numerical
    Analysis 49, 1715:
    x + b f - sum_j c_j (dx_j + b df_j), with c the least-squares solution of df c = f.
    """
    step = np.float32(length)
    planes, move = memory.planes[-1], memory.moves[-1]
    result = planes + step * move
    if len(memory.planes) < 2:
        return result
    moved = [after - before for before, after in pairwise(memory.planes)]
    changed = [after - before for before, after in pairwise(memory.moves)]
    for share, along, bend in zip(_shares(changed, move), moved, changed, strict=True):
        result -= np.float32(share) * (along + step * bend)
    return result


def _shares(changed: list[Cube], move: Cube) -> Floats:
    """Least-squares shares of the changes in a move, by their normal equations."""
    flat = [change.ravel() for change in changed]
    products = np.array([[np.vdot(a, b) for a in flat] for b in flat], dtype=np.float64)
    right = np.array([np.vdot(a, move.ravel()) for a in flat], dtype=np.float64)
    products += _ROUNDING * np.diag(products).max() * np.eye(len(flat))
    if not products.any():
        return np.zeros(len(flat))
    return np.asarray(np.linalg.solve(products, right), np.float64)
