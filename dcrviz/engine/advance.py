"""The one transition of the algorithm, and the generator that repeats it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import auto_values, most_iterations
from dcrviz.engine.fourier_moves import move_by_pcg, move_directly
from dcrviz.engine.judge import StoppingRule, judge, judge_equations
from dcrviz.engine.metric import amplification, metric_of
from dcrviz.engine.outcome import Outcome, worst
from dcrviz.engine.problem import Problem
from dcrviz.engine.start import start_planes
from dcrviz.engine.step import Correction, History, Step
from dcrviz.engine.tile_moves import move_by_iterating, move_by_mixing
from dcrviz.records import Cube


def first_step(problem: Problem, config: AssembleConfig | None = None) -> Step:
    """The starting model and its metric: the template divided equally, or the planes given."""
    config = config or problem.config
    planes = start_planes(problem, amplification(problem, config))
    planes.flags.writeable = False
    start = Step(
        index=0,
        tile=0,
        planes=planes,
        histories=tuple(History() for _ in problem.tiles),
        accelerate=amplification(problem, config),
    )
    return _open_next_tile(problem, start, config)


def advance(problem: Problem, step: Step, config: AssembleConfig | None = None) -> Step:
    """The step after this one; the given one stays as it is.

    Parameters
    ----------
    config
        Knobs of the solver; those that the problem was prepared with if none are given. Knobs that
        act in `prepare` are ignored here.

    Raises
    ------
    ValueError
        If the run has ended.
    """
    if step.outcome is not Outcome.RUNNING:
        raise ValueError(
            f"a run that has ended can't be advanced; its outcome is {step.outcome.name}"
        )
    config = config or problem.config
    index = next(i for i, h in enumerate(step.histories) if h.outcome is Outcome.RUNNING)
    history = step.histories[index]
    if history.ending is not None:
        return _open_next_tile(problem, _return_to_best(problem, step, index), config)
    move = _MOVES[problem.config.solver](problem, step, index, config)
    measured = move.measured or metric_of(problem, move.planes, index, config)
    history = history.followed_by(
        gain=move.gain,
        metric=measured.metric,
        per_visit=measured.per_visit,
        residual=move.residual,
    )
    history = _judged(problem, _remember_best(history, move.planes), config)
    after = replace(
        step,
        index=step.index + 1,
        tile=index,
        planes=move.planes,
        histories=_with(_without_old_best(step.histories), index, history),
        accelerate=amplification(problem, config),
        clamps=move.clamps,
        correction=measured.correction,
        memory=move.memory,
        covariance=move.covariance,
    )
    return _open_next_tile(problem, after, config)


def assemble(
    problem: Problem, config: AssembleConfig | None = None, *, start: Step | None = None
) -> Iterator[Step]:
    """Every step of a run, from the starting model, or from a step that is given, to the end."""
    config = (config or problem.config).copy()
    step = start or first_step(problem, config)
    yield step
    while step.outcome is Outcome.RUNNING:
        step = advance(problem, step, config)
        yield step


def _judged(problem: Problem, history: History, config: AssembleConfig) -> History:
    most = most_iterations(config, prepared=problem.config)
    if problem.config.in_fourier_space:
        # The closed form has nothing left to solve, and no residual that says so.
        tolerance = config.tolerance if problem.config.solver == "pcg" else np.inf
        return judge_equations(history, tolerance=tolerance, most_iterations=most)
    auto = auto_values(problem.n_subfilters, problem.config.solver)
    return judge(
        history,
        StoppingRule(
            min_iterations=config.min_iterations or auto["min_iterations"],
            most_iterations=most,
            threshold=config.convergence_threshold,
            use_convergence=config.use_convergence,
            on_divergence=config.on_divergence,
        ),
    )


def _open_next_tile(problem: Problem, step: Step, config: AssembleConfig) -> Step:
    """Measure the start of the next tile that can be fitted; settle those that can't."""
    histories, correction = step.histories, step.correction
    for index, tile in enumerate(problem.tiles):
        if histories[index].outcome is not Outcome.RUNNING:
            continue
        if histories[index].begun:
            break
        begun, correction = _begin(problem, step.planes, index, config)
        histories = _with(histories, index, begun)
        if tile.verdict is Outcome.RUNNING:
            break
    outcome = worst(h.outcome for h in histories)
    return replace(step, histories=histories, outcome=outcome, correction=correction)


def _begin(
    problem: Problem, planes: Cube, index: int, config: AssembleConfig
) -> tuple[History, Correction | None]:
    measured = metric_of(problem, planes, index, config)
    history = History(
        metrics=(measured.metric,),
        visit_metrics=(measured.per_visit,),
        best_planes=planes,
        outcome=problem.tiles[index].verdict,
    )
    return history, measured.correction


def _remember_best(history: History, planes: Cube) -> History:
    if history.best_iteration == history.iterations:
        return replace(history, best_planes=planes)
    return history


def _return_to_best(problem: Problem, step: Step, index: int) -> Step:
    """The step that takes a diverged tile back to its best iteration."""
    history = step.histories[index]
    assert history.ending is not None
    assert history.best_planes is not None
    inner = problem.tiles[index].inner.slices
    planes = step.planes.copy()
    planes[:, *inner] = history.best_planes[:, *inner]
    planes.flags.writeable = False
    ended = replace(history, outcome=history.ending)
    return replace(
        step,
        index=step.index + 1,
        tile=index,
        planes=planes,
        histories=_with(step.histories, index, ended),
        clamps=None,
        correction=None,
    )


def _with(histories: tuple[History, ...], index: int, history: History) -> tuple[History, ...]:
    return (*histories[:index], history, *histories[index + 1 :])


def _without_old_best(histories: tuple[History, ...]) -> tuple[History, ...]:
    """The histories; those that have ended let go of their best planes.

    Each would hold planes of the whole field, to which nobody returns any more.
    """
    return tuple(
        history if history.outcome is Outcome.RUNNING else replace(history, best_planes=None)
        for history in histories
    )


_MOVES = {
    "iterative": move_by_iterating,
    "anderson": move_by_mixing,
    "direct": move_directly,
    "pcg": move_by_pcg,
}
