"""A remedy that is tried: a new run beside the one that it is to cure."""

import pytest

import dcrviz
from dcrviz import AssembleConfig
from dcrviz.engine import Outcome
from dcrviz.session import Session


@pytest.fixture
def session(exposures, quick):
    session = Session(exposures, quick)
    session.play()
    return session


@pytest.mark.parametrize("knobs", [{"accelerate": 1.0}, {"n_subfilters": 2}])
def test_the_run_with_the_knobs_is_the_batch_with_them(
    session, exposures, quick, assert_same_steps, knobs
):
    session.try_knobs(knobs)
    config = quick.with_values(**knobs)
    assert_same_steps(session.steps, dcrviz.assemble(dcrviz.prepare(exposures, config)))


@pytest.mark.parametrize("knobs", [{"accelerate": 1.0}, {"n_subfilters": 2}])
def test_the_run_before_stays_beside_it(session, knobs):
    before = list(session.moments)
    session.try_knobs(knobs)
    (branch,) = session.branches
    assert list(branch.moments) == before
    assert session.moments[-1] not in before


def test_a_value_that_is_refused_changes_nothing(session):
    moments = list(session.moments)
    with pytest.raises(ValueError, match="n_subfilters"):
        session.try_knobs({"accelerate": 1.0, "n_subfilters": 0})
    assert session.moments == moments
    assert session.branches == []
    assert session.config.accelerate != 1.0


def test_a_solved_run_is_solved_anew_and_kept_as_well(exposures, desk):
    session = Session(exposures, AssembleConfig(solver="direct"), worker=desk.worker)
    session.play()
    desk.settle(session)
    before = list(session.moments)
    session.try_knobs({"n_subfilters": 2})
    desk.settle(session)
    assert [list(branch.moments) for branch in session.branches] == [before]
    assert (session.problem.n_subfilters, session.outcome) == (2, Outcome.CONVERGED)
