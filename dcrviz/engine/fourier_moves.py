"""The moves of the solvers in Fourier space: `direct` makes one, `pcg` one for each iteration."""

from __future__ import annotations

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.engine.direct import closed_form, solve_directly
from dcrviz.engine.move import Move
from dcrviz.engine.pcg import CgMemory, cg_planes, cg_start, cg_step
from dcrviz.engine.problem import Problem
from dcrviz.engine.step import Step
from dcrviz.kernels.planes import hold
from dcrviz.records import Cube


def move_directly(problem: Problem, _step: Step, _index: int, config: AssembleConfig) -> Move:
    """The closed-form solution, whatever the planes were."""
    threads = threads_of(config, problem.shape)
    system = closed_form(problem, threads=threads)
    planes = solve_directly(system, threads=threads)
    return Move(planes=_held(problem, planes), gain=1.0, covariance=system.covariance, residual=0.0)


def move_by_pcg(problem: Problem, step: Step, _index: int, config: AssembleConfig) -> Move:
    """The next iterate of conjugate gradients, the first from the closed-form solution."""
    threads = threads_of(config, problem.shape)
    known = step.memory
    memory = known if isinstance(known, CgMemory) else cg_start(problem, threads=threads)
    memory = cg_step(problem, memory, positivity=config.positivity, threads=threads)
    return Move(
        planes=_held(problem, cg_planes(memory, threads=threads)),
        gain=1.0,
        residual=memory.relative_residual,
        memory=memory,
        covariance=memory.system.covariance,
    )


def _held(problem: Problem, planes: Cube) -> Cube:
    """Planes held to the template away from the sources, if they shall be."""
    if problem.config.hold_to_template:
        hold(planes, problem.template.image, problem.tiles[0].omega)
    planes.flags.writeable = False
    return planes
