"""How far a run has come, how fast it goes."""

import math

import pytest

from dcrviz.config_rules import most_iterations
from dcrviz.engine import Outcome
from dcrviz.session import Session
from dcrviz.views.progress import Tempo, progress_words, share_done
from dcrviz.views.run_rows import run_row, runs_of


@pytest.fixture
def config(session):
    return session.config.copy()


@pytest.mark.parametrize("solver", ["iterative", "anderson", "direct"])
def test_the_most_iterations_are_those_of_a_run_that_does_not_end_before(exposures, config, solver):
    config = config.with_values(
        solver=solver, min_iterations=50, max_iterations=4, use_convergence=False
    )
    session = Session(exposures, config)
    session.play()
    assert session.outcome is not Outcome.RUNNING
    assert session.current.iteration == most_iterations(config)


def test_the_share_grows_with_every_iteration_up_to_one(session):
    session.start()
    shares = [share_done(session)]
    session.param.watch(lambda _: shares.append(share_done(session)), "moments")
    session.play()
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert len(set(shares)) > 2


def test_a_field_of_several_subregions_is_done_with_the_last_of_them(exposures, config):
    session = Session(exposures, config.with_values(subregion_size=(40, 40)))
    session.start()
    assert len(session.current.histories) > 1
    session.step()
    assert 0 < share_done(session) < 0.5
    assert progress_words(session, math.nan).startswith("Subregion 1 of ")
    session.play()
    assert share_done(session) == 1


def test_the_words_tell_iteration_pace_and_what_is_left(session):
    session.step(2)
    most = most_iterations(session.config)
    assert progress_words(session, math.nan) == f"Iteration 2 of at most {most}"
    session.playing = True
    left = (most - 2) / 0.5
    assert progress_words(session, 0.5) == (
        f"Iteration 2 of at most {most} · 0.5 it/s · {left:.0f} s left at most"
    )


def test_iterations_are_counted_though_the_run_returns_to_an_earlier_one(exposures, config):
    session = Session(exposures, config.with_values(accelerate=1e6, on_divergence="best"))
    session.start()
    session.play()
    last = session.moments[-1].step
    assert last.returned
    assert last.iteration < last.history.iterations
    done = f"Iteration {last.history.iterations} of at most {most_iterations(session.config)}"
    assert progress_words(session, math.nan) == done
    (run,) = runs_of(session)
    assert run_row(run, [], []).cells["iterations"] == last.history.iterations


def test_before_the_visits_are_prepared_there_is_no_progress():
    assert share_done(Session()) == 0
    assert progress_words(Session(), math.nan) == ""


def test_the_pace_is_that_of_the_last_iterations():
    tempo = Tempo()
    tempo.note(0, now=0.0)
    assert math.isnan(tempo.per_second)
    tempo.begin(now=10.0)
    for index in range(1, 40):
        tempo.note(index, now=10.0 + 0.25 * index)
    assert tempo.per_second == pytest.approx(4)
    tempo.begin(now=100.0)
    tempo.note(40, now=100.5)
    assert tempo.per_second == pytest.approx(2)


def test_an_earlier_step_begins_the_pace_anew():
    tempo = Tempo()
    tempo.begin(now=0.0)
    for index in range(4):
        tempo.note(index, now=float(index + 1))
    tempo.note(0, now=9.0)
    assert math.isnan(tempo.per_second)
