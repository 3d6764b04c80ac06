"""Compiling the engine's loops before anybody waits for them."""

from __future__ import annotations

import gc
import logging
import threading
from functools import cache

import numpy as np

from dcrviz.background import BackgroundThread
from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.course import course_entry
from dcrviz.diagnostics.panels import Scene, images, rows_of
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.places import misfit
from dcrviz.diagnostics.verdicts import planes_verdicts
from dcrviz.engine import advance, first_step, prepare
from dcrviz.kernels.quantise import quantise
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures

_log = logging.getLogger(__name__)
_SIDE_PX = 40
# What the first click needs comes first; anderson has the loops of LSST's iteration.
_RUNS = (
    AssembleConfig(),
    AssembleConfig(solver="direct"),
    AssembleConfig(solver="pcg"),
    AssembleConfig.preset("lsst-2019"),
    AssembleConfig(interpolation_order=1),
    AssembleConfig.preset("lsst-2019").with_values(interpolation_order=1),
    AssembleConfig(find_artifacts=True),
    AssembleConfig(solver="direct", hold_to_template=True),
    AssembleConfig.preset("lsst-2019").with_values(subregion_size=(_SIDE_PX // 2,) * 2),
)


@cache
def warm_up_in_background(solver: str = "iterative") -> threading.Thread:
    """Run a tiny fit of each kind in a daemon thread; what it compiles is then there for all.

    Parameters
    ----------
    solver
        Whose fit comes first.
    """
    thread = BackgroundThread(lambda: warm_up(solver), name="dcrviz-warm-up")
    thread.start()
    return thread


def warm_up(solver: str = "iterative") -> None:
    """One step, its pictures and verdicts, for each solver and what splits its loops; all tiny."""
    scene = random_scene(1, shape=(_SIDE_PX, _SIDE_PX), n_stars=3, n_galaxies=0, n_quasars=0)
    exposures = simulate_exposures(scene, read_conditions("hits2015")[:3], seed=1)
    for config in sorted(_RUNS, key=lambda config: config.solver != solver):
        problem = prepare(exposures, config)
        start = first_step(problem)
        step = advance(problem, start)
        rows = [panel for row in rows_of(problem) for panel in row.panels]
        images(Scene(problem=problem, step=step, before=start), rows)
        course_entry(problem, step, start)
        planes_verdicts(problem, shown_planes(step))
    quantise(problem.template.image, unit=1.0, low=0.0, high=1.0)
    # So few sources are not tested for the direction of their residuals.
    misfit(np.zeros((1, 1, 2)), np.zeros((1, 1)), np.zeros((1, 2)))
    # What is loaded and compiled stays: the collector need not walk over it while people wait.
    gc.collect()
    gc.freeze()
    _log.debug("the engine is compiled")
