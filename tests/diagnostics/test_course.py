"""The numbers of each step are those of its planes and its history."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz import assemble, prepare
from dcrviz.diagnostics.course import course_entry
from dcrviz.diagnostics.holes import blemishes_of
from dcrviz.diagnostics.pictures import shown_planes, sky_noise, source_pixels

BOLD = {"accelerate": 8, "clamp_iterations": 0, "clamp_subfilters": 0}


def entries_of(problem, steps):
    return [
        course_entry(problem, step, before)
        for step, before in zip(steps, [None, *steps[:-1]], strict=True)
    ]


@pytest.fixture(scope="module")
def entries(plain):
    return entries_of(*plain)


def test_the_metrics_and_gains_are_those_of_the_history(plain, entries):
    history = plain[1][-1].history
    assert [entry.metric for entry in entries] == list(history.metrics)
    assert [entry.gain for entry in entries[1:]] == list(history.gains)
    for entry, per_visit in zip(entries, history.visit_metrics, strict=True):
        np.testing.assert_array_equal(entry.visit_metrics, per_visit)


def test_the_best_metric_never_rises(run):
    entries = entries_of(*run(**BOLD, on_divergence="last", max_iterations=4))
    best = [entry.best for entry in entries]
    assert best == sorted(best, reverse=True)
    assert entries[-1].metric > best[-1]


def test_the_threshold_is_what_the_last_metric_must_fall_below(plain, entries):
    problem, steps = plain
    limit = problem.config.convergence_threshold
    for entry, step in zip(entries[1:], steps[1:], strict=True):
        assert (entry.metric < entry.threshold) == (step.history.improvement > limit)


def test_the_threshold_follows_the_knobs_of_the_iteration(plain):
    problem, (start, first, *_) = plain
    strict = problem.config.with_values(convergence_threshold=0.5)
    assert course_entry(problem, first, start, strict).threshold == start.metric / 1.5


def test_the_starting_model_has_no_gain_change_clamps_or_threshold(entries):
    start = entries[0]
    assert np.isnan([start.gain, start.change_sigma, start.clamped, start.threshold]).all()


def test_the_starting_model_has_all_the_flux_of_the_template(entries):
    assert entries[0].flux_ratio == pytest.approx(1, abs=1e-6)


def test_the_flux_is_that_of_the_source_pixels(plain, entries):
    problem, steps = plain
    pixels = shown_planes(steps[-1])[:, source_pixels(problem)]
    np.testing.assert_allclose(entries[-1].plane_flux, pixels.sum(axis=1, dtype=float), rtol=1e-6)


def test_the_change_is_the_deviation_of_the_difference_in_sky_sigma(plain, entries):
    problem, steps = plain
    difference = shown_planes(steps[2]) - shown_planes(steps[1])
    expected = np.sqrt(np.mean(difference[:, source_pixels(problem)] ** 2)) / sky_noise(problem)
    assert entries[2].change_sigma == pytest.approx(expected, rel=1e-5)


def test_the_clamped_fraction_is_that_of_the_clamp_that_limited_more(plain, entries):
    clamps = plain[1][1].clamps
    of_iterations = clamps.iteration_high + clamps.iteration_low
    of_subfilters = clamps.subfilter_high + clamps.subfilter_low
    more = [max(parts) for parts in zip(of_iterations, of_subfilters, strict=True)]
    assert entries[1].clamped == pytest.approx(np.mean(more))


def test_no_more_than_all_pixels_are_clamped(run):
    everywhere = {"clamp_iterations": 1.01, "clamp_subfilters": 1.01, "clamp_width": 0}
    problem, steps = run(**everywhere)
    assert 0.8 < course_entry(problem, steps[1], steps[0]).clamped <= 1


def test_holes_and_wings_are_those_of_the_planes(run):
    problem, steps = run(**BOLD, max_iterations=2)
    entry = course_entry(problem, steps[2], steps[1])
    found = blemishes_of(problem, steps[2])
    assert (entry.holes + entry.wings, entry.blemishes) == (len(found), found)
    assert entry.holes > 0
    assert 0 < entry.hole_fraction < 1


def test_conjugate_gradients_tell_their_residual_and_tolerance_but_no_threshold(run):
    problem, steps = run(solver="pcg")
    last = entries_of(problem, steps)[-1]
    assert last.residual == steps[-1].history.residuals[-1]
    assert last.tolerance == problem.config.tolerance
    assert np.isnan([last.threshold, last.clamped]).all()


def test_returning_to_the_best_planes_has_their_metric_but_no_gain(run):
    problem, steps = run(**BOLD, max_iterations=4)
    assert steps[-1].returned
    last = entries_of(problem, steps)[-1]
    assert last.metric == last.best
    assert np.isnan(last.gain)


def test_without_detections_all_pixels_count(exposures):
    problem = prepare(exposures)
    bare = replace(problem, template=replace(problem.template, planes={}))
    start = next(assemble(problem))
    entry = course_entry(bare, start)
    assert entry.template_flux == pytest.approx(problem.template.image.sum(dtype=float), rel=1e-5)
    assert (entry.holes, entry.hole_fraction) == (0, 0)


def test_a_run_that_measures_nothing_has_no_metric(run):
    entries = entries_of(*run(use_convergence=False, max_iterations=1))
    assert np.isnan([[entry.metric, entry.best, entry.threshold] for entry in entries]).all()
