"""The transition and the generator that repeats it: laws of a run."""

from dataclasses import replace

import numpy as np
import pytest
from record_arrays import arrays_in

import dcrviz
from dcrviz import Outcome
from dcrviz.engine.correction import stacked_residual
from dcrviz.engine.template import amplify, visit_template


def by_hand(problem, config=None):
    """The steps of a run made by calling the transition."""
    step = dcrviz.first_step(problem, config)
    steps = [step]
    while step.outcome is Outcome.RUNNING:
        step = dcrviz.advance(problem, step, config)
        steps.append(step)
    return steps


def assert_same_step(one, other):
    for (path, ours), (_, theirs) in zip(arrays_in(one), arrays_in(other), strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=path)
    assert [h.gains for h in one.histories] == [h.gains for h in other.histories]
    assert [h.metrics for h in one.histories] == [h.metrics for h in other.histories]
    assert one.outcome is other.outcome


def test_stepping_by_hand_equals_the_batch_run(problem, steps):
    for ours, theirs in zip(by_hand(problem), steps, strict=True):
        assert_same_step(ours, theirs)


@pytest.mark.parametrize("mode", ["sequential", "seamless"])
def test_stepping_by_hand_equals_the_batch_run_of_many_tiles(exposures, mode):
    config = dcrviz.AssembleConfig(
        subregion_size=(24, 48), subregion_mode=mode, max_iterations=1, accelerate=10
    )
    problem = dcrviz.prepare(exposures, config)
    for ours, theirs in zip(by_hand(problem), dcrviz.assemble(problem), strict=True):
        assert_same_step(ours, theirs)


def test_the_same_step_is_made_by_every_call(problem, steps):
    assert_same_step(dcrviz.advance(problem, steps[2]), steps[3])


def test_an_earlier_step_is_unchanged_by_later_ones(problem):
    generator = dcrviz.assemble(problem)
    step = next(generator)
    kept = [array.copy() for _, array in arrays_in(step)]
    for _ in generator:
        pass
    for (path, array), copy in zip(arrays_in(step), kept, strict=True):
        np.testing.assert_array_equal(array, copy, err_msg=path)


def test_every_array_of_a_step_is_read_only(steps):
    writeable = {path for path, array in arrays_in(steps[-1]) if array.flags.writeable}
    assert writeable == set()


def test_every_array_of_a_problem_is_read_only(problem):
    writeable = {path for path, array in arrays_in(problem) if array.flags.writeable}
    assert writeable == set()


def test_the_steps_are_numbered_from_the_starting_model_on(steps):
    assert [step.index for step in steps] == list(range(len(steps)))
    assert [step.iteration for step in steps] == list(range(len(steps)))


def test_the_run_starts_from_the_template_divided_equally(problem):
    start = dcrviz.first_step(problem)
    assert (start.planes == problem.template.image / np.float32(3)).all()
    assert start.outcome is Outcome.RUNNING
    assert np.isnan(start.gain)
    assert start.metric == start.history.metrics[0]


def test_a_run_that_has_ended_can_not_be_advanced(problem, steps):
    with pytest.raises(ValueError, match="its outcome is EXHAUSTED"):
        dcrviz.advance(problem, steps[-1])


def test_a_knob_of_the_solver_takes_effect_at_the_next_step(problem, steps):
    config = problem.config.with_values(base_gain=0.25)
    assert dcrviz.advance(problem, steps[0], config).gain == 0.25
    assert dcrviz.advance(problem, steps[0]).gain == 0.5


def test_a_knob_that_acts_in_prepare_is_ignored_by_the_transition(problem, steps):
    config = problem.config.with_values(interpolation_order=0, use_model_weights=False)
    assert_same_step(dcrviz.advance(problem, steps[0], config), steps[1])


def test_turning_a_knob_during_a_batch_run_does_not_change_the_run(problem, steps):
    config = problem.config.copy()
    generator = dcrviz.assemble(problem, config)
    next(generator)
    config.base_gain = 0.1
    assert_same_step(next(generator), steps[1])


def test_convergence_can_be_switched_off_and_on_during_a_run(problem):
    on, off = problem.config, problem.config.with_values(use_convergence=False)
    step = dcrviz.first_step(problem, off)
    for config in (off, on, on, off, on, on):
        step = dcrviz.advance(problem, step, config)
        assert np.isfinite(step.planes).all()
        assert 0.5 <= step.gain <= 1
    measured = np.isfinite(step.history.metrics).tolist()
    assert measured == [False, False, True, True, False, True, True]


def test_permuting_the_exposures_changes_nothing_but_rounding(exposures, run_of):
    permuted = [exposures[i] for i in (3, 0, 5, 1, 4, 2)]
    one, other = run_of(exposures, max_iterations=2), run_of(permuted, max_iterations=2)
    np.testing.assert_allclose(
        other.last.planes, one.last.planes, rtol=0, atol=1e-5 * one.last.planes.max()
    )
    np.testing.assert_allclose(other.history.metrics, one.history.metrics, rtol=1e-4)


def test_the_buffer_is_written_by_its_own_tile_only(exposures):
    config = dcrviz.AssembleConfig(subregion_size=(24, 48))
    problem = dcrviz.prepare(exposures, config)
    start = dcrviz.first_step(problem)
    after = dcrviz.advance(problem, start)
    outside = np.ones(problem.shape, dtype=bool)
    outside[problem.tiles[0].inner.slices] = False
    np.testing.assert_array_equal(after.planes[:, outside], start.planes[:, outside])
    assert (after.planes[:, ~outside] != start.planes[:, ~outside]).any()


def test_the_tiles_are_run_to_their_ends_in_order(exposures, run_of):
    run = run_of(exposures, subregion_size=(24, 24), max_iterations=1, accelerate=10)
    tiles = [step.tile for step in run.steps[1:]]
    assert tiles == sorted(tiles)
    assert set(tiles) == {0, 1, 2, 3}
    assert all(outcome is not Outcome.RUNNING for outcome in run.outcomes)


def test_without_model_weights_the_planes_move_away_from_the_sources_too(exposures, run_of):
    free = {"clamp_iterations": 0, "clamp_subfilters": 0, "max_iterations": 1}
    held = run_of(exposures, **free)
    loose = run_of(exposures, use_model_weights=False, **free)
    quiet = held.problem.tiles[0].omega == 0
    assert quiet.any()
    share = held.problem.template.image / np.float32(3)
    np.testing.assert_allclose(
        held.last.planes[:, quiet], np.broadcast_to(share[quiet], (3, quiet.sum())), rtol=1e-6
    )
    assert (loose.last.planes[:, quiet] != share[quiet]).mean() > 0.9


def test_pixels_that_too_few_visits_reach_keep_the_template(exposures, run_of, flag):
    hole = np.zeros(exposures[0].shape, dtype=bool)
    hole[8:22, 8:22] = True
    spoilt = [exposures[0], *(flag(exposure, "BAD", hole) for exposure in exposures[1:])]
    free = {"clamp_iterations": 0, "clamp_subfilters": 0, "max_iterations": 1}
    run = run_of(spoilt, **free)
    inside = run.last.planes[:, 14:16, 14:16]
    share = run.problem.template.image[14:16, 14:16] / np.float32(3)
    np.testing.assert_allclose(inside, np.broadcast_to(share, inside.shape), rtol=1e-6)


def test_a_perfect_model_stays(problem, steps):
    # Images that the planes explain exactly leave no residual to add.
    amplified = amplify(steps[-1].planes, steps[-1].accelerate)
    images = np.stack(
        [visit_template(amplified, problem.shifts, v, order=problem.order) for v in range(6)]
    )
    perfect = replace(problem, images=np.where(problem.usable, images, 0))
    assert not stacked_residual(perfect, amplified, box=problem.tiles[0].outer).any()


def test_a_correction_that_is_known_already_changes_no_bit(problem, steps):
    step = steps[2]
    assert step.correction is not None
    remade = dcrviz.advance(problem, replace(step, correction=None))
    np.testing.assert_array_equal(remade.planes, dcrviz.advance(problem, step).planes)


def test_a_correction_made_under_another_amplification_is_stale(problem, steps):
    step, config = steps[2], problem.config.with_values(accelerate=1.5)
    expected = dcrviz.advance(problem, replace(step, correction=None), config)
    np.testing.assert_array_equal(dcrviz.advance(problem, step, config).planes, expected.planes)


def test_tiles_with_a_buffer_make_their_correction_anew(exposures):
    config = dcrviz.AssembleConfig(subregion_size=(24, 24), max_iterations=1)
    problem = dcrviz.prepare(exposures, config)
    assert all(step.correction is None for step in dcrviz.assemble(problem))


def test_a_tile_that_has_ended_holds_no_best_planes_once_another_has_followed(exposures, run_of):
    run = run_of(exposures, subregion_size=(24, 48), max_iterations=1)
    first, second = run.last.histories
    assert first.best_planes is None
    assert second.best_planes is not None
