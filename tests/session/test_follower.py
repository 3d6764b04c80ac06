"""A solved run follows its knobs while they move: one solve at a time, and the newest wins."""

import numpy as np
import pytest

import dcrviz
from dcrviz import AssembleConfig
from dcrviz.engine import Outcome
from dcrviz.session import Session, follower

FAST = AssembleConfig(solver="direct", hold_to_template=True)


@pytest.fixture
def solved(exposures, desk):
    """A session that shows a solution in closed form."""
    session = Session(exposures, FAST, worker=desk.worker)
    session.play()
    desk.settle(session)
    return session


def planes_of(exposures, config):
    (*_, last) = dcrviz.assemble(dcrviz.prepare(exposures, config))
    return last.planes


@pytest.mark.parametrize("solver", ["direct", "pcg"])
@pytest.mark.parametrize(("knob", "value"), [("model_weights_width", 6.0), ("n_subfilters", 2)])
def test_a_turned_knob_shows_the_run_of_the_batch_with_it(exposures, desk, solver, knob, value):
    config = FAST.with_values(solver=solver)
    session = Session(exposures, config, worker=desk.worker)
    session.play()
    desk.settle(session)
    session.config.param.update(**{knob: value})
    desk.settle(session)
    expected = planes_of(exposures, config.with_values(**{knob: value}))
    np.testing.assert_array_equal(session.current.planes, expected)
    assert session.outcome is not Outcome.RUNNING


def test_a_knob_of_the_solver_is_followed_without_preparing_again(exposures, desk):
    session = Session(exposures, AssembleConfig(solver="pcg"), worker=desk.worker)
    session.play()
    desk.settle(session)
    problem, steps = session.problem, len(session.steps)
    session.config.tolerance = 0.05
    desk.settle(session)
    assert session.problem is problem
    assert len(session.steps) < steps


def test_the_result_stays_on_show_until_the_next_takes_its_place(solved, desk):
    before = solved.current
    solved.config.model_weights_width = 6.0
    assert solved.busy
    assert solved.current is before
    desk.take()
    assert solved.current is not before


def test_a_moving_knob_is_solved_one_at_a_time_and_the_newest_wins(
    solved, desk, exposures, monkeypatch
):
    widths = []

    def noting(start, visits, config, *others, **more):
        widths.append(config.model_weights_width)
        return jobs_solved(start, visits, config, *others, **more)

    jobs_solved = follower.solved
    monkeypatch.setattr(follower, "solved", noting)
    for width in np.arange(4.0, 9.0, 0.5):
        solved.config.model_weights_width = float(width)
    desk.settle(solved)
    # What it began with, and then the last.
    assert widths == [4.0, 8.5]
    expected = planes_of(exposures, FAST.with_values(model_weights_width=8.5))
    np.testing.assert_array_equal(solved.current.planes, expected)


def test_every_result_is_shown_while_the_knob_moves_on(solved, desk):
    shown = []
    for width in (4.0, 5.0, 6.0):
        solved.config.model_weights_width = width
        desk.take()
        shown.append(solved.problem.config.model_weights_width)
    assert shown == [4.0, 5.0, 6.0]


def test_a_movement_makes_one_branch_that_of_the_run_before_it(solved, desk):
    before = solved.current
    for width in (4.0, 5.0, 6.0):
        solved.config.model_weights_width = width
        desk.settle(solved)
    (branch,) = solved.branches
    assert branch.moments[-1].step is before


@pytest.mark.parametrize("way", ["another knob", "the knob taken hold of anew"])
def test_the_next_movement_makes_the_next_branch(solved, desk, way):
    solved.config.model_weights_width = 5.0
    desk.settle(solved)
    between = solved.current
    if way == "another knob":
        solved.config.n_subfilters = 2
    else:
        solved.begin_movement()
        solved.config.model_weights_width = 7.0
    desk.settle(solved)
    assert [branch.moments[-1].step for branch in solved.branches][1:] == [between]


def test_a_knob_without_effect_solves_nothing(solved):
    solved.config.accelerate = 5.0
    assert not solved.busy


def test_a_run_that_has_not_ended_is_not_followed(exposures, desk):
    session = Session(exposures, FAST, worker=desk.worker)
    session.start()
    desk.settle(session)
    session.config.model_weights_width = 6.0
    desk.settle(session)
    assert [step.index for step in session.steps] == [0]


def test_a_slow_solver_is_not_followed(exposures, desk, quick):
    session = Session(exposures, quick, worker=desk.worker)
    session.play()
    desk.settle(session)
    session.config.model_weights_width = 6.0
    desk.settle(session)
    assert [step.index for step in session.steps] == [0]


def test_a_reset_meanwhile_wins(solved, desk):
    solved.config.model_weights_width = 6.0
    solved.reset()
    desk.settle(solved)
    assert [step.index for step in solved.steps] == [0]


def test_what_cannot_be_solved_is_told_and_the_result_stays(solved, desk, monkeypatch):
    before = solved.current

    def refuse(*_, **__):
        raise ValueError("no such sky")

    monkeypatch.setattr(follower, "solved", refuse)
    solved.config.model_weights_width = 6.0
    desk.settle(solved)
    assert solved.error == "no such sky"
    assert solved.current is before
