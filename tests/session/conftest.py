"""Exposures for sessions, and the run that a batch makes of them."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz import AssembleConfig
from dcrviz.simulate import RUBIN, Scene, Source, blackbody, simulate_exposures


@pytest.fixture(scope="session")
def quick():
    """Knobs of a run of four iterations."""
    return AssembleConfig(interpolation_order=1, max_iterations=2)


@pytest.fixture(scope="session")
def exposures():
    scene = Scene(
        sources=(
            Source(x=12, y=12, flux=4e4, spectrum=blackbody(9000)),
            Source(x=25, y=22, flux=6e4, spectrum=blackbody(3400)),
        ),
        band=dcrviz.Band.lsst("g"),
        shape=(36, 36),
    )
    visits = [
        dcrviz.Visit(id=i, airmass=airmass, parallactic_rad=angle, site=RUBIN, psf_fwhm_px=4.0)
        for i, (airmass, angle) in enumerate([(1.2, -2.0), (1.5, 0.4), (1.8, 1.5), (1.4, 2.6)])
    ]
    return simulate_exposures(scene, visits, seed=9)


@pytest.fixture(scope="session")
def spoilt(exposures):
    """Exposures of which one lacks its site."""
    bad = replace(exposures[1], visit=replace(exposures[1].visit, site=None))
    return [exposures[0], bad, *exposures[2:]]


@pytest.fixture(scope="session")
def batch(exposures, quick):
    """The steps of the same run without a session."""
    return list(dcrviz.assemble(dcrviz.prepare(exposures, quick)))


@pytest.fixture(scope="session")
def assert_same_steps():
    """Compares two runs bit for bit."""

    def check(ours, theirs):
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(one.planes, other.planes)
            assert one.history.gains == other.history.gains
            assert one.outcome is other.outcome

    return check
