"""A fit is measured on the pixels and sources of the one it is compared with."""

import math
import threading
from dataclasses import replace

import numpy as np
import pytest

from dcrviz import AssembleConfig, prepare
from dcrviz.diagnostics.fit_scores import SCORES, Fit, FitScores, Yardstick, band_thirds, timed_fit
from dcrviz.diagnostics.holes import near_pixels
from dcrviz.diagnostics.pictures import sky_noise
from dcrviz.diagnostics.residuals import residual_rms_sigma
from dcrviz.engine.template import amplify, visit_template


@pytest.fixture(scope="module")
def fit(plain):
    problem, steps = plain
    return Fit(problem=problem, step=steps[-1], cpu_s=0.0, wall_s=0.0)


@pytest.fixture(scope="module")
def yardstick(fit):
    return Yardstick.of(fit)


def with_planes(fit, planes):
    return replace(fit, step=replace(fit.step, planes=planes.astype(np.float32)))


def test_every_number_of_a_fit_has_a_name_to_be_shown_by():
    assert set(SCORES) == set(FitScores.__dataclass_fields__) - {"outcome"}


def test_the_change_of_planes_is_in_sigma_of_the_sky(fit, yardstick):
    higher = with_planes(fit, fit.step.planes + 2 * sky_noise(fit.problem))
    assert yardstick.scores(fit).planes_change == 0
    assert yardstick.scores(higher).planes_change == pytest.approx(2, rel=1e-3)


def test_planes_that_shall_be_sharper_differ_by_their_noise_alone(run):
    fits = []
    for width in (3.5, 4.5):
        problem, steps = run(solver="direct", model_fwhm=width, seeing_exponent=0.0)
        fits.append(Fit(problem=problem, step=steps[-1], cpu_s=0.0, wall_s=0.0))
    sharp, broad = fits
    apart = broad.step.planes - sharp.step.planes
    as_they_are = np.sqrt(np.mean(apart[:, near_pixels(sharp.problem)] ** 2))
    scores = Yardstick.of(broad).scores(sharp)
    assert scores.planes_change < 0.1 * as_they_are / sky_noise(broad.problem)
    assert scores.colour_change < 0.02


def test_a_higher_sky_changes_no_colour(fit, yardstick):
    higher = with_planes(fit, fit.step.planes + 2 * sky_noise(fit.problem))
    assert yardstick.scores(higher).colour_change == pytest.approx(0, abs=1e-3)


def test_light_that_goes_from_blue_to_red_changes_colours_and_keeps_the_flux(fit, yardstick):
    share = 0.1 * fit.step.planes.sum(axis=0)
    planes = fit.step.planes + np.stack([-share, 0 * share, share]) / fit.step.accelerate
    scores = yardstick.scores(with_planes(fit, planes))
    # Blue loses a tenth of all light, red gains it.
    assert scores.colour_change == pytest.approx(0.2, rel=0.01)
    assert scores.flux == pytest.approx(yardstick.scores(fit).flux, rel=1e-4)


def test_templates_are_compared_with_the_visits_that_are_on(run):
    problem, steps = run(visit_factors={"410915": 0.0})
    fit = Fit(problem=problem, step=steps[-1], cpu_s=0.0, wall_s=0.0)
    planes = amplify(steps[-1].planes, steps[-1].accelerate)
    found = [
        residual_rms_sigma(
            problem, v, problem.images[v] - visit_template(planes, problem.shifts, v, order=3)
        )
        for v, factor in enumerate(problem.factors)
        if factor
    ]
    assert len(found) == len(problem.visits) - 1
    assert Yardstick.of(fit).scores(fit).template_sigma == pytest.approx(np.mean(found))


def test_a_run_of_several_subregions_counts_the_longest(run):
    problem, steps = run(subregion_size=(40, 56))
    fit = Fit(problem=problem, step=steps[-1], cpu_s=0.0, wall_s=0.0)
    scores = Yardstick.of(fit).scores(fit)
    histories = steps[-1].histories
    assert len(histories) > 1
    assert scores.iterations == max(history.iterations for history in histories)
    assert scores.metric == pytest.approx(np.mean([h.metrics[h.iterations] for h in histories]))


def test_without_a_truth_there_is_no_score_against_it(fit, yardstick):
    scores = yardstick.scores(fit)
    assert math.isnan(scores.colour_slope)
    assert math.isnan(scores.colour_error)


def test_a_timed_fit_is_the_run_itself(exposures):
    config = AssembleConfig(max_iterations=2)
    problem = prepare(exposures, config)
    fit = timed_fit(problem, config)
    assert fit.step.history.iterations == 4
    assert fit.cpu_s > 0
    assert fit.wall_s > 0


def test_planes_of_any_number_compare_by_thirds_of_the_band():
    sky = np.linspace(1, 2, 12, dtype=np.float32).reshape(1, 3, 4)
    for number in (1, 2, 3, 5):
        planes = np.repeat(sky / number, number, axis=0)
        np.testing.assert_allclose(band_thirds(planes), np.repeat(sky / 3, 3, axis=0), rtol=1e-6)
    three = np.arange(36, dtype=np.float32).reshape(3, 3, 4)
    np.testing.assert_array_equal(band_thirds(three), three[::-1])


def test_the_time_of_a_fit_in_one_thread_is_not_that_of_others(plain):
    problem, _ = plain
    config = problem.config.with_values(n_threads=1)
    done = threading.Event()

    def be_busy():
        while not done.is_set():
            np.sort(np.arange(200_000)[::-1])

    others = [threading.Thread(target=be_busy) for _ in range(2)]
    for thread in others:
        thread.start()
    try:
        fit = timed_fit(problem, config)
    finally:
        done.set()
        for thread in others:
            thread.join()
    # One thread can't take more than the time that goes by; clocks tick.
    assert fit.cpu_s <= fit.wall_s + 0.02


def test_a_fit_that_nobody_waits_for_ends_with_the_iteration_at_hand(plain):
    problem, _ = plain

    def heed():
        raise TimeoutError("nobody waits")

    with pytest.raises(TimeoutError, match="nobody waits"):
        timed_fit(problem, problem.config, heed=heed)
