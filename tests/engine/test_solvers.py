"""What all solvers have in common: steps, histories, coadds, templates, and a knob to choose."""

from dataclasses import replace

import numpy as np
import pytest
from record_arrays import arrays_in

import dcrviz
from dcrviz import Outcome
from dcrviz.config import FOURIER_SOLVERS, AssembleConfig
from dcrviz.config_rules import acts_in, auto_values, idle_knobs
from dcrviz.simulate import RUBIN, render_visit

SOLVERS = tuple(AssembleConfig.param["solver"].objects)
every_solver = pytest.mark.parametrize("solver", SOLVERS)


@pytest.fixture(scope="module")
def runs(run_of, exposures):
    return {solver: run_of(exposures, solver=solver) for solver in SOLVERS}


def test_there_are_four():
    assert SOLVERS == ("iterative", "anderson", "direct", "pcg")


@every_solver
def test_a_history_has_one_more_metric_than_gains_and_a_residual_for_each(runs, solver):
    history = runs[solver].history
    assert len(history.metrics) == len(history.gains) + 1
    assert len(history.visit_metrics) == len(history.metrics)
    assert len(history.residuals) == len(history.gains)
    assert all(metrics.shape == (6,) for metrics in history.visit_metrics)


@every_solver
def test_the_run_ends_with_an_outcome_and_a_lower_metric(runs, solver):
    run = runs[solver]
    assert run.last.outcome is not Outcome.RUNNING
    assert run.last.metric < 0.4 * run.history.metrics[0]


@every_solver
def test_only_solvers_of_equations_have_residuals_and_covariances(runs, solver):
    run, has_equations = runs[solver], solver in FOURIER_SOLVERS
    assert np.isfinite(run.history.residuals).all() == has_equations
    assert (run.last.covariance is not None) == has_equations
    assert (run.history.gains == (1.0,) * len(run.history.gains)) == has_equations
    assert (run.last.accelerate == 1) == has_equations


@every_solver
def test_the_first_step_is_the_template_divided_equally(runs, solver):
    run = runs[solver]
    share = run.problem.template.image / np.float32(3)
    assert (run.steps[0].planes == share).all()


@every_solver
def test_stepping_by_hand_equals_the_batch_run(runs, solver):
    problem = runs[solver].problem
    step = dcrviz.first_step(problem)
    for expected in runs[solver].steps[1:]:
        step = dcrviz.advance(problem, step)
        np.testing.assert_array_equal(step.planes, expected.planes)
        assert step.histories[0].metrics == expected.histories[0].metrics
        assert step.outcome is expected.outcome


@every_solver
def test_an_earlier_step_is_unchanged_by_later_ones(runs, solver):
    steps = runs[solver].steps
    step = steps[min(2, len(steps) - 2)]
    kept = [array.copy() for _, array in arrays_in(step)]
    again = dcrviz.advance(runs[solver].problem, step)
    while again.outcome is Outcome.RUNNING:
        again = dcrviz.advance(runs[solver].problem, again)
    for (path, array), copy in zip(arrays_in(step), kept, strict=True):
        np.testing.assert_array_equal(array, copy, err_msg=path)


@every_solver
def test_every_array_of_a_step_is_read_only(runs, solver):
    for step in runs[solver].steps:
        assert {path for path, array in arrays_in(step) if array.flags.writeable} == set()


@every_solver
def test_the_solver_is_that_of_the_problem_whatever_a_later_configuration_says(runs, solver):
    run = runs[solver]
    other = run.problem.config.with_values(solver=SOLVERS[SOLVERS.index(solver) - 1])
    ours = dcrviz.advance(run.problem, run.steps[0], other)
    np.testing.assert_array_equal(ours.planes, run.steps[1].planes)


@every_solver
def test_coadds_are_read_back_as_they_were_written(runs, solver, tmp_path):
    run = runs[solver]
    written = dcrviz.coadds(run.problem, run.last)
    dcrviz.write_coadds(written, tmp_path)
    read = dcrviz.read_coadds(tmp_path)
    np.testing.assert_array_equal(read.planes, written.planes)
    np.testing.assert_array_equal(read.variance, written.variance)
    assert read.model == written.model
    assert (read.model.interpolation_order is None) == (solver in FOURIER_SOLVERS)
    visit = run.problem.visits[3]
    np.testing.assert_allclose(
        dcrviz.matched_template(read, visit).image,
        dcrviz.matched_template(written, visit).image,
        rtol=0,
        atol=1e-4 * written.planes.max(),
    )


@every_solver
def test_the_matched_template_of_an_unseen_visit_beats_the_plain_coadd(runs, scene, solver):
    run = runs[solver]
    unseen = dcrviz.Visit(
        id=7, airmass=1.7, parallactic_rad=-2.7, site=RUBIN, psf_fwhm_px=4.0, band=scene.band
    )
    truth = render_visit(scene, unseen)
    result = dcrviz.coadds(run.problem, run.last)
    # Light that refraction brings in from beyond the edge no coadd knows.
    inner = np.s_[8:-8, 8:-8]
    matched = dcrviz.matched_template(result, unseen).image - truth
    plain = run.problem.template.image - truth
    assert matched[inner].std() < 0.4 * plain[inner].std()


@pytest.mark.parametrize("solver", FOURIER_SOLVERS)
def test_the_stated_variance_of_the_sum_is_smaller_than_that_of_its_parts(runs, solver):
    result = dcrviz.coadds(runs[solver].problem, runs[solver].last)
    assert (result.corrected.variance < result.variance.sum(axis=0)).all()


@pytest.mark.parametrize("solver", FOURIER_SOLVERS)
def test_tiles_are_not_cut_in_fourier_space(run_of, exposures, runs, solver):
    tiled = run_of(exposures, solver=solver, subregion_size=(20, 20))
    assert len(tiled.problem.tiles) == 1
    np.testing.assert_array_equal(tiled.last.planes, runs[solver].last.planes)


@every_solver
def test_a_run_without_the_metric_ends_too(run_of, exposures, solver):
    run = run_of(exposures, solver=solver, use_convergence=False, max_iterations=4)
    assert run.last.outcome in {Outcome.CONVERGED, Outcome.EXHAUSTED}
    assert np.isfinite(run.last.planes).all()


@every_solver
@pytest.mark.parametrize("n_subfilters", [1, 2])
def test_every_solver_takes_few_subfilters(run_of, exposures, solver, n_subfilters):
    run = run_of(exposures, solver=solver, n_subfilters=n_subfilters, max_iterations=5)
    assert run.last.planes.shape[0] == n_subfilters
    assert np.isfinite(run.last.planes).all()
    assert run.last.metric < run.history.metrics[0] or n_subfilters == 1


@every_solver
def test_a_visit_without_a_usable_pixel_has_no_metric_of_its_own(run_of, exposures, flag, solver):
    visit = replace(exposures[0].visit, id=999)
    everything = np.ones(exposures[0].shape, dtype=bool)
    lost = flag(replace(exposures[0], visit=visit), "NO_DATA", everything)
    run = run_of([*exposures, lost], solver=solver, max_iterations=1)
    assert np.isnan(run.history.visit_metrics[-1]).tolist() == [False] * 6 + [True]


def test_the_solver_is_chosen_before_the_problem_is_prepared():
    assert acts_in("solver") == "prepare"
    assert acts_in("hold_to_template") == "prepare"
    assert acts_in("tolerance") == acts_in("positivity") == "advance"


@pytest.mark.parametrize(
    ("solver", "wavelengths", "iterations"),
    [("iterative", 2, 9), ("anderson", 2, 4), ("direct", 8, 30), ("pcg", 8, 30)],
)
def test_what_auto_stands_for_depends_on_the_solver(solver, wavelengths, iterations):
    values = auto_values(3, solver)
    assert values["wavelengths_per_subfilter"] == wavelengths
    assert values["max_iterations"] == iterations


@pytest.mark.parametrize(
    ("solver", "weights"),
    [
        ("iterative", "inverse_variance"),
        ("anderson", "inverse_variance"),
        ("direct", "background"),
        ("pcg", "background"),
    ],
)
def test_the_weights_that_auto_stands_for_depend_on_the_solver(solver, weights):
    assert AssembleConfig(solver=solver).pixel_weights == weights
    assert AssembleConfig(solver=solver, weights="2019").pixel_weights == "2019"


def test_each_solver_sleeps_through_the_knobs_of_the_others():
    asleep = {solver: set(idle_knobs(AssembleConfig(solver=solver))) for solver in SOLVERS}
    assert asleep["iterative"] == asleep["anderson"]
    assert "clamp_iterations" in asleep["direct"] & asleep["pcg"]
    assert "tolerance" not in asleep["pcg"]
    assert "max_iterations" in asleep["direct"] - asleep["pcg"]


def test_an_unknown_solver_is_refused():
    with pytest.raises(ValueError, match="solver"):
        AssembleConfig(solver="magic")
