"""The convergence metric: worked out by hand, and laws."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz.engine.convergence import mean_metric, measure
from dcrviz.engine.noise import background_noise
from dcrviz.engine.template import amplify, visit_template
from dcrviz.kernels.spline import coefficients
from dcrviz.kernels.taps import tap_table
from dcrviz.kernels.visit import VisitPixels, misfit_sums, residual_and_misfit

ALL = np.ones((2, 2), dtype=bool)


def visit_metric(image, template, importance, *, counted):
    """The metric of one visit, by the sweep that compares it with a template."""
    shape = image.shape
    taps = tap_table(np.zeros((1, 2)), shape, order=1)
    pixels = VisitPixels(image=image, usable=counted, detected=counted)
    difference, brightness = residual_and_misfit(
        coefficients(template, order=1)[None],
        taps,
        np.zeros(1, dtype=np.int64),
        pixels,
        np.asarray(importance, dtype=np.float32),
        residual=np.empty(shape, dtype=np.float32),
        top=0,
    )
    return difference / brightness if brightness else float("nan" if not counted.any() else 0)


def image_of(*values):
    return np.array(values, dtype=np.float32).reshape(2, 2)


def metric_of(image, template, importance=None, counted=ALL):
    ones = np.ones((2, 2)) if importance is None else importance
    return visit_metric(image, template, ones, counted=counted)


def measured(problem, planes, tile=0, **changes):
    knobs = {"accelerate": 3.0, "estimator": "robust", "empty": "exclude"}
    return measure(problem, planes, tile, **(knobs | changes))


def test_the_metric_worked_out_by_hand():
    # |s - T| = 2, 0, 4, 1; |s + T| / 2 = 2, 2, 4, 0.5
    image, template = image_of(3, 2, 6, 0), image_of(1, 2, 2, 1)
    assert metric_of(image, template) == pytest.approx(7 / 8.5)
    importance = np.array([[1.0, 10.0], [1.0, 100.0]])
    assert metric_of(image, template, importance) == pytest.approx(106 / 76)


def test_the_sums_of_a_template_at_hand_are_those_of_the_sweep_whoever_adds_them():
    random = np.random.default_rng(2)
    image, template, importance = random.random((3, 61, 40), dtype=np.float32)
    counted = random.random((61, 40)) > 0.1
    image[~counted] = np.nan
    pixels = VisitPixels(image=image, usable=counted, detected=counted)
    sums = [misfit_sums(template, pixels, importance, threads=threads) for threads in (1, 2, 3)]
    assert sums[0] == sums[1] == sums[2]
    metric = visit_metric(image, template, importance, counted=counted)
    assert sums[0][0] / sums[0][1] == pytest.approx(metric, rel=1e-12)
    assert misfit_sums(template[:0], pixels, importance) == (0, 0)


def test_the_metric_of_a_perfect_model_is_zero():
    image = image_of(3, 2, 6, 1)
    assert metric_of(image, image) == 0


def test_the_metric_counts_only_the_given_pixels():
    image, template = image_of(3, 2, 6, 0), image_of(1, 2, 2, 1)
    counted = np.array([[True, False], [False, False]])
    assert metric_of(image, template, counted=counted) == 1


def test_pixels_that_do_not_count_may_be_anything():
    image, template = image_of(3, np.nan, np.inf, 2), image_of(1, 2, 2, 2)
    assert metric_of(image, template, counted=np.isfinite(image)) == pytest.approx(2 / 4)


def test_the_metric_without_a_pixel_is_not_a_number():
    assert np.isnan(metric_of(image_of(1, 2, 3, 4), image_of(1, 1, 1, 1), counted=~ALL))


def test_the_metric_depends_neither_on_the_unit_of_flux_nor_on_that_of_the_importance():
    image, template = image_of(3, 2, 6, 0), image_of(1, 2, 2, 1)
    importance = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert metric_of(4 * image, 4 * template, 8 * importance) == metric_of(
        image, template, importance
    )


def test_the_mean_metric_leaves_out_or_counts_the_visits_without_a_pixel():
    per_visit = np.array([0.2, np.nan, 0.4])
    assert mean_metric(per_visit, np.ones(3), empty="exclude") == pytest.approx(0.3)
    assert mean_metric(per_visit, np.ones(3), empty="zero") == pytest.approx(0.2)


def test_the_mean_metric_weighs_the_visits_and_leaves_out_those_that_are_off():
    per_visit, factors = np.array([0.2, np.nan, 0.4, 7.0]), np.array([3.0, 1.0, 1.0, 0.0])
    assert mean_metric(per_visit, factors, empty="exclude") == pytest.approx(0.25)
    assert mean_metric(per_visit, factors, empty="zero") == pytest.approx(0.2)


@pytest.mark.parametrize("empty", ["exclude", "zero"])
def test_the_mean_metric_of_no_visit_is_zero(empty):
    assert mean_metric(np.full(3, np.nan), np.ones(3), empty=empty) == 0


def test_planes_that_explain_the_visits_have_a_metric_of_zero(problem, steps):
    amplified = amplify(steps[-1].planes, 3.0)
    images = [visit_template(amplified, problem.shifts, v, order=problem.order) for v in range(6)]
    perfect = replace(problem, images=np.stack(images))
    assert measured(perfect, steps[-1].planes).metric == 0


def test_the_metric_falls_in_a_run(steps):
    metrics = [step.metric for step in steps]
    assert metrics[-1] < 0.5 * metrics[0]


def test_the_importance_is_the_mean_plane_plus_three_times_the_noise_of_the_second(problem, steps):
    planes = steps[-1].planes
    noise = background_noise(
        planes[1], problem.background, margin_px=problem.buffer_px, estimator="std"
    )
    importance = np.abs(planes.mean(axis=0, dtype=np.float64)) + 3 * noise
    template = visit_template(amplify(planes, 3.0), problem.shifts, 2, order=problem.order)
    expected = visit_metric(
        problem.images[2], template, importance, counted=problem.usable[2] & problem.detected[2]
    )
    per_visit = measured(problem, planes, estimator="std").per_visit
    assert per_visit[2] == pytest.approx(expected, rel=1e-5)


def test_the_metric_counts_the_pixels_of_the_visits_own_mask(problem, steps):
    nowhere = problem.detected.copy()
    nowhere[4] = False
    per_visit = measured(replace(problem, detected=nowhere), steps[-1].planes).per_visit
    before = measured(problem, steps[-1].planes).per_visit
    assert np.isnan(per_visit[4])
    np.testing.assert_array_equal(np.delete(per_visit, 4), np.delete(before, 4))


def test_planes_of_zero_without_noise_weigh_every_pixel_alike(problem):
    planes = np.zeros_like(problem.images[:3])
    # |s - 0| over |s + 0| / 2 is 2, whatever the image.
    np.testing.assert_allclose(measured(problem, planes).per_visit, 2)
