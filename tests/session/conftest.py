"""Exposures for sessions, and the run that a batch makes of them."""

import queue
import time
from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz import AssembleConfig
from dcrviz.simulate import RUBIN, Scene, Source, blackbody, simulate_exposures
from dcrviz.worker import Worker


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


# Loops may be compiled meanwhile, on a busy machine.
PATIENCE_S = 120


class Desk:
    """Where results wait until they are taken, as in the queue of a page's event loop."""

    def __init__(self):
        self._inbox = queue.SimpleQueue()
        self.worker = Worker(self._inbox.put)

    def take(self):
        """Take one result; a deadline instead of a hanging test."""
        self._inbox.get(timeout=PATIENCE_S)()

    def nothing_comes(self):
        """Whether no result waits, and none comes within a moment."""
        time.sleep(0.2)
        return self._inbox.empty()

    def settle(self, session):
        while session.busy:
            self.take()


@pytest.fixture
def new_desk():
    return Desk


@pytest.fixture
def desk():
    desk = Desk()
    yield desk
    desk.worker.close()
