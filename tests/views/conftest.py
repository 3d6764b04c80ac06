"""A small field, and an explorer on it whose every result is there when a call returns."""

from asyncio import _get_running_loop, _set_running_loop

import pytest
from on_disk import make_inputs, write_sweep

from dcrviz import AssembleConfig
from dcrviz.session import Session
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures


@pytest.fixture(scope="session")
def scene():
    return random_scene(3, shape=(56, 60), n_stars=5, n_galaxies=1, n_quasars=0)


@pytest.fixture(scope="session")
def exposures(scene):
    return simulate_exposures(scene, read_conditions("hits2015")[:6], seed=1)


@pytest.fixture
def session(exposures):
    session = Session(exposures, AssembleConfig(max_iterations=3))
    session.start()
    return session


@pytest.fixture(autouse=True)
def no_page(monkeypatch):
    """No page is the current one, and no loop runs: browser tests may have left their own."""
    monkeypatch.setattr("bokeh.io.doc._PATCHED_CURDOCS", [])
    loop = _get_running_loop()
    _set_running_loop(None)
    yield
    _set_running_loop(loop)


@pytest.fixture(scope="session")
def written_sweep(tmp_path_factory):
    """A folder as ``dcrviz sweep`` writes it, of two trials of visits in files."""
    folder = tmp_path_factory.mktemp("swept")
    return write_sweep(folder, make_inputs(tmp_path_factory.mktemp("visits")))
