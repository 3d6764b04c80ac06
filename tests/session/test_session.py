"""A session: a run with a timeline, driven by a script."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz import Outcome
from dcrviz.session import Session, jobs

# Iterations of the run.
END = 4


@pytest.fixture
def session(exposures, quick):
    return Session(exposures, quick)


@pytest.fixture
def played(session):
    session.play()
    return session


def forbidden(*_):
    raise AssertionError("this must not be computed")


def test_a_new_session_has_computed_nothing(session):
    assert session.current is None
    assert session.problem is None
    assert session.steps == []
    assert session.outcome is Outcome.RUNNING
    with pytest.raises(ValueError, match="coadds need a started run"):
        session.coadds()


def test_starting_prepares_and_shows_the_starting_model(session, batch, assert_same_steps):
    session.start()
    assert_same_steps(session.steps, batch[:1])
    assert session.problem.n_subfilters == 3
    session.start()
    assert len(session.steps) == 1


def test_a_step_goes_one_iteration_on(session, batch, assert_same_steps):
    for index in (1, 2):
        session.step()
        assert session.cursor == session.current.index == index
    assert_same_steps(session.steps, batch[:3])


def test_playing_to_the_end_equals_the_batch_run(played, batch, assert_same_steps):
    assert_same_steps(played.steps, batch)
    assert played.cursor == END
    assert played.outcome is batch[-1].outcome
    assert not played.playing


def test_stepping_beyond_the_end_does_nothing(played):
    before = played.moments
    played.step()
    played.play()
    assert played.moments is before
    assert played.cursor == END


def test_a_watcher_pauses_a_run_that_is_playing(session):
    session.param.watch(lambda event: session.pause() if event.new == 2 else None, "cursor")
    session.play()
    assert session.cursor == 2
    assert len(session.steps) == 3
    assert not session.playing
    session.play()
    assert session.cursor == END


def test_watchers_see_the_cursor_and_the_steps_of_one_moment(session):
    seen = []
    session.param.watch(lambda *_: seen.append(session.current.index), ["cursor", "moments"])
    session.play()
    assert seen == list(range(END + 1))


def test_it_is_said_that_a_run_is_playing(session):
    seen = []
    session.param.watch(lambda _: seen.append(session.playing), "moments")
    session.play()
    assert set(seen) == {True}


def test_going_back_shows_the_step_before_and_computes_nothing(played, monkeypatch):
    monkeypatch.setattr(jobs, "advance", forbidden)
    played.back()
    assert played.current is played.steps[END - 1]
    played.show(0)
    played.back()
    assert played.cursor == 0
    assert len(played.steps) == END + 1


@pytest.mark.parametrize(("asked", "shown"), [(-5, 0), (1, 1), (99, END)])
def test_an_index_beyond_the_ends_shows_the_nearest_step(played, asked, shown):
    played.show(asked)
    assert played.cursor == shown


def test_showing_a_step_before_anything_is_computed_shows_nothing(session):
    session.show(3)
    session.back()
    assert session.cursor == 0
    assert session.current is None


def test_stored_steps_are_replayed_without_computing(played, monkeypatch):
    monkeypatch.setattr(jobs, "advance", forbidden)
    steps = played.steps
    played.show(0)
    played.step()
    assert played.current is steps[1]
    played.play()
    assert played.current is steps[END]
    assert [id(step) for step in played.steps] == [id(step) for step in steps]
    assert played.branches == []


def test_a_knob_that_is_turned_back_replays_the_stored_steps(played, monkeypatch):
    monkeypatch.setattr(jobs, "advance", forbidden)
    played.show(1)
    played.config.accelerate = 2.0
    played.config.accelerate = 3.0
    played.step()
    assert played.cursor == 2


def test_a_pause_from_a_watcher_ends_a_replay_too(played):
    played.show(0)
    played.param.watch(lambda event: played.pause() if event.new == 2 else None, "cursor")
    played.play()
    assert played.cursor == 2


def test_a_knob_of_the_solver_turned_at_an_earlier_step_branches(played):
    before = played.steps
    played.show(1)
    played.config.accelerate = 1.0
    played.step()
    (branch,) = played.branches
    assert [moment.step for moment in branch.moments] == before
    assert branch.problem is played.problem
    assert played.steps[:2] == before[:2]
    assert played.current is played.steps[2]
    assert played.current.accelerate == 1.0


def test_a_branch_is_what_the_engine_makes_of_that_step_with_those_knobs(played):
    origin = played.steps[1]
    played.show(1)
    played.config.base_gain = 0.2
    played.step()
    expected = dcrviz.advance(played.problem, origin, played.config)
    np.testing.assert_array_equal(played.current.planes, expected.planes)
    assert played.current.gain == 0.2


def test_turning_a_knob_of_the_solver_alone_changes_nothing_yet(played):
    before = played.moments
    played.config.accelerate = 1.0
    assert played.moments is before
    assert played.branches == []


def test_a_knob_turned_at_the_last_step_goes_on_without_a_branch(session):
    session.step()
    session.config.accelerate = 1.0
    session.step()
    assert session.branches == []
    assert [moment.knobs["accelerate"] for moment in session.moments] == [3.0, 3.0, 1.0]


def test_a_knob_that_acts_in_prepare_starts_anew(played):
    before = played.steps
    played.config.n_subfilters = 2
    assert played.problem is None
    assert played.moments == []
    assert played.cursor == 0
    assert [moment.step for moment in played.branches[0].moments] == before
    played.step()
    assert played.current.planes.shape[0] == 2


def test_several_knobs_turned_together_start_anew_once(played):
    played.config.param.update(n_subfilters=2, accelerate=2.0, weights="2019")
    assert len(played.branches) == 1


def test_another_configuration_starts_anew_and_is_the_one_that_is_heard(played, quick):
    old = played.config
    played.config = quick.with_values(n_subfilters=2)
    assert played.moments == []
    played.step()
    old.n_subfilters = 5
    assert played.problem.n_subfilters == 2
    played.config.n_subfilters = 4
    assert played.problem is None


def test_other_exposures_start_anew(played, exposures):
    played.exposures = exposures[:3]
    assert played.moments == []
    played.step()
    assert len(played.problem.visits) == 3


def test_the_given_configuration_is_not_the_one_that_is_turned(exposures, quick):
    config = quick
    session = Session(exposures, config)
    session.config.n_subfilters = 2
    assert config.n_subfilters == 3


def test_resetting_shows_the_starting_model_and_keeps_the_run_as_a_branch(played):
    before = played.steps
    problem = played.problem
    played.reset()
    assert played.steps == before[:1]
    assert played.cursor == 0
    assert played.problem is problem
    assert [moment.step for moment in played.branches[0].moments] == before


def test_resetting_a_run_that_has_only_started_leaves_no_branch(session):
    session.reset()
    session.start()
    session.reset()
    assert session.branches == []
    assert len(session.steps) == 1


def test_opening_a_branch_exchanges_it_for_the_present_run(played):
    first = played.steps
    played.config.n_subfilters = 2
    played.step()
    second = played.steps
    played.open_branch(0)
    assert played.steps == first
    assert played.cursor == END
    assert played.problem.n_subfilters == 3
    assert [[m.step for m in branch.moments] for branch in played.branches] == [second]
    played.open_branch(0)
    assert played.steps == second


def test_every_branch_has_a_name_of_its_own(session):
    for accelerate in (1.0, 2.0, 4.0):
        session.step()
        session.config.accelerate = accelerate
        session.reset()
    names = [branch.name for branch in session.branches]
    assert len(set(names)) == len(names) == 3


def test_the_coadds_are_those_of_the_step_on_show(played):
    played.show(1)
    expected = dcrviz.coadds(played.problem, played.steps[1])
    np.testing.assert_array_equal(played.coadds().planes, expected.planes)


def test_a_given_template_is_the_one_to_start_from(exposures, session):
    session.start()
    template = replace(session.problem.template, image=session.problem.template.image * 2)
    other = Session(exposures, session.config, template=template)
    other.start()
    np.testing.assert_allclose(other.current.planes, 2 * session.current.planes, rtol=1e-6)


def test_given_planes_are_the_ones_to_start_from_also_after_a_knob_was_turned(exposures, session):
    session.step(2)
    planes = session.coadds().planes
    other = Session(exposures, session.config, planes=planes)
    other.start()
    np.testing.assert_allclose(other.coadds().planes, planes, rtol=1e-5, atol=1e-3)
    assert other.current.metric == pytest.approx(session.current.metric, rel=1e-4)
    other.config.interpolation_order = 3 if other.config.interpolation_order == 1 else 1
    other.start()
    np.testing.assert_allclose(other.coadds().planes, planes, rtol=1e-5, atol=1e-3)


def test_planes_that_are_too_few_for_the_subfilters_are_refused_in_a_sentence(exposures, session):
    session.start()
    other = Session(exposures, session.config, planes=session.current.planes)
    other.start()
    other.config.n_subfilters = 2
    with pytest.raises(ValueError, match="must be 2, as the knob n_subfilters says; got 3"):
        other.start()


def test_a_bad_exposure_raises_where_nobody_else_would_hear_of_it(spoilt):
    session = Session(spoilt)
    with pytest.raises(ValueError, match="simulated visit 1: missing site"):
        session.play()


def test_after_an_error_nothing_is_playing_or_wanted(spoilt, quick):
    session = Session(spoilt, quick)
    with pytest.raises(ValueError, match="missing site"):
        session.play()
    assert not session.playing
    with pytest.raises(ValueError, match="missing site"):
        session.start()


def test_an_error_leaves_the_session_to_go_on_with_good_exposures(
    spoilt, exposures, batch, assert_same_steps, quick
):
    session = Session(spoilt, quick)
    with pytest.raises(ValueError, match="missing site"):
        session.step()
    session.exposures = exposures
    session.step()
    assert_same_steps(session.steps, batch[:2])


def test_a_session_without_a_worker_can_be_closed(played):
    played.close()
    assert len(played.steps) == END + 1
