"""Stopping a run, going several iterations on, and waiting for those who look on."""

import threading

import pytest

from dcrviz import Outcome, open_run
from dcrviz.session import Session, jobs

# Iterations of the run.
END = 4


@pytest.fixture
def session(exposures, quick):
    return Session(exposures, quick)


@pytest.fixture
def gate(monkeypatch):
    """Holds every iteration until it is opened; tells when one has begun."""

    class Gate:
        begun, opened = threading.Event(), threading.Event()

    true_advance = jobs.advance

    def held(*arguments):
        Gate.begun.set()
        assert Gate.opened.wait(20)
        return true_advance(*arguments)

    monkeypatch.setattr(jobs, "advance", held)
    yield Gate
    Gate.opened.set()


def test_a_stopped_run_ends_as_stopped_at_its_last_step(session):
    session.step(2)
    planes = session.current.planes
    session.stop()
    assert session.outcome is Outcome.STOPPED
    assert session.current.history.outcome is Outcome.STOPPED
    assert session.current.planes is planes
    session.play()
    assert len(session.steps) == 3


def test_stopping_drops_the_iteration_at_hand(exposures, quick, desk, gate):
    session = Session(exposures, quick, worker=desk.worker)
    session.start()
    desk.settle(session)
    session.play()
    assert gate.begun.wait(20)
    session.stop()
    # Seen at once, while the engine is still at work.
    assert session.outcome is Outcome.STOPPED
    assert not session.playing
    gate.opened.set()
    desk.settle(session)
    assert [step.index for step in session.steps] == [0]


def test_from_before_the_stop_the_run_goes_on_and_the_stopped_one_is_a_branch(
    session, batch, assert_same_steps
):
    session.step(2)
    session.stop()
    session.back()
    session.play()
    assert_same_steps(session.steps, batch)
    (branch,) = session.branches
    assert branch.moments[-1].step.outcome is Outcome.STOPPED


def test_a_run_that_was_stopped_before_its_first_iteration_begins_anew_by_a_reset(session, batch):
    session.start()
    session.stop()
    assert session.outcome is Outcome.STOPPED
    session.reset()
    session.play()
    assert len(session.steps) == len(batch)


def test_a_run_that_has_ended_is_not_stopped(session):
    session.play()
    ended = session.outcome
    session.stop()
    assert session.outcome is ended is not Outcome.STOPPED


def test_stopping_while_the_visits_are_prepared_still_shows_the_starting_model(
    exposures, quick, desk
):
    session = Session(exposures, quick, worker=desk.worker)
    session.play()
    session.stop()
    desk.settle(session)
    assert session.outcome is Outcome.RUNNING
    assert len(session.steps) == 1


def test_a_saved_run_tells_that_it_was_stopped(session, tmp_path):
    session.step()
    session.stop()
    session.save(tmp_path)
    assert open_run(tmp_path).steps[-1].outcome is Outcome.STOPPED
    assert '"outcome": "STOPPED"' in (tmp_path / "history.json").read_text()


@pytest.mark.parametrize(("asked", "done"), [(1, 1), (3, 3), (99, END)])
def test_several_iterations_are_done_but_none_beyond_the_end(session, asked, done):
    session.step(asked)
    assert session.cursor == done
    assert not session.playing


def test_no_iterations_are_refused(session):
    with pytest.raises(ValueError, match="must be 1 or more; got 0"):
        session.step(0)


def test_several_iterations_count_as_playing_and_can_be_paused(exposures, quick, desk):
    session = Session(exposures, quick, worker=desk.worker)
    session.step(3)
    assert session.playing
    desk.take()
    desk.take()
    session.pause()
    desk.settle(session)
    assert session.cursor == 2


@pytest.fixture
def watched(exposures, quick, desk, monkeypatch):
    """A session with somebody who looks on, and as much patience as a test has."""
    monkeypatch.setattr("dcrviz.session.pace._PATIENCE_S", 20)
    session = Session(exposures, quick, worker=desk.worker)
    session.start()
    desk.settle(session)
    session.seen()
    return session


def test_play_waits_until_each_step_has_been_seen(watched, desk):
    watched.play()
    desk.take()
    assert watched.cursor == 1
    assert desk.nothing_comes()
    watched.seen()
    desk.take()
    assert watched.cursor == 2


def test_a_fast_run_waits_for_nobody(watched, desk):
    watched.play(fast=True)
    desk.settle(watched)
    assert watched.cursor == END


def test_a_pause_lets_the_iteration_at_hand_come_in_unseen(watched, desk):
    watched.play()
    desk.take()
    watched.pause()
    desk.settle(watched)
    assert watched.cursor == 2
