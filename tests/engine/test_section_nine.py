"""Rows of ALGORITHM.md section 9 on how a run goes on and ends; a test of each is named after it.

The rows on what the input may hold are in ``test_section_nine_inputs.py``.
"""

import numpy as np
import pytest

import dcrviz
from dcrviz import Outcome
from dcrviz.engine.regularize import clamp_change, clamp_spectrum
from dcrviz.kernels.spline import coefficients
from dcrviz.kernels.taps import tap_table
from dcrviz.kernels.visit import VisitPixels, residual_and_misfit

# Without clamps the amplified model overshoots; 2019 names the end after the iteration it falls on.
_FREE = {"clamp_iterations": 0, "clamp_subfilters": 0}
DIVERGES = {
    "diverged": _FREE | {"accelerate": 5.0, "min_iterations": 1, "convergence_threshold": 0.0},
    "converged": _FREE | {"accelerate": 8.0},
}


def test_use_convergence_off_runs_to_the_same_maximum_at_base_gain(exposures, run_of):
    with_it = run_of(exposures, max_iterations=3, convergence_threshold=0.0)
    without = run_of(exposures, max_iterations=3, use_convergence=False)
    assert without.history.iterations == with_it.history.iterations == 3 + 2
    assert set(without.history.gains) == {0.5}
    assert without.last.outcome is Outcome.EXHAUSTED
    assert without.history.lsst_ending == "max_iterations"


def test_use_convergence_off_measures_nothing(exposures, run_of):
    run = run_of(exposures, max_iterations=1, use_convergence=False)
    assert np.isnan(run.history.metrics).all()
    assert np.isnan(run.history.visit_metrics).all()


def test_one_subfilter_works_as_the_degenerate_case_of_everything(exposures, run_of):
    run = run_of(exposures, n_subfilters=1)
    assert run.last.planes.shape == (1, 48, 48)
    assert set(run.history.gains) == {1.0}
    assert run.history.metrics[-1] < run.history.metrics[0]
    assert run.last.outcome in {Outcome.CONVERGED, Outcome.EXHAUSTED, Outcome.DIVERGED}
    result = dcrviz.coadds(run.problem, run.last)
    np.testing.assert_array_equal(result.planes[0], run.last.planes[0])
    np.testing.assert_array_equal(result.corrected.image, result.planes[0])


def test_do_n_image_off_makes_the_weights_and_keeps_no_counts(exposures, problem):
    without = dcrviz.prepare(exposures, dcrviz.AssembleConfig(count_images=False))
    np.testing.assert_array_equal(without.stack_weight, problem.stack_weight)
    result = dcrviz.coadds(without, dcrviz.first_step(without))
    assert result.n_images is None
    assert result.n_visits is None


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_max_num_iter_m_runs_up_to_m_plus_2_iterations(exposures, run_of, limit):
    run = run_of(exposures, max_iterations=limit, convergence_threshold=0.0)
    assert run.history.iterations == limit + 2
    assert run.last.outcome is Outcome.EXHAUSTED


@pytest.mark.parametrize("limit", [1, 3])
def test_min_num_iter_m_runs_at_least_m_plus_1_iterations(exposures, run_of, limit):
    # Whatever the metric does, it has converged by this threshold.
    run = run_of(exposures, min_iterations=limit, convergence_threshold=0.99)
    assert run.history.iterations == limit + 1
    assert run.last.outcome is Outcome.CONVERGED


@pytest.mark.parametrize("automatic", [None, 0])
def test_an_automatic_limit_is_n_or_3_n_subfilters(exposures, run_of, automatic):
    longest = run_of(exposures, n_subfilters=2, max_iterations=automatic, use_convergence=False)
    assert longest.history.iterations == 3 * 2 + 2
    shortest = run_of(
        exposures, n_subfilters=2, min_iterations=automatic, convergence_threshold=0.99
    )
    assert shortest.history.iterations == 2 + 1


@pytest.mark.parametrize("ending", DIVERGES)
def test_the_outcome_says_diverged_whenever_the_last_metric_is_worse_than_the_best(
    exposures, run_of, ending
):
    run = run_of(exposures, **DIVERGES[ending])
    assert run.history.lsst_ending == ending
    assert run.history.metrics[-1] > min(run.history.metrics)
    assert run.last.outcome is Outcome.DIVERGED


@pytest.mark.parametrize("ending", DIVERGES)
def test_on_divergence_last_keeps_the_last_planes(exposures, run_of, ending):
    run = run_of(exposures, on_divergence="last", **DIVERGES[ending])
    assert len(run.steps) == run.history.iterations + 1
    assert run.last.iteration == run.history.iterations
    assert not run.last.returned


@pytest.mark.parametrize("ending", DIVERGES)
def test_on_divergence_best_returns_to_the_best_planes_by_one_more_step(exposures, run_of, ending):
    run = run_of(exposures, on_divergence="best", **DIVERGES[ending])
    best = run.history.best_iteration
    assert len(run.steps) == run.history.iterations + 2
    assert run.last.returned
    assert run.last.iteration == best
    assert run.last.metric == min(run.history.metrics)
    np.testing.assert_array_equal(run.last.planes, run.steps[best].planes)


def test_until_it_returns_the_run_that_keeps_the_best_is_that_which_keeps_the_last(
    exposures, run_of
):
    last, best = (
        run_of(exposures, on_divergence=choice, **DIVERGES["diverged"])
        for choice in ("last", "best")
    )
    for one, other in zip(last.steps, best.steps[:-1], strict=True):
        np.testing.assert_array_equal(one.planes, other.planes)


def test_the_iteration_clamp_halves_minus_one_and_lets_no_zero_grow():
    old = np.array([[[-1.0, -1.0, 0.0, 4.0, 4.0]]], dtype=np.float32)
    new = np.array([[[-9.0, 9.0, 5.0, 99.0, 0.0]]], dtype=np.float32)
    clamped = clamp_change(new, old, factor=2, radius_px=0)
    np.testing.assert_array_equal(clamped.planes, [[[-0.5, 2.0, 0.0, 8.0, 2.0]]])


def test_the_frequency_clamp_zeroes_pixels_where_the_reference_is_not_positive():
    rng = np.random.default_rng(5)
    new = rng.normal(20, 5, (3, 12, 12)).astype(np.float32)
    reference = rng.normal(20, 5, (12, 12)).astype(np.float32)
    reference[3:6, 3:6] = -1
    reference[8, 8] = 0
    reference[9, 9] = np.nan
    clamped = clamp_spectrum(new, reference, factor=4, radius_px=2, noise=1.0).planes
    assert np.isfinite(clamped).all()
    np.testing.assert_array_equal((clamped == 0).all(axis=0), ~(reference > 0))


def test_the_clamps_report_the_fractions_of_pixels_and_the_flux_before_and_after(steps):
    report = steps[1].clamps
    fractions = np.stack(
        [report.iteration_high, report.iteration_low, report.subfilter_high, report.subfilter_low]
    )
    assert fractions.shape == (4, 3)
    assert ((fractions >= 0) & (fractions <= 1)).all()
    assert fractions.any()
    assert report.flux_before.shape == report.flux_after.shape == (3,)
    assert (report.flux_before != report.flux_after).all()
    assert steps[0].clamps is None


def test_without_clamps_the_report_says_that_nothing_was_clamped(exposures, run_of):
    run = run_of(exposures, clamp_iterations=0, clamp_subfilters=0, max_iterations=1)
    report = run.steps[1].clamps
    np.testing.assert_array_equal(report.flux_before, report.flux_after)
    assert not np.stack([report.iteration_high, report.subfilter_low]).any()


TILED = {"subregion_size": (24, 20), "max_iterations": 1}
WHOLE = {"subregion_size": (2000, 2000), "max_iterations": 1}


def test_convergence_templates_without_buffer_let_tiling_change_sequential_runs(exposures, run_of):
    whole, tiled = (
        run_of(exposures, subregion_mode="sequential", **knobs) for knobs in (WHOLE, TILED)
    )
    assert len(tiled.problem.tiles) == 2 * 3
    assert np.abs(tiled.last.planes - whole.last.planes).max() > 1e-3 * whole.last.planes.max()


def test_tiling_never_changes_the_answer_of_seamless_runs(exposures, run_of):
    whole, tiled = (
        run_of(exposures, subregion_mode="seamless", **knobs) for knobs in (WHOLE, TILED)
    )
    np.testing.assert_allclose(
        tiled.last.planes, whole.last.planes, rtol=0, atol=1e-6 * whole.last.planes.max()
    )


def test_regularization_width_0_is_finite_without_smoothing_or_opening(exposures, run_of):
    run = run_of(exposures, clamp_width=0, max_iterations=1)
    assert np.isfinite(run.last.planes).all()
    new = np.full((2, 3, 3), 10, dtype=np.float32)
    new[0, 1, 1] = 1000
    reference = np.full((3, 3), 10, dtype=np.float32)
    clamped = clamp_spectrum(new, reference, factor=4, radius_px=0, noise=0.0).planes
    # The lone pixel is clamped to sqrt(4) times the reference, and no neighbour knows of it.
    expected = np.full((2, 3, 3), 10, dtype=np.float32)
    expected[0, 1, 1] = 20
    np.testing.assert_allclose(clamped, expected, rtol=1e-6)


def test_amplifying_the_planes_is_a_pure_function(problem, steps):
    before = steps[-1].planes.copy()
    first, second = (dcrviz.coadds(problem, steps[-1]).planes for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(steps[-1].planes, before)


def test_subregions_smaller_than_the_buffer_are_an_error_that_names_the_smallest(
    exposures, problem
):
    assert problem.buffer_px == 3
    config = dcrviz.AssembleConfig(subregion_size=(40, 2))
    with pytest.raises(ValueError, match=r"subregion_size .* 3 x 3 pixels here; got 40 x 2"):
        dcrviz.prepare(exposures, config)
    assert len(dcrviz.prepare(exposures, config.with_values(subregion_size=(40, 3))).tiles) == 32


def test_the_metric_sums_in_float64():
    # Summed in float32, the many small terms vanish beside the large one.
    image = np.full((1, 200_001), 0.25, dtype=np.float32)
    image[0, 0] = 2.0**26
    template = np.zeros_like(image)
    template[0, 0] = image[0, 0]
    counted = np.ones(image.shape, dtype=bool)
    difference, brightness = residual_and_misfit(
        coefficients(template, order=1)[None],
        tap_table(np.zeros((1, 2)), image.shape, order=1),
        np.zeros(1, dtype=np.int64),
        VisitPixels(image=image, usable=counted, detected=counted),
        np.ones(image.shape, dtype=np.float32),
        residual=np.empty_like(image),
        top=0,
    )
    assert difference == pytest.approx(50_000, rel=1e-12)
    assert brightness == pytest.approx(2.0**26 + 25_000, rel=1e-12)
