"""A small field with a run on it."""

import pytest

from dcrviz import AssembleConfig, assemble, prepare
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures


@pytest.fixture(scope="session")
def exposures():
    scene = random_scene(3, shape=(56, 60), n_stars=5, n_galaxies=1, n_quasars=0)
    return simulate_exposures(scene, read_conditions("hits2015")[:6], seed=1)


@pytest.fixture(scope="session")
def run(exposures):
    """Prepare and iterate with these knobs: the problem and all its steps."""

    def start(**knobs):
        problem = prepare(exposures, AssembleConfig(**{"max_iterations": 2, **knobs}))
        return problem, list(assemble(problem))

    return start


@pytest.fixture(scope="session")
def plain(run):
    return run()
