"""A session is saved, and another one goes on from there."""

import numpy as np
import pytest

from dcrviz import open_run
from dcrviz.engine import Outcome
from dcrviz.session import Session


@pytest.fixture
def session(exposures, quick):
    return Session(exposures, quick)


def test_a_session_goes_on_where_the_saved_one_stood(session, tmp_path, assert_same_steps):
    session.step()
    session.step()
    session.save(tmp_path / "run")
    other = Session.from_run(tmp_path / "run")
    session.play()
    other.play()
    assert session.outcome is not Outcome.RUNNING
    assert_same_steps(session.steps, other.steps)


def test_the_step_on_show_and_the_knobs_come_back(session, tmp_path):
    session.step()
    session.config.base_gain = 0.25
    session.step()
    session.back()
    session.config.clamp_width = 3
    session.save(tmp_path / "run")
    other = Session.from_run(tmp_path / "run")
    assert other.cursor == 1
    assert other.config.values() == session.config.values()
    assert [m.knobs for m in other.moments] == [m.knobs for m in session.moments]


def test_a_session_that_has_not_begun_can_not_be_saved(session, tmp_path):
    with pytest.raises(ValueError, match="a run to save must be started"):
        session.save(tmp_path / "run")


def test_opening_a_run_keeps_the_present_one_as_a_branch(session, tmp_path):
    session.step()
    session.save(tmp_path / "run")
    session.step()
    run = open_run(tmp_path / "run")
    session.take_run(run, run.prepare())
    assert len(session.steps) == 2
    assert len(session.branches) == 1


def test_a_knob_that_starts_anew_works_on_an_opened_run(session, tmp_path):
    session.step()
    session.save(tmp_path / "run")
    other = Session.from_run(tmp_path / "run")
    other.config.n_subfilters = 2
    other.step()
    assert other.current.planes.shape[0] == 2


def test_other_data_begin_anew_without_the_old_template(session, exposures):
    session.step()
    template = session.problem.template
    given = Session(exposures, session.config, template=template)
    given.step()
    given.open_data(exposures[:3])
    given.step()
    assert len(given.problem.visits) == 3
    assert not np.array_equal(given.problem.template.image, template.image)
