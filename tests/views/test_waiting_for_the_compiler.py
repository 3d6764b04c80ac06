"""Who waits for the compiler is told so."""

import logging
from types import SimpleNamespace

import numpy as np
import pytest
from bokeh.document import Document
from numba import njit
from numba.core import event
from panel.io.state import set_curdoc

from dcrviz.kernels import compiler as module
from dcrviz.kernels.compiler import Compiler
from dcrviz.kernels.jit import compiled
from dcrviz.session import Session
from dcrviz.views.controls import Controls, words

COMPILING = "compiled first, once on this machine"


@pytest.fixture
def clock(monkeypatch):
    """A clock in the hands of a test."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.fixture
def heard(monkeypatch):
    """A compiler that hears of nothing but what a test tells."""
    heard = Compiler()
    monkeypatch.setattr("dcrviz.views.controls.compiler", lambda: heard)
    return heard


def test_it_hears_of_a_loop_that_is_compiled_and_soon_forgets(clock):
    @njit
    def twice(values):
        return values * 2

    with event.install_listener("numba:compile", Compiler()) as heard:
        assert not heard.at_work
        twice(np.ones(3))
        assert heard.at_work
        clock.now += 10
        twice(np.ones(3))
        assert not heard.at_work


def test_who_loads_loops_hears_of_the_compiler(monkeypatch):
    asked = []
    monkeypatch.setattr(module, "compiler", lambda: asked.append(1))
    compiled(lambda values: values)
    assert asked


def test_the_first_loop_of_a_process_is_logged(heard, caplog):
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            heard.on_start(None)
            heard.on_start(None)
            heard.on_end(None)
            heard.on_end(None)
    (told,) = caplog.messages
    assert told == "loops of the engine are compiled, once on this machine: up to a minute"


def test_the_words_say_what_the_first_fit_waits_for(exposures, heard, clock):
    session = Session(exposures)
    assert words(session) == "Preparing the visits."
    heard.on_start(None)
    clock.now += 100
    assert COMPILING in words(session)
    heard.on_end(None)
    # The next loop is about to begin.
    assert COMPILING in words(session)
    clock.now += 10
    assert words(session) == "Preparing the visits."
    heard.on_start(None)
    session.start()
    assert COMPILING not in words(session)


def test_a_page_that_waits_looks_again_until_there_is_a_picture(exposures, heard):
    session, document = Session(exposures), Document()
    context = SimpleNamespace(request=SimpleNamespace(arguments={}))
    document._session_context = lambda: context
    with set_curdoc(document):
        controls = Controls(session)
    assert COMPILING not in controls.words.doing

    def wait():
        (due,) = document.session_callbacks
        document.callbacks.remove_session_callback(due)
        due.callback()

    heard.on_start(None)
    wait()
    assert COMPILING in controls.words.doing
    session.start()
    wait()
    assert COMPILING not in controls.words.doing
    assert not document.session_callbacks


def test_a_page_whose_visits_were_refused_waits_for_nothing(exposures):
    session, document = Session(exposures), Document()
    document._session_context = lambda: SimpleNamespace(request=SimpleNamespace(arguments={}))
    session.error = "the visits do not fit"
    with set_curdoc(document):
        Controls(session)
    assert not document.session_callbacks
