"""The page follows the session."""

from dcrviz.engine import Outcome
from dcrviz.session import Session
from dcrviz.views.controls import Controls, words
from dcrviz.views.page import Explorer


def test_buttons_are_live_where_they_can_act(session):
    controls = Controls(session)

    def live():
        return {name for name, button in controls.buttons.items() if not button.disabled}

    assert live() == {"Play", "Step"}
    session.step()
    assert live() == {"Play", "Step", "Back", "Reset"}
    session.play()
    assert live() == {"Back", "Reset"}


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
