"""Every recorded run of LSST's 2019 task, number by number (ALGORITHM.md section 10).

The recorded shifts are injected, as 2019 had its own direction and refraction. Tolerances are
relative to the template's peak: both sides compute in float32.
"""

import json
from dataclasses import replace

import numpy as np
import pytest
import replay

import dcrviz
from dcrviz.engine.template import amplify, visit_template

TRACES = ["P1", "P1u", "P2", "P3", "P4", "P5b", "P6", "P7", "P7b", "P7c", "P7d", "P7e"]
# P6 has no clamps and a gain near one, which amplifies rounding.
PLANES, METRICS, GAINS = {"P6": 5e-5}, {"P6": 1e-3}, {"P6": 5e-3}
_PLANES, _METRICS, _GAINS = 1e-5, 1e-4, 1e-3


@pytest.fixture(params=TRACES)
def run(request, replays):
    return replays(request.param)


def test_the_stack_weights_are_the_recorded_ones(run):
    np.testing.assert_allclose(
        run.problem.stack_weight, run.recorded["dcrWeights"], rtol=1e-6, atol=0
    )


def test_the_starting_planes_are_the_recorded_ones(run):
    # 2019 multiplies by the rounded 1/N, which differs from dividing by N in the last bit.
    np.testing.assert_allclose(run.steps[0].planes, run.recorded["initial"], rtol=2e-7)


def test_the_buffer_is_the_recorded_one(run):
    assert run.problem.buffer_px == run.recorded["bufferSize"]


def test_the_subregions_are_the_recorded_ones(run):
    x0, y0 = run.recorded["in_xy0"]
    for box in ("inner", "outer"):
        name = {"inner": "bbox", "outer": "dcrBBox"}[box]
        ours = [getattr(tile, box) for tile in run.problem.tiles]
        boxes = [[x0 + b.x0, y0 + b.y0, b.shape[1], b.shape[0]] for b in ours]
        assert boxes == [region[name] for region in run.regions]


def test_the_model_weights_are_the_recorded_ones(run):
    for index, tile in enumerate(run.problem.tiles):
        recorded = run.recorded.get(f"sub{index}_modelWeights")
        if recorded is not None and run.problem.config.use_model_weights:
            np.testing.assert_allclose(tile.omega, recorded, rtol=0, atol=1e-6)


def test_the_visit_weights_are_the_recorded_ones(run):
    np.testing.assert_allclose(
        run.problem.visit_weights, run.recorded["weightList_after"], rtol=1e-12
    )


def test_the_numbers_of_iterations_are_the_recorded_ones(run):
    assert [h.iterations for h in run.histories] == [r["iterations"] for r in run.regions]


def test_the_endings_are_the_recorded_ones(run):
    assert [h.lsst_ending for h in run.histories] == run.trace.summary["stop"]


def test_the_planes_after_every_iteration_are_the_recorded_ones(run):
    tolerance = PLANES.get(run.trace.name, _PLANES) * run.peak
    for tile in range(len(run.regions)):
        recorded = run.recorded[f"sub{tile}_planes"]
        np.testing.assert_allclose(run.planes_of(tile), recorded, rtol=0, atol=tolerance)


def test_the_gains_are_the_recorded_ones(run):
    for history, region in zip(run.histories, run.regions, strict=True):
        tolerance = GAINS.get(run.trace.name, _GAINS)
        np.testing.assert_allclose(history.gains, region["gainList"], rtol=tolerance)


def test_the_metrics_are_the_recorded_ones(run):
    for history, region in zip(run.histories, run.regions, strict=True):
        tolerance = METRICS.get(run.trace.name, _METRICS)
        np.testing.assert_allclose(history.metrics, region["metrics"], rtol=tolerance)


def test_the_metrics_of_each_visit_are_the_recorded_ones(run):
    for history, region in zip(run.histories, run.regions, strict=True):
        # A visit without a usable pixel counts 0 in 2019 and is not measured by us.
        ours = np.nan_to_num(np.stack(history.visit_metrics), nan=0.0)
        tolerance = METRICS.get(run.trace.name, _METRICS)
        np.testing.assert_allclose(ours, region["single_metrics"], rtol=tolerance)


@pytest.fixture
def product(run):
    return dcrviz.coadds(run.problem, run.steps[-1])


def test_the_coadds_are_the_recorded_ones(run, product):
    # The amplification by 3 acts on the rounding, too.
    tolerance = 3 * PLANES.get(run.trace.name, _PLANES) * run.peak
    np.testing.assert_allclose(product.planes, run.recorded["dcrCoadds"], rtol=0, atol=tolerance)
    np.testing.assert_allclose(
        product.corrected.image, run.recorded["coadd"], rtol=0, atol=tolerance
    )


def test_the_variances_are_the_recorded_ones(run, product):
    every = np.broadcast_to(product.variance, product.planes.shape)
    np.testing.assert_allclose(every, run.recorded["dcrCoadds_var"], rtol=1e-6)
    np.testing.assert_allclose(product.corrected.variance, run.recorded["coadd_var"], rtol=1e-6)


def test_the_masks_are_the_recorded_ones(run, product):
    every = np.broadcast_to(product.mask, product.planes.shape)
    np.testing.assert_array_equal(every, run.recorded["dcrCoadds_mask"])
    np.testing.assert_array_equal(product.corrected.mask, run.recorded["coadd_mask"])


def test_the_counts_are_the_recorded_ones(run, product):
    np.testing.assert_array_equal(product.n_images, run.recorded["dcrNImages"])
    np.testing.assert_array_equal(product.n_images.sum(axis=0), run.recorded["nImage"])


def test_the_benchmark_finds_nothing_amiss_in_the_same_run(run, monkeypatch):
    monkeypatch.setattr(replay, "replay", lambda _: (run.problem, run.steps))
    assert replay.misses(replay.compare(run.trace)) == []


def test_the_benchmark_notices_planes_that_are_nan(replays, monkeypatch):
    run = replays("P7d")
    spoilt = [replace(step, planes=np.full_like(step.planes, np.nan)) for step in run.steps]
    monkeypatch.setattr(replay, "replay", lambda _: (run.problem, spoilt))
    assert {"planes", "coadds"} <= set(replay.misses(replay.compare(run.trace)))


@pytest.mark.parametrize("name", [name for name in TRACES if name != "P3"])
@pytest.mark.parametrize(("stage", "step"), [("first", 0), ("final", -1)])
def test_the_matched_template_of_the_watched_visit_is_the_recorded_one(replays, name, stage, step):
    run = replays(name)
    ours = visit_template(
        amplify(run.steps[step].planes, run.problem.config.accelerate),
        run.problem.shifts,
        int(run.recorded["watch_visit"]),
        order=run.problem.order,
    )
    # The sum of the planes, each with its own rounding.
    tolerance = 3 * len(run.steps[0].planes) * PLANES.get(name, _PLANES) * run.peak
    recorded = run.recorded[f"sub0_template_{stage}"]
    np.testing.assert_allclose(ours, recorded, rtol=0, atol=tolerance)


def test_every_trace_of_the_folder_is_replayed(shared):
    names = {path.stem for path in (shared / "golden").glob("*.npz")}
    assert names == {*TRACES, "P3x"}


def test_the_knobs_of_each_trace_are_read_from_its_file(replays):
    overrides = json.loads(str(replays("P6").recorded["overrides_json"]))
    config = replays("P6").problem.config
    assert config.airmass_weight == overrides["doAirmassWeight"]
    assert config.interpolation_order == overrides["imageInterpOrder"]
    assert config.base_gain == overrides["baseGain"]
