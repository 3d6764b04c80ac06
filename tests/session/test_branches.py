"""Runs that were left for another: what they are called, which of them stay, and what goes."""

import gc
import weakref

import numpy as np
import pytest

from dcrviz import open_run
from dcrviz.runs import save_run
from dcrviz.session import Session


@pytest.fixture
def session(exposures, quick):
    session = Session(exposures, quick)
    session.step()
    return session


def turn(session, n_subfilters):
    """Leave the run for one with other knobs."""
    session.config.n_subfilters = n_subfilters
    session.step()


def names(session):
    return [branch.name for branch in session.branches]


def test_a_run_keeps_its_name_when_it_is_left_and_when_it_is_shown_again(session):
    session.rename("as recommended")
    turn(session, 2)
    assert (names(session), session.title) == (["as recommended"], "run 2")
    session.open_branch(0)
    assert (names(session), session.title) == (["run 2"], "as recommended")


def test_a_branch_can_be_renamed(session):
    turn(session, 2)
    session.rename(" three planes ", 0)
    assert names(session) == ["three planes"]


@pytest.mark.parametrize("title", ["", "  ", "run 1"])
def test_a_name_that_is_empty_or_taken_is_refused(session, title):
    turn(session, 2)
    with pytest.raises(ValueError, match="a name that no other run has; got"):
        session.rename(title)
    assert session.title == "run 2"


def test_a_run_may_be_given_the_name_it_has(session):
    session.rename("run 1")
    assert session.title == "run 1"


def test_a_new_run_never_takes_the_name_of_another(session):
    session.rename("run 2")
    turn(session, 2)
    assert session.title == "run 2 (2)"


def test_the_oldest_runs_go_but_for_those_that_are_pinned(session):
    session.most_branches = 2
    session.pin()
    for number in (2, 3, 2, 3):
        turn(session, number)
    assert names(session) == ["run 1", "run 3", "run 4"]
    assert [branch.pinned for branch in session.branches] == [True, False, False]
    assert not session.pinned


def test_a_branch_that_is_let_go_is_like_the_others_again(session):
    session.most_branches = 1
    session.pin()
    turn(session, 2)
    session.pin(False, 0)
    turn(session, 3)
    assert names(session) == ["run 2"]


def test_a_run_on_show_that_was_pinned_as_a_branch_is_pinned_still(session):
    turn(session, 2)
    session.pin(True, 0)
    session.open_branch(0)
    assert session.pinned


def test_deleting_a_run_frees_what_it_held(session):
    turn(session, 2)
    planes = weakref.ref(session.branches[0].moments[-1].step.planes)
    stack = weakref.ref(session.branches[0].problem.stack_weight)
    session.delete(0)
    gc.collect()
    assert session.branches == []
    assert (planes(), stack()) == (None, None)


def test_a_branch_of_other_visits_brings_its_visits_back(session, exposures, tmp_path):
    session.open_data(exposures[:3])
    session.step()
    session.open_branch(0)
    assert session.exposures == exposures
    session.save(tmp_path / "run")
    assert len(open_run(tmp_path / "run").exposures) == len(exposures)


def test_other_visits_have_the_weights_of_those_they_share_with_the_old(session, exposures):
    session.config.visit_factors = {0: 0.5, 3: 0}
    session.open_data(exposures[:3])
    assert session.config.visit_factors == {"0": 0.5}
    session.step()
    np.testing.assert_array_equal(session.problem.factors, [0.5, 1, 1])


def test_a_branch_can_be_saved_and_opened(session, tmp_path, assert_same_steps):
    steps = session.steps
    session.config.accelerate = 1.5
    turn(session, 2)
    save_run(tmp_path / "first", session.as_run(0))
    run = open_run(tmp_path / "first")
    assert_same_steps(run.steps, steps)
    assert run.config.n_subfilters == 3


def test_an_opened_run_is_called_by_its_folder(session, tmp_path):
    session.save(tmp_path / "tuesday")
    run = open_run(tmp_path / "tuesday")
    for title in ("tuesday", "tuesday (2)"):
        session.take_run(run, run.prepare())
        assert session.title == title
    assert names(session) == ["run 1", "tuesday"]


def test_a_visit_that_is_switched_off_leaves_the_run_for_another(session):
    session.config.visit_factors = {1: 0}
    assert names(session) == ["run 1"]
    session.step()
    assert session.problem.factors[1] == 0


def test_a_run_of_elsewhere_is_kept_beside_the_one_on_show_and_can_be_shown(
    session, exposures, quick, assert_same_steps
):
    elsewhere = Session(exposures, quick.with_values(n_subfilters=2))
    elsewhere.step(2)
    elsewhere.reset()
    (branch,) = elsewhere.branches
    shown = session.steps
    indices = [session.take_branch(branch) for _ in range(2)]
    assert_same_steps(session.steps, shown)
    assert names(session) == ["run 1 (2)", "run 1 (3)"]
    assert len({session.number, *(one.number for one in session.branches)}) == 3
    session.open_branch(indices[1])
    assert (session.title, session.config.n_subfilters) == ("run 1 (3)", 2)
    assert_same_steps(session.steps, [moment.step for moment in branch.moments])
    # It is the session's own from now on.
    session.step()
    assert len(session.steps) == len(branch.moments) + 1


def test_a_run_keeps_its_number_under_any_name_on_show_or_not(session):
    session.step(2)
    first = session.number
    session.reset()
    (branch,) = session.branches
    assert branch.number == first != session.number
    session.rename("another", 0)
    session.pin(True, 0)
    assert session.branches[0].number == first
    session.open_branch(0)
    assert (session.title, session.number) == ("another", first)


def test_an_error_does_not_outlive_the_run_that_it_is_of(session):
    turn(session, 2)
    session.error = "of a step"
    session.open_branch(0)
    assert session.error == ""
    session.error = "of another"
    session.reset()
    assert session.error == ""
