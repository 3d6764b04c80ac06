"""The moves of LSST's iteration, tile by tile: as it is, and with Anderson's mixing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import auto_values
from dcrviz.engine.anderson import FIRST_MOVES, AndersonMemory, mixed
from dcrviz.engine.gain import next_gain
from dcrviz.engine.iteration import iterate, known_correction
from dcrviz.engine.metric import metric_of
from dcrviz.engine.move import Move
from dcrviz.engine.problem import Problem
from dcrviz.engine.step import History, Step

# Knobs that make another map of LSST's iteration; the gain is only how far it is followed.
_MAP_KNOBS = (
    "accelerate",
    "clamp_iterations",
    "clamp_subfilters",
    "clamp_width",
    "noise_estimator",
)


def move_by_iterating(problem: Problem, step: Step, index: int, config: AssembleConfig) -> Move:
    """LSST's iteration with the gain that the history asks for."""
    gain = gain_of(problem, step.histories[index], config)
    planes, clamps = iterate(
        problem,
        step.planes,
        problem.tiles[index],
        gain,
        config,
        correction=known_correction(step, index, config),
    )
    return Move(planes=planes, gain=gain, clamps=clamps)


def move_by_mixing(problem: Problem, step: Step, index: int, config: AssembleConfig) -> Move:
    """LSST's iteration, and from it and the ones before a longer step, if that is no worse."""
    plain = move_by_iterating(problem, step, index, config)
    inner = problem.tiles[index].inner.slices
    before, after = step.planes[:, *inner], plain.planes[:, *inner]
    length = plain.gain / (1 + plain.gain)
    known, knobs = step.memory, tuple(getattr(config, name) for name in _MAP_KNOBS)
    if not isinstance(known, AndersonMemory) or (known.tile, known.knobs) != (index, knobs):
        known = AndersonMemory(tile=index, knobs=knobs)
    whole = (after - before) / np.float32(length)
    whole.flags.writeable = False
    memory = known.with_point(before, whole, evaluations=1)
    if len(memory.planes) < 2 or step.histories[index].iterations < FIRST_MOVES:
        return replace(plain, memory=memory)
    bold = step.planes.copy()
    bold[:, *inner] = mixed(memory, length=length)
    bold.flags.writeable = False
    measured = metric_of(problem, bold, index, config)
    if measured.metric > step.metric:
        return replace(
            plain, memory=replace(memory.forgotten(), evaluations=memory.evaluations + 1)
        )
    return replace(plain, planes=bold, memory=memory, measured=measured)


def gain_of(problem: Problem, history: History, config: AssembleConfig) -> float:
    """The gain of the next iteration of a tile, from its course so far."""
    base = auto_values(problem.n_subfilters)["base_gain"]
    return next_gain(
        history.metrics,
        history.gains,
        base=base if config.base_gain is None else config.base_gain,
        progressive=config.use_progressive_gain and config.use_convergence,
    )
