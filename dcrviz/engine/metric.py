"""The metric as the knobs want it, with the planes amplified as they become templates."""

from __future__ import annotations

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.engine.convergence import Convergence, measure
from dcrviz.engine.problem import Problem
from dcrviz.records import Cube


def metric_of(problem: Problem, planes: Cube, index: int, config: AssembleConfig) -> Convergence:
    """How well the whole field's planes fit on one tile; NaN where nobody wants to know."""
    if not config.use_convergence:
        nothing = np.full(len(problem.visits), np.nan)
        return Convergence(metric=float("nan"), per_visit=nothing)
    return measure(
        problem,
        planes,
        index,
        accelerate=amplification(problem, config),
        estimator=config.noise_estimator,
        empty=config.metric_of_empty_visits,
        threads=threads_of(config, problem.tiles[index].outer.shape),
    )


def amplification(problem: Problem, config: AssembleConfig) -> float:
    """The amplification with which planes become templates: none of those that solve for them."""
    return 1.0 if problem.config.in_fourier_space else config.accelerate
