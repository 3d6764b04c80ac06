"""A Sweep tab on a small field, whose every result is there when a call returns."""

import pytest
from sweep_parts import FILES, GRID

from dcrviz import AssembleConfig
from dcrviz.session import Session
from dcrviz.views.sweep_view import SweepView
from dcrviz.views.sweeping import Surroundings, Sweeping


@pytest.fixture
def told():
    return []


@pytest.fixture
def remembered():
    return []


@pytest.fixture
def session(exposures):
    session = Session(exposures, AssembleConfig(max_iterations=1, min_iterations=1))
    session.start()
    return session


@pytest.fixture
def around(told, remembered):
    return Surroundings(
        choice=lambda: FILES,
        remember=lambda *given: remembered.append(given[1]),
        sky=lambda: None,
        told=told.append,
    )


@pytest.fixture
def sweeping(session, around):
    return Sweeping(session, around)


@pytest.fixture
def view(session, sweeping):
    return SweepView(session, sweeping, local=True)


@pytest.fixture
def swept(sweeping, view):
    """A view whose sweep is done."""
    sweeping.start(GRID, lanes=1)
    return view
