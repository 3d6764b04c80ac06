"""A scene of the library is opened, cured and gone back to from the Data card."""

import pytest

from dcrviz import AssembleConfig
from dcrviz.engine import Outcome
from dcrviz.session import Session
from dcrviz.simulate import LIBRARY
from dcrviz.views.background import Background
from dcrviz.views.data import DataView
from dcrviz.views.data_choice import DataChoice
from dcrviz.views.link import link_query, read_link
from dcrviz.views.serve import explorer_app


@pytest.fixture
def view(session):
    return DataView(session, Background(None, told=pytest.fail))


@pytest.fixture
def scenes(view):
    return view.scenes


def shown(scenes):
    """Labels of the buttons that can be seen."""
    buttons = [scenes.open_button, scenes.ill, *scenes.cures]
    return [button.label for button in buttons if button.visible]


@pytest.mark.parametrize("name", LIBRARY)
def test_what_is_wrong_is_said_before_it_is_opened(session, scenes, name):
    before = session.exposures
    scenes.scene.value = name
    assert LIBRARY[name].trouble.split(",")[0] in scenes.trouble.object
    assert session.exposures is before


def test_a_healthy_scene_has_nothing_to_cure(scenes):
    scenes.scene.value = "healthy"
    assert shown(scenes) == ["Open scene"]


def test_each_cure_has_a_button(scenes):
    scenes.scene.value = "gain-too-high"
    assert shown(scenes) == [
        "Open scene",
        "Show the disease",
        "Cure: lower the gain",
        "Cure: clamp the subfilters",
    ]
    assert "Lower base_gain to 0.2." in scenes.advice[0].object


def test_a_scene_begins_with_its_own_knobs(session, scenes):
    session.config.n_subfilters = 5
    scenes.scene.value = "gain-too-high"
    scenes.open_button.clicks += 1
    assert session.config.changed() == {
        "base_gain": 1.0,
        "clamp_iterations": 0.0,
        "clamp_subfilters": 0.0,
    }
    assert not session.moments


def test_a_cure_by_knobs_is_played_beside_the_disease(session, view, scenes):
    scenes.scene.value = "gain-too-high"
    scenes.ill.clicks += 1
    assert session.outcome is Outcome.DIVERGED
    scenes.cures[0].clicks += 1
    assert session.outcome is Outcome.EXHAUSTED
    assert session.config.base_gain == 0.2
    assert session.branches[-1].moments[-1].step.outcome is Outcome.DIVERGED
    assert view.choice == DataChoice(kind="scene", name="gain-too-high")


def test_a_cure_by_visits_has_its_own_link_and_the_scene_stays_chosen(session, view, scenes):
    scenes.scene.value = "one-angle"
    scenes.cures[0].clicks += 1
    assert len(session.problem.visits) == 11
    assert view.choice == DataChoice(kind="scene", name="one-angle-cured")
    assert scenes.scene.value == "one-angle"
    assert "One parallactic angle, cured: 11 visits." in view.said.object
    query = link_query(session.config, view.choice)
    assert query.endswith("&data=one-angle-cured")


def test_a_cure_by_dropping_visits_keeps_their_link(session, view, scenes):
    scenes.scene.value = "bad-astrometry"
    scenes.cures[0].clicks += 1
    (dropped,) = session.config.visit_factors
    assert dropped in LIBRARY["bad-astrometry"].trouble
    pairs = (part.split("=") for part in link_query(session.config, view.choice)[1:].split("&"))
    linked = read_link({k: [v.encode()] for k, v in pairs}, local=False, given=False)
    assert linked.choice == view.choice
    assert linked.config.visit_factors == {dropped: 0.0}


def test_after_a_cure_the_disease_is_shown_again(session, scenes):
    scenes.scene.value = "transient"
    scenes.cures[1].clicks += 1
    scenes.ill.clicks += 1
    assert session.config.visit_factors == {}
    assert session.branches[-1].problem.config.visit_factors != {}


def test_the_bundled_field_begins_with_the_defaults(session, scenes):
    scenes.scene.value = "gain-too-high"
    scenes.open()
    scenes.scene.value = "field"
    scenes.open()
    assert session.config.changed() == {}
    assert len(session.exposures) == 9


def test_other_visits_are_opened_without_the_factors_of_those_that_are_gone(exposures):
    first, second = str(exposures[0].visit.id), str(exposures[-1].visit.id)
    session = Session(exposures, AssembleConfig(visit_factors={first: 0.5, second: 0.0}))
    session.open_data(exposures[1:])
    assert session.config.visit_factors == {second: 0.0}


def test_the_explorer_begins_with_a_scene_by_name():
    explorer = explorer_app("gain-too-high")
    try:
        assert explorer.session.config.base_gain == 1.0
        assert explorer.data.choice == DataChoice(kind="scene", name="gain-too-high")
    finally:
        explorer.close()


def test_knobs_that_are_given_win_over_those_of_a_scene():
    explorer = explorer_app("gain-too-high", AssembleConfig(n_subfilters=2))
    try:
        assert explorer.session.config.changed() == {"n_subfilters": 2}
    finally:
        explorer.close()


def test_a_scene_that_is_not_there_is_told():
    with pytest.raises(ValueError, match="unknown scene 'one-angel'; did you mean 'one-angle'"):
        explorer_app("one-angel")
