"""Compiling the engine's loops before anybody waits for them."""

from __future__ import annotations

import logging
import threading

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.course import course_entry
from dcrviz.engine import advance, first_step, prepare
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures

_log = logging.getLogger(__name__)
_SIDE_PX = 40


def warm_up_in_background() -> threading.Thread:
    """Run a tiny fit of each kind in a daemon thread; what it compiles is then there for all."""
    thread = threading.Thread(target=warm_up, name="dcrviz-warm-up", daemon=True)
    thread.start()
    return thread


def warm_up() -> None:
    """One iteration on a tiny made field for each way of weighing and the common splines."""
    scene = random_scene(1, shape=(_SIDE_PX, _SIDE_PX), n_stars=3, n_galaxies=0, n_quasars=0)
    exposures = simulate_exposures(scene, read_conditions("hits2015")[:3], seed=1)
    for order in (3, 1):
        for preset in ("default", "lsst-2019"):
            config = AssembleConfig.preset(preset).with_values(interpolation_order=order)
            problem = prepare(exposures, config)
            start = first_step(problem)
            after = advance(problem, start)
    course_entry(problem, after, start)
    _log.debug("the engine is compiled")
