"""Knobs turned, steps gone back and branches taken while a solver remembers more than planes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import dcrviz
from dcrviz import Outcome
from dcrviz.engine.pcg import CgMemory
from dcrviz.session import Session

# Of the relative residual, which falls slowly on a field as small and torn as this.
TOLERANCE = 3e-4


@pytest.fixture
def holey(exposures):
    """Visits with pixels left out, each elsewhere: what the closed form alone cannot solve."""
    spoilt = []
    for place, exposure in enumerate(exposures):
        mask = np.array(exposure.mask)
        mask[6 * place : 6 * place + 8, 10:26] |= 1 << exposure.planes["BAD"]
        spoilt.append(replace(exposure, mask=mask))
    return spoilt


@pytest.fixture
def solved(holey):
    """A session whose pcg run has come to its end."""
    session = Session(holey, dcrviz.AssembleConfig(solver="pcg", tolerance=TOLERANCE))
    session.play()
    assert session.outcome is Outcome.CONVERGED
    assert len(session.steps) > 4
    return session


def assert_same(one, other):
    np.testing.assert_array_equal(one.planes, other.planes)
    assert one.history.residuals == other.history.residuals


@pytest.mark.parametrize("solver", ["anderson", "direct", "pcg"])
def test_playing_to_the_end_equals_the_batch_run(holey, solver):
    config = dcrviz.AssembleConfig(solver=solver, max_iterations=3)
    session = Session(holey, config)
    session.play()
    batch = list(dcrviz.assemble(dcrviz.prepare(holey, config)))
    for ours, theirs in zip(session.steps, batch, strict=True):
        assert_same(ours, theirs)


@pytest.mark.parametrize("solver", ["anderson", "pcg"])
def test_from_an_old_step_the_same_bits_come_again(holey, solver):
    config = dcrviz.AssembleConfig(solver=solver, tolerance=TOLERANCE)
    problem = dcrviz.prepare(holey, config)
    steps = list(dcrviz.assemble(problem))
    for before, after in pairwise(steps):
        assert_same(dcrviz.advance(problem, before, config), after)


def test_a_closed_form_run_is_over_after_one_step(holey):
    session = Session(holey, dcrviz.AssembleConfig(solver="direct"))
    session.step()
    assert session.outcome is Outcome.CONVERGED
    session.step()
    assert len(session.steps) == 2


def test_a_run_of_equations_goes_on_where_it_was_after_going_back(solved):
    before = solved.steps
    solved.show(1)
    solved.play()
    assert [id(step) for step in solved.steps] == [id(step) for step in before]
    assert solved.branches == []


def test_positivity_turned_on_amid_a_run_takes_effect_at_the_next_step(solved):
    before = solved.steps
    solved.show(2)
    solved.config.positivity = True
    solved.step()
    assert solved.steps[:3] == before[:3]
    assert (solved.current.planes != before[3].planes).any()
    assert solved.current.memory.negative is not None
    (branch,) = solved.branches
    assert [moment.step for moment in branch.moments] == before


def test_positivity_pushes_negative_pixels_up(solved):
    free = solved.steps[5].planes
    solved.show(2)
    solved.config.positivity = True
    for _ in range(3):
        solved.step()
    assert solved.cursor == 5
    assert np.minimum(solved.current.planes, 0).sum() > np.minimum(free, 0).sum()


def test_positivity_turned_off_again_after_a_step_lets_the_run_end_without_it(solved):
    solved.show(2)
    solved.config.positivity = True
    solved.step()
    solved.config.positivity = False
    solved.play()
    assert solved.outcome is Outcome.CONVERGED
    assert solved.current.memory.negative is None
    assert solved.current.history.residuals[-1] <= TOLERANCE


def test_positivity_turned_on_and_off_again_before_the_next_step_changes_nothing(solved):
    before = solved.steps
    solved.show(2)
    solved.config.positivity = True
    solved.config.positivity = False
    solved.play()
    assert [id(step) for step in solved.steps] == [id(step) for step in before]


def test_a_stricter_tolerance_goes_on_from_the_step_before_the_last(solved):
    before = solved.steps
    solved.back()
    solved.config.tolerance = TOLERANCE / 2
    solved.step()
    assert_same(solved.current, before[-1])
    assert solved.outcome is Outcome.RUNNING
    solved.play()
    assert solved.outcome is Outcome.CONVERGED
    assert solved.current.history.residuals[-1] <= TOLERANCE / 2


def test_a_looser_tolerance_ends_the_run_at_the_next_step(solved):
    before = solved.steps
    solved.show(1)
    solved.config.tolerance = 0.1
    solved.play()
    assert len(solved.steps) == 3
    assert_same(solved.current, before[2])
    assert solved.outcome is Outcome.CONVERGED


def test_an_opened_branch_goes_on_with_its_own_memory(solved):
    before = solved.steps
    solved.show(2)
    solved.config.positivity = True
    solved.play()
    solved.open_branch(0)
    assert not solved.config.positivity
    solved.show(2)
    solved.step()
    assert solved.current is before[3]


def test_a_run_of_another_solver_begins_without_the_memory_of_the_last(solved):
    solved.config.solver = "anderson"
    solved.step()
    assert not isinstance(solved.current.memory, CgMemory)
    solved.open_branch(0)
    assert solved.config.solver == "pcg"
    assert isinstance(solved.current.memory, CgMemory)


def test_the_memory_of_a_step_cannot_be_changed(solved):
    memory = solved.steps[2].memory
    for values in (memory.solution, memory.residual, memory.direction):
        with pytest.raises(ValueError, match="read-only"):
            values[0, 0, 0] = 1
