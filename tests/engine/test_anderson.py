"""LSST's iteration accelerated: never worse than the plain one, and sooner there."""

from itertools import pairwise

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.anderson import FIRST_MOVES, AndersonMemory, mixed
from dcrviz.simulate import random_scene, simulate_exposures

# Long enough that the plain iteration has nearly come to rest.
LONG = {"max_iterations": 20, "convergence_threshold": 0.0, "min_iterations": 40}
CASES = [
    (field, preset, n_subfilters)
    for field in ("pair", "crowd")
    for preset in ("default", "lsst-2019")
    for n_subfilters in (3, 5)
]


@pytest.fixture(scope="module")
def fields(exposures, visits):
    crowd = random_scene(22, shape=(64, 60), n_stars=7, n_galaxies=2, n_quasars=1)
    return {"pair": exposures, "crowd": simulate_exposures(crowd, visits, seed=22)}


@pytest.fixture(scope="module")
def runs(fields):
    """Plain and accelerated steps of every case, without a stop."""

    def run(field, preset, n_subfilters, solver):
        knobs = LONG | {"on_divergence": "last", "n_subfilters": n_subfilters, "solver": solver}
        config = dcrviz.AssembleConfig.preset(preset).with_values(**knobs)
        return list(dcrviz.assemble(dcrviz.prepare(fields[field], config)))

    return {case: (run(*case, "iterative"), run(*case, "anderson")) for case in CASES}


@pytest.mark.parametrize("case", CASES)
def test_the_metric_is_no_worse_than_the_plain_one_after_as_many_evaluations(runs, case):
    plain, ours = runs[case]
    metrics = plain[-1].history.metrics
    for step in ours[1:]:
        if step.memory.evaluations < len(metrics):
            assert step.metric <= 1.01 * metrics[step.memory.evaluations]


@pytest.mark.parametrize("case", CASES)
def test_the_best_of_the_plain_iteration_is_reached_with_fewer_evaluations(runs, case):
    plain, ours = runs[case]
    best = plain[-1].history.best_iteration
    needed = next(s.memory.evaluations for s in ours[1:] if s.metric <= plain[best].metric)
    assert needed < best


@pytest.mark.parametrize("case", CASES)
def test_mixed_planes_never_have_a_worse_metric_than_those_before(runs, case):
    for before, after in pairwise(runs[case][1]):
        kept_the_past = len(after.memory.planes) > 1
        if kept_the_past and after.iteration > FIRST_MOVES:
            assert after.metric <= before.metric


def test_rejected_planes_are_counted_among_the_evaluations(runs):
    for _, ours in runs.values():
        for before, after in pairwise(ours[1:]):
            rejected = after.iteration > FIRST_MOVES and len(after.memory.planes) == 1
            assert after.memory.evaluations - before.memory.evaluations == 1 + rejected


@pytest.mark.parametrize("case", CASES)
def test_the_first_moves_are_those_of_the_plain_iteration(runs, case):
    plain, ours = runs[case]
    for one, other in zip(plain[: FIRST_MOVES + 1], ours, strict=False):
        np.testing.assert_array_equal(one.planes, other.planes)
    assert (plain[FIRST_MOVES + 1].planes != ours[FIRST_MOVES + 1].planes).any()


def test_the_past_is_no_longer_than_five_moves(runs):
    for _, ours in runs.values():
        assert max(len(step.memory.planes) for step in ours[1:]) == 6


def test_off_the_sources_the_planes_stay_at_the_template(fields, runs):
    problem = dcrviz.prepare(fields["pair"])
    quiet = problem.tiles[0].omega == 0
    share = problem.template.image[quiet] / np.float32(3)
    planes = runs["pair", "default", 3][1][-1].planes[:, quiet]
    np.testing.assert_allclose(planes, np.broadcast_to(share, planes.shape), rtol=1e-3, atol=1e-2)


def test_tiles_do_not_mix(exposures):
    config = dcrviz.AssembleConfig(solver="anderson", subregion_size=(24, 48), max_iterations=6)
    problem = dcrviz.prepare(exposures, config)
    steps = list(dcrviz.assemble(problem))
    assert {step.tile for step in steps} == {0, 1}
    for step in steps[1:]:
        assert step.memory.tile == step.tile
        assert step.memory.planes[0].shape[1:] == problem.tiles[step.tile].inner.shape
        assert len(step.memory.planes) <= step.history.iterations


def test_a_tile_begins_as_if_there_had_been_none_before(exposures):
    config = dcrviz.AssembleConfig(solver="anderson", subregion_size=(24, 48), max_iterations=6)
    problem = dcrviz.prepare(exposures, config)
    steps = list(dcrviz.assemble(problem))
    first = next(i for i, step in enumerate(steps) if step.tile == 1)
    plain = dcrviz.prepare(exposures, config.with_values(solver="iterative"))
    np.testing.assert_array_equal(
        steps[first].planes, dcrviz.advance(plain, steps[first - 1], config).planes
    )


@pytest.mark.parametrize(
    "turned",
    [{"accelerate": 2.0}, {"clamp_iterations": 3.0}, {"clamp_subfilters": 0.0}, {"clamp_width": 1}],
)
def test_a_knob_that_makes_another_map_ends_the_past(exposures, turned):
    config = dcrviz.AssembleConfig(solver="anderson", max_iterations=20)
    problem = dcrviz.prepare(exposures, config)
    *_, step = (step for step, _ in zip(dcrviz.assemble(problem), range(8), strict=False))
    config = problem.config.with_values(**turned)
    after = dcrviz.advance(problem, step, config)
    assert len(step.memory.planes) > 1
    assert len(after.memory.planes) == 1
    plain = dcrviz.prepare(exposures)
    np.testing.assert_array_equal(after.planes, dcrviz.advance(plain, step, config).planes)


def test_the_gain_is_only_how_far_the_map_is_followed_and_keeps_the_past(exposures):
    problem = dcrviz.prepare(exposures, dcrviz.AssembleConfig(solver="anderson"))
    *_, step = (step for step, _ in zip(dcrviz.assemble(problem), range(4), strict=False))
    after = dcrviz.advance(problem, step, problem.config.with_values(base_gain=0.3))
    assert len(after.memory.planes) == len(step.memory.planes) + 1


def memory_of(planes, moves):
    memory = AndersonMemory(tile=0)
    for pair in zip(planes, moves, strict=True):
        memory = memory.with_point(*(np.asarray(a, np.float32) for a in pair), evaluations=1)
    return memory


def test_without_a_past_the_map_is_followed_by_its_length():
    planes, move = np.ones((2, 3, 3)), np.full((2, 3, 3), 4.0)
    np.testing.assert_array_equal(mixed(memory_of([planes], [move]), length=0.5), 3)


def test_at_a_fixed_point_nothing_moves():
    planes = np.random.default_rng(0).normal(size=(2, 3, 3)).astype(np.float32)
    still = [np.zeros_like(planes)] * 3
    np.testing.assert_array_equal(mixed(memory_of([planes] * 3, still), length=0.5), planes)


@pytest.mark.parametrize("dimensions", [1, 2, 4])
def test_of_a_linear_map_the_fixed_point_is_found_from_as_many_changes_as_dimensions(dimensions):
    rng = np.random.default_rng(dimensions)
    shrink = np.diag(rng.uniform(0.2, 0.9, dimensions))
    goal = rng.normal(size=dimensions)
    # The map takes x to goal + shrink (x - goal); its points lie anywhere.
    points = rng.normal(size=(dimensions + 1, dimensions))
    moves = goal + (points - goal) @ shrink - points
    shape = (-1, 1, 1, dimensions)
    found = mixed(memory_of(points.reshape(shape), moves.reshape(shape)), length=0.7)
    # Directions that are nearly the same are damped a little.
    np.testing.assert_allclose(found.ravel(), goal, atol=2e-3)
