"""An iteration line by line is the iteration."""

import numpy as np
import pytest

from dcrviz import AssembleConfig, advance, assemble, first_step, prepare
from dcrviz.diagnostics.lines import LINES, lines_of
from dcrviz.diagnostics.pictures import sky_noise
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures


@pytest.fixture(scope="module")
def exposures():
    scene = random_scene(3, shape=(56, 60), n_stars=5, n_galaxies=1, n_quasars=0)
    return simulate_exposures(scene, read_conditions("hits2015")[:4], seed=1)


@pytest.fixture(scope="module")
def problem(exposures):
    return prepare(exposures, AssembleConfig(max_iterations=3))


@pytest.fixture(scope="module")
def steps(problem):
    return list(assemble(problem))


def planes(line):
    return np.stack(list(line.images.values()))


def test_they_are_told_in_their_order(problem, steps):
    assert tuple(lines_of(problem, steps[0])) == LINES


@pytest.mark.parametrize("at", [0, 2])
def test_the_last_line_has_the_planes_of_the_next_step(problem, steps, at):
    last = lines_of(problem, steps[at])["weighted"]
    assert np.array_equal(planes(last), steps[at + 1].planes)


def test_other_knobs_make_other_lines(problem, steps):
    config = problem.config.with_values(clamp_subfilters=1.5)
    last = lines_of(problem, steps[1], config)["weighted"]
    assert np.array_equal(planes(last), advance(problem, steps[1], config).planes)


def test_the_changes_add_up_to_what_the_iteration_does(problem, steps):
    lines = lines_of(problem, steps[1])
    kept = list(LINES[LINES.index("corrected") :])
    total = sum(np.stack(list(lines[name].change.values())) for name in kept)
    moved = (steps[2].planes - steps[1].planes) / sky_noise(problem)
    assert total == pytest.approx(moved, abs=1e-3)


def test_residuals_are_visits_without_their_templates(problem, steps):
    lines = lines_of(problem, steps[0])
    for v, visit in enumerate(problem.visits):
        template = lines["templates"].images[str(visit.id)]
        left = np.where(problem.usable[v], problem.images[v] - template, 0)
        residual = lines["residuals"].images[str(visit.id)]
        scale = left.std() / residual.std()
        assert residual * scale == pytest.approx(left, abs=1e-3 * float(np.abs(left).max()))


def test_a_clamp_that_is_off_changes_nothing(problem, steps):
    config = problem.config.with_values(clamp_iterations=0, clamp_subfilters=0)
    lines = lines_of(problem, steps[1], config)
    for name in ("clamped in time", "clamped in colour"):
        assert not any(change.any() for change in lines[name].change.values())


def test_a_run_that_has_ended_has_no_next_iteration(problem, steps):
    with pytest.raises(ValueError, match="a run that has ended has no next iteration"):
        lines_of(problem, steps[-1])


def test_a_solver_without_such_lines_is_refused(exposures):
    problem = prepare(exposures, AssembleConfig(solver="direct"))
    with pytest.raises(ValueError, match="a solver among iterative, anderson; got direct"):
        lines_of(problem, first_step(problem))
