"""The course of a run as plain values and as lines of a log."""

import json
import logging
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import dcrviz
from dcrviz import AssembleConfig, Outcome
from dcrviz.run_log import history_record, log_start, log_step
from dcrviz.simulate import RUBIN, Scene, Source, blackbody, simulate_exposures

QUICK = {"interpolation_order": 1, "max_iterations": 1, "subregion_size": (40, 30)}
# Without clamps the amplified model overshoots.
DIVERGES = {"clamp_iterations": 0, "clamp_subfilters": 0, "accelerate": 8.0, "max_iterations": 4}


@pytest.fixture(scope="module")
def exposures():
    """Three subregions side by side, of which the middle one has no sources."""
    scene = Scene(
        sources=(
            Source(x=14, y=14, flux=5e4, spectrum=blackbody(9000)),
            Source(x=105, y=15, flux=5e4, spectrum=blackbody(3400)),
        ),
        band=dcrviz.Band.lsst("g"),
        shape=(30, 120),
    )
    visits = [
        dcrviz.Visit(id=i, airmass=airmass, parallactic_rad=angle, site=RUBIN, psf_fwhm_px=4.0)
        for i, (airmass, angle) in enumerate([(1.2, -2.0), (1.5, 0.4), (1.8, 1.5), (1.4, 2.6)])
    ]
    return simulate_exposures(scene, visits, seed=10)


def run_of(exposures, **knobs):
    problem = dcrviz.prepare(exposures, AssembleConfig(**(QUICK | knobs)))
    return problem, list(dcrviz.assemble(problem))


def record_of(problem, steps):
    clamps = [(step.tile, step.clamps) for step in steps if step.clamps is not None]
    return history_record(problem, steps[-1], clamps)


@pytest.fixture(scope="module")
def record(exposures):
    return record_of(*run_of(exposures))


def logged(caplog, problem, steps):
    """Every line of a run, with its level."""
    with caplog.at_level(logging.INFO, logger="dcrviz"):
        log_start(problem)
        for before, step in pairwise([None, *steps]):
            log_step(problem, step, before)
    return [(line.levelno, line.getMessage()) for line in caplog.records]


def test_the_record_is_json_without_anything_that_json_does_not_know(exposures):
    for knobs in ({}, {"use_convergence": False}, DIVERGES):
        record = record_of(*run_of(exposures, **knobs))
        assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_the_record_tells_the_outcome_of_the_run_and_of_each_subregion(record):
    assert record["outcome"] == "EXHAUSTED"
    assert record["sentence"] == Outcome.EXHAUSTED.sentence_for("iterative")
    assert [tile["outcome"] for tile in record["tiles"]] == [
        "EXHAUSTED",
        "NO_DETECTIONS",
        "EXHAUSTED",
    ]
    assert [tile["lsst_ending"] for tile in record["tiles"]] == [
        "max_iterations",
        "",
        "max_iterations",
    ]


@pytest.mark.parametrize("solver", ["iterative", "anderson", "direct", "pcg"])
def test_the_record_tells_the_solver_and_the_ending_in_its_words(exposures, solver):
    problem, steps = run_of(exposures, solver=solver)
    record = record_of(problem, steps)
    assert record["solver"] == solver
    assert record["sentence"] == steps[-1].outcome.sentence_for(solver)
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_the_record_has_the_residual_of_each_iteration_of_equations(exposures):
    problem, steps = run_of(exposures, solver="pcg", tolerance=1e-7)
    iterations = record_of(problem, steps)["tiles"][0]["iterations"]
    residuals = [iteration["residual"] for iteration in iterations]
    assert residuals == [None, *steps[-1].histories[0].residuals]


def test_the_record_has_no_residual_where_there_are_no_equations(record):
    for tile in record["tiles"]:
        assert {iteration["residual"] for iteration in tile["iterations"]} == {None}


@pytest.mark.parametrize("solver", ["direct", "pcg"])
def test_the_record_has_the_deviation_of_each_plane_that_the_solver_tells(exposures, solver):
    problem, steps = run_of(exposures, solver=solver)
    expected = np.sqrt(np.diag(steps[-1].covariance))
    np.testing.assert_allclose(record_of(problem, steps)["plane_sigma"], expected)


def test_the_record_has_no_deviation_of_planes_that_are_iterated(record):
    assert record["plane_sigma"] is None


def test_the_record_tells_where_each_subregion_is(record):
    boxes = [tile["box"] for tile in record["tiles"]]
    assert boxes[1] == {"x0": 40, "y0": 0, "width": 40, "height": 30}


def test_the_record_has_every_iteration_with_its_gain_and_metrics(exposures):
    problem, steps = run_of(exposures)
    history = steps[-1].histories[0]
    iterations = record_of(problem, steps)["tiles"][0]["iterations"]
    assert [iteration["iteration"] for iteration in iterations] == [0, 1, 2, 3]
    assert [iteration["gain"] for iteration in iterations] == [None, *history.gains]
    assert [iteration["metric"] for iteration in iterations] == list(history.metrics)
    last = history.visit_metrics[-1].tolist()
    assert list(iterations[-1]["visit_metrics"].values()) == last


def test_the_record_has_what_the_clamps_did_in_each_iteration(exposures):
    problem, steps = run_of(exposures)
    iterations = record_of(problem, steps)["tiles"][2]["iterations"]
    own = [step for step in steps[1:] if step.tile == 2]
    assert "clamped" not in iterations[0]
    for iteration, step in zip(iterations[1:], own, strict=True):
        assert iteration["clamped"]["flux_after"] == step.clamps.flux_after.tolist()
        assert iteration["clamped"]["subfilter_high"] == step.clamps.subfilter_high.tolist()


def test_the_record_of_a_run_without_convergence_says_that_nothing_was_measured(exposures):
    record = record_of(*run_of(exposures, use_convergence=False))
    assert {iteration["metric"] for iteration in record["tiles"][0]["iterations"]} == {None}


def test_the_record_tells_the_best_iteration_of_a_run_that_diverged(exposures):
    problem, steps = run_of(exposures, **DIVERGES)
    record = record_of(problem, steps)
    (first, *_) = record["tiles"]
    assert first["outcome"] == "DIVERGED"
    metrics = [iteration["metric"] for iteration in first["iterations"]]
    assert first["best_iteration"] == metrics.index(min(metrics))


def test_the_record_tells_the_circumstances_of_each_visit(record):
    assert [visit["id"] for visit in record["visits"]] == [0, 1, 2, 3]
    assert [visit["airmass"] for visit in record["visits"]] == [1.2, 1.5, 1.8, 1.4]
    assert record["visits"][1]["parallactic_deg"] == pytest.approx(22.918, abs=1e-3)
    assert record["visits"][1]["usable_fraction"] == 1
    assert not record["visits"][1]["standard_atmosphere"]


def test_the_record_has_the_airmass_of_a_visit_that_tells_its_zenith_angle(exposures):
    visit = replace(exposures[0].visit, airmass=None, zenith_rad=1.0471975511965976)
    problem, steps = run_of([replace(exposures[0], visit=visit), *exposures[1:]])
    assert record_of(problem, steps)["visits"][0]["airmass"] == pytest.approx(2)


def without_weather(exposures):
    return [replace(e, visit=replace(e.visit, weather=None)) for e in exposures]


def test_the_record_has_the_band_and_the_warnings(exposures):
    problem, steps = run_of(without_weather(exposures))
    record = record_of(problem, steps)
    assert record["band"]["effective_nm"] == 478.5
    assert record["warnings"] == list(problem.warnings)
    assert "standard atmosphere" in record["warnings"][0]
    assert all(visit["standard_atmosphere"] for visit in record["visits"])


def test_the_log_begins_with_the_warnings_and_the_visits(exposures, caplog):
    problem, steps = run_of(without_weather(exposures))
    lines = logged(caplog, problem, steps)
    assert problem.warnings
    assert lines[: len(problem.warnings)] == [(logging.WARNING, w) for w in problem.warnings]
    text = "\n".join(message for _, message in lines)
    assert "Selected airmasses: {0: 1.2, 1: 1.5, 2: 1.8, 3: 1.4}" in text
    assert "Selected parallactic angles [deg]: {0: -114.59, 1: 22.92" in text


def test_the_log_has_a_line_for_each_iteration(exposures, caplog):
    problem, steps = run_of(exposures)
    lines = [message for _, message in logged(caplog, problem, steps)]
    iterations = [line for line in lines if ", iteration " in line]
    assert len(iterations) == len(steps) - 1
    metric, gain = steps[1].metric, steps[1].gain
    assert iterations[0].startswith("subregion 1 of 3, iteration 1: convergence metric")
    assert f"{metric:.8g}" in iterations[0]
    assert f"(gain: {gain:.2f})" in iterations[0]
    assert sum("Individual metrics: {0: " in line for line in lines) == len(iterations)


@pytest.mark.parametrize(
    ("solver", "told"),
    [
        ("iterative", r"% improvement \(gain: 0\.\d\d\)$"),
        ("anderson", r"% improvement \(gain: 0\.\d\d, evaluations: \d+\)$"),
        ("direct", r", solved in closed form$"),
        ("pcg", r", relative residual \d\S*$"),
    ],
)
def test_the_log_tells_of_an_iteration_what_its_solver_goes_by(exposures, caplog, solver, told):
    problem, steps = run_of(exposures, solver=solver)
    lines = [message for _, message in logged(caplog, problem, steps) if ", iteration " in message]
    assert lines
    assert all(re.search(told, line) for line in lines)


def test_the_log_has_the_ending_of_every_subregion_once(exposures, caplog):
    problem, steps = run_of(exposures)
    lines = logged(caplog, problem, steps)
    endings = [
        (level, message)
        for level, message in lines
        if re.fullmatch(r"subregion \d of 3: [A-Z].*\.", message)
    ]
    assert sorted(endings) == [
        (logging.WARNING, f"subregion 1 of 3: {Outcome.EXHAUSTED.sentence_for('iterative')}"),
        (logging.WARNING, f"subregion 2 of 3: {Outcome.NO_DETECTIONS.sentence}"),
        (logging.WARNING, f"subregion 3 of 3: {Outcome.EXHAUSTED.sentence_for('iterative')}"),
    ]


def test_the_log_warns_of_too_few_visits_in_every_subregion(exposures, caplog):
    problem, steps = run_of(exposures[:1])
    messages = [message for _, message in logged(caplog, problem, steps)]
    sentence = Outcome.TOO_FEW_VISITS.sentence
    assert [m for m in messages if sentence in m] == [
        f"subregion {number} of 3: {sentence}" for number in (1, 2, 3)
    ]


def test_convergence_is_no_warning(exposures, caplog):
    problem, steps = run_of(exposures, convergence_threshold=0.99, min_iterations=1)
    lines = logged(caplog, problem, steps)
    assert (
        logging.INFO,
        f"subregion 1 of 3: {Outcome.CONVERGED.sentence_for('iterative')}",
    ) in lines


def test_the_log_tells_the_return_to_the_best_iteration(exposures, caplog):
    problem, steps = run_of(exposures, **DIVERGES)
    messages = [message for _, message in logged(caplog, problem, steps)]
    best = steps[-1].histories[0].best_iteration
    place = messages.index(f"subregion 1 of 3: returned to iteration {best}")
    assert messages[place + 1] == f"subregion 1 of 3: {Outcome.DIVERGED.sentence_for('iterative')}"


def test_the_record_tells_what_seeing_the_fit_knew_and_how(exposures, record, caplog):
    assert record["seeing"] is None
    problem, steps = run_of(exposures, solver="direct")
    seeing = record_of(problem, steps)["seeing"]
    json.dumps(seeing)
    assert seeing["planes_fwhm_px"] == 4.0
    assert seeing["visits_fwhm_px"] == [4.0] * 4
    assert seeing["seeing_exponent"] in (0.0, -0.2)
    assert any("the evidence of the visits is e^" in sentence for sentence in seeing["sentences"])
    lines = [message for _, message in logged(caplog, problem, steps)]
    assert any(line.startswith("Seeing: The fit blurs the planes") for line in lines)
