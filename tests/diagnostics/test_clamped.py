"""The marked pixels are those that the step's report counts."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz import AssembleConfig, advance, first_step, prepare
from dcrviz.diagnostics.clamped import clamped_pixels

ONE_CLAMP = {
    "iteration": {"clamp_iterations": 1.02, "clamp_subfilters": 0},
    "subfilter": {"clamp_iterations": 0, "clamp_subfilters": 1.5},
}


@pytest.mark.parametrize("kind", ONE_CLAMP)
def test_one_clamp_alone_marks_the_fractions_of_the_report(run, kind):
    problem, steps = run(**ONE_CLAMP[kind])
    marks = clamped_pixels(problem, steps[1], steps[0])
    clamps = steps[1].clamps
    high, low = (getattr(clamps, f"{kind}_{way}") for way in ("high", "low"))
    np.testing.assert_allclose((marks == 1).mean(axis=(1, 2)), high)
    np.testing.assert_allclose((marks == -1).mean(axis=(1, 2)), low)
    assert high.sum() > 0
    assert low.sum() > 0


def test_both_clamps_mark_no_pixel_that_neither_did(run):
    problem, steps = run()
    marked = (clamped_pixels(problem, steps[1], steps[0]) != 0).mean(axis=(1, 2))
    clamps = steps[1].clamps
    either = clamps.iteration_high + clamps.iteration_low
    either = either + clamps.subfilter_high + clamps.subfilter_low
    assert (marked > 0).all()
    assert (marked <= either + 1e-9).all()


def test_the_marks_are_those_of_the_knobs_of_the_iteration(plain):
    problem, (start, *_) = plain
    off = problem.config.with_values(clamp_iterations=0, clamp_subfilters=0)
    freely = advance(problem, start, off)
    assert not clamped_pixels(problem, freely, start, off).any()
    assert clamped_pixels(problem, freely, start).any()


def test_only_the_subregion_that_was_advanced_is_marked(exposures):
    config = AssembleConfig(subregion_size=(60, 28), subregion_mode="sequential")
    problem = prepare(exposures, config)
    start = first_step(problem)
    marks = clamped_pixels(problem, advance(problem, start), start)
    inner = problem.tiles[0].inner.slices
    assert marks[:, *inner].any()
    assert np.count_nonzero(marks) == np.count_nonzero(marks[:, *inner])


def test_a_dropped_correction_changes_no_mark(plain):
    problem, (start, first, *_) = plain
    np.testing.assert_array_equal(
        clamped_pixels(problem, first, replace(start, correction=None)),
        clamped_pixels(problem, first, start),
    )


def test_the_starting_model_is_not_clamped(plain):
    problem, (start, *_) = plain
    assert not clamped_pixels(problem, start, None).any()


def test_solvers_without_clamps_mark_nothing(run):
    problem, steps = run(solver="direct")
    assert not clamped_pixels(problem, steps[1], steps[0]).any()
