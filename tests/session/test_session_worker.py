"""A session with a worker: methods return at once, results arrive when they are taken."""

import threading

import pytest

from dcrviz.session import Session, jobs
from dcrviz.worker import Worker

# Iterations of the run.
END = 4


@pytest.fixture
def threaded(exposures, desk, quick):
    return Session(exposures, quick, worker=desk.worker)


def test_with_a_worker_the_steps_are_those_of_the_batch_run(
    threaded, desk, batch, assert_same_steps
):
    threaded.play()
    desk.settle(threaded)
    assert_same_steps(threaded.steps, batch)
    assert threaded.cursor == END
    assert not threaded.playing


def test_without_a_delivery_the_results_arrive_in_the_thread(
    exposures, batch, assert_same_steps, quick
):
    worker = Worker()
    session = Session(exposures, quick, worker=worker)
    ended = threading.Event()
    session.param.watch(lambda event: None if event.new else ended.set(), "busy")
    session.play()
    assert ended.wait(20)
    session.close()
    assert_same_steps(session.steps, batch)


def test_with_a_worker_a_step_returns_at_once_and_arrives_later(threaded, desk):
    threaded.step()
    assert threaded.busy
    assert threaded.steps == []
    desk.take()
    assert len(threaded.steps) == 1
    desk.take()
    assert len(threaded.steps) == 2
    assert not threaded.busy


def test_with_a_worker_clicks_add_up(threaded, desk):
    for _ in range(3):
        threaded.step()
    desk.settle(threaded)
    assert threaded.cursor == 3
    assert len(threaded.steps) == 4


def test_with_a_worker_a_pause_finishes_the_iteration_at_hand_and_no_more(threaded, desk):
    threaded.play()
    desk.take()
    desk.take()
    threaded.pause()
    desk.settle(threaded)
    assert len(threaded.steps) == 3
    assert not threaded.playing


def test_a_result_that_arrives_while_an_earlier_step_is_on_show_is_stored_behind(threaded, desk):
    threaded.play()
    for _ in range(3):
        desk.take()
    threaded.show(0)
    desk.settle(threaded)
    assert threaded.cursor == 0
    assert [step.index for step in threaded.steps] == [0, 1, 2, 3]


def test_a_step_that_is_asked_for_while_another_is_computed_is_not_lost(threaded, desk):
    threaded.play()
    for _ in range(3):
        desk.take()
    threaded.show(0)
    threaded.step()
    desk.settle(threaded)
    assert threaded.cursor == 1


def test_a_branch_that_arrives_while_a_later_step_is_on_show_leaves_something_to_show(
    threaded, desk
):
    threaded.play()
    desk.settle(threaded)
    threaded.show(1)
    threaded.config.accelerate = 1.0
    threaded.step()
    threaded.show(END)
    desk.settle(threaded)
    assert threaded.current in threaded.steps
    assert [len(branch.moments) for branch in threaded.branches] == [END + 1]


def test_a_knob_turned_during_an_iteration_takes_effect_at_the_next(threaded, desk):
    threaded.play()
    desk.take()
    threaded.config.base_gain = 0.2
    desk.settle(threaded)
    assert threaded.steps[1].gain == 0.5
    assert threaded.steps[2].gain == 0.2


def test_with_a_worker_a_restart_prepares_at_once(threaded, desk):
    threaded.step()
    desk.settle(threaded)
    threaded.config.n_subfilters = 2
    desk.settle(threaded)
    assert [step.planes.shape[0] for step in threaded.steps] == [2]


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_results_that_are_late_after_a_restart_are_dropped(threaded, desk, taken):
    threaded.play()
    for _ in range(taken):
        desk.take()
    threaded.config.n_subfilters = 2
    desk.settle(threaded)
    assert threaded.problem.n_subfilters == 2
    assert [step.index for step in threaded.steps] == [0]
    assert threaded.steps[0].planes.shape[0] == 2


def test_results_that_are_late_after_a_reset_are_dropped(threaded, desk):
    threaded.play()
    for _ in range(3):
        desk.take()
    threaded.reset()
    desk.settle(threaded)
    assert [step.index for step in threaded.steps] == [0]
    assert [len(branch.moments) for branch in threaded.branches] == [3]


def test_an_error_is_late_after_a_restart_too(spoilt, exposures, desk, quick):
    session = Session(spoilt, quick, worker=desk.worker)
    session.step()
    session.exposures = exposures
    desk.settle(session)
    assert session.error == ""
    assert len(session.steps) == 1


def test_with_a_worker_a_bad_exposure_becomes_the_error_of_the_session(spoilt, desk):
    session = Session(spoilt, worker=desk.worker)
    session.play()
    desk.settle(session)
    assert session.error.startswith("simulated visit 1: missing site")
    assert session.current is None
    assert not session.playing


def test_the_error_goes_when_the_next_result_comes(spoilt, exposures, desk, quick):
    session = Session(spoilt, quick, worker=desk.worker)
    session.start()
    desk.settle(session)
    session.exposures = exposures
    desk.settle(session)
    assert session.error == ""
    assert len(session.steps) == 1


def test_whatever_goes_wrong_in_the_thread_is_said_and_the_worker_lives_on(
    threaded, desk, monkeypatch
):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "advance", broken)
    threaded.step()
    desk.settle(threaded)
    assert threaded.error == "ZeroDivisionError"
    monkeypatch.undo()
    threaded.step()
    desk.settle(threaded)
    assert threaded.cursor == 1
    assert threaded.error == ""


def test_a_closed_session_takes_no_result_and_its_thread_ends(exposures, quick, new_desk):
    before = set(threading.enumerate())
    desk = new_desk()
    (thread,) = set(threading.enumerate()) - before
    session = Session(exposures, quick, worker=desk.worker)
    assert thread.daemon
    session.play()
    session.close()
    desk.take()
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert session.steps == []
    assert not session.playing


def test_who_shows_a_closed_session_is_told_nothing(exposures, quick, new_desk):
    session = Session(exposures, quick, worker=new_desk().worker)
    session.play()
    told = []
    session.param.watch(told.append, ["playing", "busy", "problem", "moments", "cursor"])
    session.close()
    assert told == []
    assert not session.playing
