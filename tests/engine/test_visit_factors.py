"""A visit may count more or less than its noise says, and may be switched off."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.panels import Panel, Scene, images, rows_of

SOLVERS = tuple(AssembleConfig.param["solver"].objects)
WEIGHTS = ("2019", "inverse_variance")
every_solver = pytest.mark.parametrize("solver", SOLVERS)
# The visit furthest from the zenith: it has the largest shift, and so makes the widest buffer.
FURTHEST = 105


def without(exposures, visit):
    return [exposure for exposure in exposures if exposure.visit.id != visit]


def assert_same_run(run, other):
    assert len(run.steps) == len(other.steps)
    assert run.last.outcome is other.last.outcome
    for one, two in zip(run.steps, other.steps, strict=True):
        np.testing.assert_array_equal(one.planes, two.planes)
        assert one.metric == two.metric
        assert one.gain == two.gain or (np.isnan(one.gain) and np.isnan(two.gain))


@every_solver
@pytest.mark.parametrize("visit", [100, 103, FURTHEST])
def test_a_visit_that_is_off_is_as_if_it_were_left_out(run_of, exposures, solver, visit):
    off = run_of(exposures, solver=solver, visit_factors={visit: 0})
    assert_same_run(off, run_of(without(exposures, visit), solver=solver))


@every_solver
@pytest.mark.parametrize("fwhm_px", [None, 12.0])
def test_so_it_is_whatever_seeing_it_tells(run_of, exposures, solver, fwhm_px):
    widths = {e.visit.id: 3.6 + 0.2 * number for number, e in enumerate(exposures)} | {103: fwhm_px}
    odd = [replace(e, visit=replace(e.visit, psf_fwhm_px=widths[e.visit.id])) for e in exposures]
    knobs = {"solver": solver, "fit_seeing": "on"}
    off = run_of(odd, visit_factors={103: 0}, **knobs)
    assert_same_run(off, run_of(without(odd, 103), **knobs))


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("empty", ["zero", "exclude"])
def test_so_it_is_with_all_weights_and_in_subregions(run_of, exposures, weights, empty):
    knobs = {"weights": weights, "metric_of_empty_visits": empty, "subregion_size": (30, 30)}
    off = run_of(exposures, visit_factors={FURTHEST: 0}, **knobs)
    assert_same_run(off, run_of(without(exposures, FURTHEST), **knobs))


def test_nothing_of_a_visit_that_is_off_gets_into_the_coadds(run_of, exposures):
    off = run_of(exposures, visit_factors={103: 0})
    out = run_of(without(exposures, 103))
    result, expected = (dcrviz.coadds(run.problem, run.last) for run in (off, out))
    assert result.inputs == expected.inputs
    for name in ("planes", "variance", "mask", "n_images", "n_visits", "input_weights"):
        np.testing.assert_array_equal(getattr(result, name), getattr(expected, name))
    assert off.problem.warnings == out.problem.warnings


def test_one_that_is_off_is_still_compared_with_what_the_others_predict(run_of, exposures):
    run = run_of(exposures, visit_factors={103: 0})
    (place,) = (i for i, e in enumerate(exposures) if e.visit.id == 103)
    first, *_, last = (metrics[place] for metrics in run.history.visit_metrics)
    assert 0 < last < first
    scene = Scene(problem=run.problem, step=run.last)
    residual = images(scene, [Panel("residual", place, "")])[f"residual {place}"]
    assert np.isfinite(residual).all()
    assert residual.any()


def test_its_panels_say_that_it_is_off(run_of, exposures):
    rows = {row.name: row for row in rows_of(run_of(exposures, visit_factors={103: 0}).problem)}
    marked = [panel.title for panel in rows["residual"].panels if panel.title.endswith(", off")]
    assert [title.split()[0] for title in marked] == ["103"]


@every_solver
@pytest.mark.parametrize("weights", WEIGHTS)
def test_a_tiny_factor_is_almost_off(run_of, exposures, solver, weights):
    knobs = {"solver": solver, "weights": weights, "max_iterations": 2}
    off = run_of(exposures, visit_factors={103: 0}, **knobs).last.planes
    tiny = run_of(exposures, visit_factors={103: 1e-6}, **knobs).last.planes
    whole = run_of(exposures, **knobs).last.planes
    # Weights are shifted back linearly, which the 0 and 1 of 2019 are not: the edges differ.
    assert np.std(tiny - off) < 0.05 * np.std(whole - off)


@pytest.mark.parametrize("solver", ["iterative", "anderson"])
def test_only_the_ratios_of_the_factors_matter_to_an_iteration(run_of, exposures, solver):
    knobs = {"solver": solver, "max_iterations": 2, "weights": "inverse_variance"}
    doubled = run_of(exposures, visit_factors=dict.fromkeys(range(100, 106), 2.0), **knobs)
    plain = run_of(exposures, **knobs)
    scale = np.abs(plain.last.planes).max()
    np.testing.assert_allclose(doubled.last.planes, plain.last.planes, atol=1e-5 * scale)
    assert doubled.history.metrics[0] == pytest.approx(plain.history.metrics[0], rel=1e-6)


def test_the_template_is_the_mean_weighed_by_the_factors(exposures):
    problem = dcrviz.prepare(exposures, AssembleConfig(visit_factors={100: 3, 101: 0}))
    factors = {100: 3.0, 101: 0.0}
    weights = [factors.get(e.visit.id, 1.0) / np.mean(e.variance) for e in exposures]
    mean = np.average([e.image for e in exposures], axis=0, weights=weights)
    np.testing.assert_allclose(problem.template.image, mean, rtol=1e-4, atol=1e-2)


def test_the_metric_is_the_mean_weighed_by_the_factors(exposures):
    problem = dcrviz.prepare(exposures, AssembleConfig(visit_factors={100: 3, 101: 0}))
    step = dcrviz.first_step(problem)
    per_visit = step.history.visit_metrics[0]
    assert step.metric == pytest.approx(np.average(per_visit, weights=[3, 0, 1, 1, 1, 1]))


def test_without_factors_no_array_is_made_for_them(problem):
    assert problem.usable is problem.observed
    np.testing.assert_array_equal(problem.factors, 1)


def test_an_id_of_no_visit_is_refused_with_those_there_are(exposures):
    rule = "visit_factors must name visits of this run, which are 100, 101, .*; got 7, first"
    with pytest.raises(ValueError, match=rule):
        dcrviz.prepare(exposures, AssembleConfig(visit_factors={"first": 0, 7: 2, 100: 1}))


def test_all_visits_off_are_refused_in_one_sentence(exposures):
    off = dict.fromkeys(range(100, 106), 0)
    with pytest.raises(ValueError, match="must leave at least one visit on; got 0 for all 6"):
        dcrviz.prepare(exposures, AssembleConfig(visit_factors=off))


def test_a_visit_may_be_named_by_its_number_or_its_text(exposures):
    named = [replace(e, visit=replace(e.visit, id=f"v{e.visit.id}")) for e in exposures]
    by_text = dcrviz.prepare(named, AssembleConfig(visit_factors={"v103": 0}))
    by_number = dcrviz.prepare(exposures, AssembleConfig(visit_factors={103: 0}))
    np.testing.assert_array_equal(by_text.factors, by_number.factors)
    assert AssembleConfig(visit_factors={103: 0}).visit_factors == {"103": 0}
