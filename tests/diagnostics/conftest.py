"""A small field with a run on it."""

import math

import pytest

from dcrviz import AssembleConfig, Band, Visit, assemble, prepare
from dcrviz.simulate import RUBIN, random_scene, read_conditions, simulate_exposures


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


@pytest.fixture(scope="session")
def visits_at():
    """Visits in g at these airmasses and parallactic angles in degrees, of one seeing."""

    def make(*circumstances, **same):
        return [
            Visit(
                id=number,
                band=Band.lsst("g"),
                airmass=airmass,
                parallactic_rad=math.radians(angle),
                site=RUBIN,
                **{"psf_fwhm_px": 3.5, **same},
            )
            for number, (airmass, angle) in enumerate(circumstances)
        ]

    return make


@pytest.fixture(scope="session")
def around(visits_at):
    """Visits all around the zenith at several airmasses."""
    return visits_at((1.1, -120), (1.25, 25), (1.4, 85), (1.6, -45), (1.75, 150), (1.3, 50))
