"""The page follows the session."""

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from dcrviz.engine import Outcome
from dcrviz.session import Session
from dcrviz.session.moments import outline
from dcrviz.views.controls import Controls, words
from dcrviz.views.page import Explorer


def live(controls):
    return {name for name, button in controls.buttons.items() if not button.disabled}


GO_ON = {"Play", "Step", "Run N", "To end"}


def test_buttons_are_live_where_they_can_act(session):
    controls = Controls(session)
    assert live(controls) == {*GO_ON, "Stop"}
    session.step()
    assert live(controls) == {*GO_ON, "Stop", "Back", "Reset"}
    session.play()
    assert live(controls) == {"Back", "Reset"}


def test_a_run_that_was_stopped_can_be_gone_back_and_reset(session):
    controls = Controls(session)
    session.step()
    controls.buttons["Stop"].press()
    assert "Stopped by hand." in words(session)
    assert live(controls) == {"Back", "Reset"}
    controls.buttons["Back"].press()
    assert live(controls) == {*GO_ON, "Reset"}


def test_run_n_does_as_many_iterations_as_the_field_says(session):
    controls = Controls(session)
    controls.count.value = 3
    controls.buttons["Run N"].press()
    assert session.cursor == 3


def test_a_button_that_is_not_live_does_nothing(session):
    controls = Controls(session)
    session.play()
    controls.buttons["Stop"].press()
    assert session.outcome is not Outcome.STOPPED


def test_the_slider_spans_all_stored_steps(session):
    controls = Controls(session)
    session.play()
    assert (controls.slider.end, controls.slider.value) == (len(session.moments) - 1,) * 2
    controls.slider.value = 1
    assert session.cursor == 1


def test_the_outcome_is_told_in_words(session):
    session.play()
    assert session.outcome is not Outcome.RUNNING
    assert session.outcome.sentence_for("iterative") in words(session)


def test_a_session_without_visits_says_so():
    assert words(Session()) == "No visits are loaded."


def test_a_refusal_is_told_where_the_outcome_stands(session):
    session.error = "the visits do not fit"
    assert "the visits do not fit" in words(session)


def test_the_explorer_can_be_shown_twice(exposures):
    explorer = Explorer(exposures)
    try:
        first, second = explorer.__panel__().get_root(), explorer.__panel__().get_root()
        assert first is not second
    finally:
        explorer.close()


def test_all_threads_of_a_page_end_even_if_a_part_of_it_can_not_be_closed(exposures, monkeypatch):
    before = set(threading.enumerate())
    explorer = Explorer(exposures)
    explorer.session.play()
    own = set(threading.enumerate()) - before
    monkeypatch.setattr(explorer.sweeping, "close", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        explorer.close()
    for thread in own:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in own)


def test_curves_are_drawn_only_while_their_tab_is_on_show(exposures, monkeypatch):
    explorer = Explorer(exposures)
    turned = []
    monkeypatch.setattr(explorer.curves, "turn", turned.append)
    try:
        for name in ("Diagnose", "Sweep", "Curves"):
            explorer.tabs.bar.value = name
        assert turned == [False, False, True]
    finally:
        explorer.close()


async def made_in_a_cell():
    """An explorer of a notebook, whose cells run in an event loop."""
    return Explorer()


@pytest.fixture
def explorer_in():
    """Make an explorer in a notebook's cell, or on a page that is served."""
    with contextlib.ExitStack() as left:

        def make(place):
            if place == "notebook":
                # A kernel's loop is its thread's own; that of the browser tests runs in this one.
                with ThreadPoolExecutor(1) as kernel:
                    explorer = kernel.submit(lambda: asyncio.run(made_in_a_cell())).result()
            else:
                document = Document()
                context = SimpleNamespace(request=SimpleNamespace(arguments={}))
                document._session_context = lambda: context
                with set_curdoc(document):
                    explorer = Explorer()
            left.callback(explorer.close)
            return explorer

        yield make


@pytest.mark.parametrize(("place", "whole"), [("notebook", False), ("page", True)])
def test_keys_and_window_are_the_explorers_on_its_own_page_alone(explorer_in, place, whole):
    explorer = explorer_in(place)
    assert explorer.controls.keys.everywhere is whole
    assert explorer.wall.canvas.everywhere is whole
    windows = explorer.__panel__().select(lambda part: "dcrviz-alone" in part.css_classes)
    assert bool(windows) is whole


def test_a_step_without_its_images_is_told_as_being_recomputed(session):
    session.play()
    session.moments = [session.moments[0], outline(session.moments[1]), *session.moments[2:]]
    controls = Controls(session)
    number = len(session.moments)
    assert f"{number - 1} of {number} steps are kept" in controls.words.note
    session.cursor = 1
    assert words(session) == "Recomputing iteration 1, whose images were not kept."


def test_a_changed_knob_does_not_have_the_whole_page_looked_through(exposures, monkeypatch):
    explorer, document = Explorer(exposures), Document()
    explorer.__panel__().server_doc(document)
    looked_through = []
    monkeypatch.setattr(document.models, "recompute", lambda: looked_through.append(1))
    try:
        explorer.session.config.accelerate = 2.0
        assert not looked_through
    finally:
        explorer.close()
