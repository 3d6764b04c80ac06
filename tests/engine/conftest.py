"""Small made skies, and runs on them."""

from dataclasses import dataclass

import pytest

import dcrviz
from dcrviz.engine.masks import merge_flags
from dcrviz.simulate import RUBIN, Scene, Source, blackbody, simulate_exposures

# Airmass and parallactic angle in radians: all around the sky, far enough from the zenith.
CIRCUMSTANCES = [(1.1, -2.0), (1.25, 0.4), (1.4, 1.5), (1.6, -0.8), (1.75, 2.6), (1.9, 0.9)]


@dataclass(frozen=True, eq=False)
class Run:
    problem: dcrviz.Problem
    steps: list[dcrviz.Step]

    @property
    def last(self):
        return self.steps[-1]

    @property
    def history(self):
        """Of the first tile."""
        return self.last.histories[0]

    @property
    def outcomes(self):
        return [history.outcome for history in self.last.histories]


@pytest.fixture(scope="session")
def visits():
    return [
        dcrviz.Visit(id=i, airmass=airmass, parallactic_rad=angle, site=RUBIN, psf_fwhm_px=4.0)
        for i, (airmass, angle) in enumerate(CIRCUMSTANCES, start=100)
    ]


@pytest.fixture(scope="session")
def scene():
    """A blue and a red star and a galaxy."""
    return Scene(
        sources=(
            Source(x=14, y=15, flux=4e4, spectrum=blackbody(9000)),
            Source(x=33, y=30, flux=6e4, spectrum=blackbody(3400)),
            Source(x=14.4, y=34.2, flux=3e4, spectrum=blackbody(5500), half_light_radius_px=2),
        ),
        band=dcrviz.Band.lsst("g"),
        shape=(48, 48),
    )


@pytest.fixture(scope="session")
def exposures(scene, visits):
    return simulate_exposures(scene, visits, seed=3)


@pytest.fixture(scope="session")
def problem(exposures):
    return dcrviz.prepare(exposures)


@pytest.fixture(scope="session")
def steps(problem):
    """Of a whole run with the default knobs."""
    return list(dcrviz.assemble(problem))


@pytest.fixture(scope="session")
def half_empty(visits):
    """A field with sources in its left half only."""
    scene = Scene(
        sources=(
            Source(x=12, y=12, flux=5e4, spectrum=blackbody(9000)),
            Source(x=20, y=25, flux=5e4, spectrum=blackbody(3400)),
        ),
        band=dcrviz.Band.lsst("g"),
        shape=(40, 96),
    )
    return simulate_exposures(scene, visits, seed=4)


@pytest.fixture(scope="session")
def run_of():
    """Prepares exposures and runs them to the end, with some knobs turned."""

    def run(exposures, *, template=None, shifts=None, **knobs):
        config = dcrviz.AssembleConfig(**knobs)
        problem = dcrviz.prepare(exposures, config, template=template, shifts=shifts)
        return Run(problem, list(dcrviz.assemble(problem)))

    return run


@pytest.fixture(scope="session")
def flag():
    """Sets a plane in the mask of an exposure on some of its pixels."""

    def flagged(exposure, plane, pixels):
        return merge_flags(exposure, {plane: pixels})

    return flagged
