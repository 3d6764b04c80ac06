"""The stages inside an iteration of P1, each made by our function from the recorded one before."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz.engine.correction import stacked_residual
from dcrviz.engine.iteration import iterate
from dcrviz.engine.noise import background_noise
from dcrviz.engine.regularize import clamp_change, clamp_spectrum
from dcrviz.engine.template import amplify

# Relative to the template's peak: both sides compute in float32.
_PLANES = 2e-6
STAGES = pytest.mark.parametrize("iteration", [0, 2])


@pytest.fixture
def p1(replays):
    return replays("P1")


def old_planes(run, iteration):
    return run.recorded["sub0_planes"][iteration]


@STAGES
def test_the_stacked_residual_gives_the_recorded_stage(p1, iteration):
    old = old_planes(p1, iteration)
    amplified = amplify(old, p1.problem.config.accelerate)
    correction = stacked_residual(p1.problem, amplified, box=p1.problem.tiles[0].outer)
    recorded = p1.recorded[f"stage_iter{iteration}_residual_added"]
    np.testing.assert_allclose(old + correction, recorded, rtol=0, atol=_PLANES * p1.peak)


@STAGES
def test_the_clamp_of_the_change_gives_the_recorded_stage(p1, iteration):
    config = p1.problem.config
    clamped = clamp_change(
        p1.recorded[f"stage_iter{iteration}_residual_added"],
        old_planes(p1, iteration),
        factor=config.clamp_iterations,
        radius_px=config.clamp_width,
    )
    np.testing.assert_array_equal(
        clamped.planes, p1.recorded[f"stage_iter{iteration}_after_iter_clamp"]
    )


@STAGES
def test_the_clamp_between_subfilters_gives_the_recorded_stage(p1, iteration):
    config = p1.problem.config
    before = p1.recorded[f"stage_iter{iteration}_after_iter_clamp"]
    noise = background_noise(before[0], p1.problem.background, margin_px=5, estimator="std")
    clamped = clamp_spectrum(
        before,
        old_planes(p1, iteration).mean(axis=0, dtype=np.float32),
        factor=config.clamp_subfilters,
        radius_px=config.clamp_width,
        noise=noise,
    )
    recorded = p1.recorded[f"stage_iter{iteration}_before_condition"]
    np.testing.assert_allclose(clamped.planes, recorded, rtol=0, atol=_PLANES * p1.peak)


def iterated(run, iteration, **knobs):
    """Our planes one iteration after the recorded ones, with our gain."""
    problem = replace(run.problem, config=run.problem.config.with_values(**knobs))
    old, gain = old_planes(run, iteration), run.histories[0].gains[iteration]
    return iterate(problem, old, problem.tiles[0], gain, problem.config)[0]


@STAGES
def test_conditioning_gives_the_recorded_stage(p1, iteration):
    ours = iterated(p1, iteration, use_model_weights=False)
    recorded = p1.recorded[f"stage_iter{iteration}_after_condition"]
    np.testing.assert_allclose(ours, recorded, rtol=0, atol=_PLANES * p1.peak)


@STAGES
def test_the_model_weights_give_the_recorded_planes_of_the_next_iteration(p1, iteration):
    ours, recorded = iterated(p1, iteration), old_planes(p1, iteration + 1)
    np.testing.assert_allclose(ours, recorded, rtol=0, atol=_PLANES * p1.peak)
