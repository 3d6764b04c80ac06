"""What a solver hands back after one move."""

from __future__ import annotations

from dataclasses import dataclass

from dcrviz.engine.convergence import Convergence
from dcrviz.engine.step import ClampReport, Memory
from dcrviz.frozen import Frozen
from dcrviz.records import Cube, Floats


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Move(Frozen):
    """New planes, and what belongs to them.

    Parameters
    ----------
    planes
        (S, Y, X) of the whole field.
    gain
        How much of a new solution was taken; 1 where it was taken whole.
    residual
        Relative residual of the solver's equations; NaN where it has none.
    clamps
        What the clamps did, None without any.
    memory
        What the next move goes on from.
    measured
        How well the planes fit, if the solver had to measure it; None leaves it to do.
    covariance
        (S, S), posterior covariance of the planes in one pixel; None if the solver tells none.
    """

    planes: Cube
    gain: float
    residual: float = float("nan")
    clamps: ClampReport | None = None
    memory: Memory | None = None
    covariance: Floats | None = None
    measured: Convergence | None = None
