"""What is kept of a trial, on a bench and in a folder."""

import json
from dataclasses import replace

import numpy as np
import pytest
from on_disk import FEW, PLAN, make_inputs, write_sweep

from dcrviz.sweep import Bench, SweepPlan, Trial, grid_of, read_sweep, read_visits
from dcrviz.sweep.fits import shared_knobs
from dcrviz.sweep.found import STAMP_PX, StampPlace, mean_course
from dcrviz.sweep.trial import run_trial


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return make_inputs(tmp_path_factory.mktemp("visits"))


@pytest.fixture(scope="module")
def bench(inputs):
    return Bench.set_up(read_visits(inputs), shared_knobs(FEW), scene=None)


@pytest.fixture(scope="module")
def folder(inputs, tmp_path_factory):
    return write_sweep(tmp_path_factory.mktemp("sweep"), inputs)


def without_clocks(row):
    return {key: value for key, value in row.items() if not key.endswith("_s")}


def test_a_trial_on_the_bench_is_the_command_s(bench, inputs):
    knobs = {"n_subfilters": 2}
    row = run_trial(Trial(number=3, inputs=inputs, base=FEW, knobs=knobs))
    assert without_clocks(bench.find(3, knobs).row) == without_clocks(row)


def test_a_refused_value_has_a_row_and_nothing_to_look_at(bench):
    found = bench.find(1, {"n_subfilters": 99})
    assert found.refused
    assert "knob n_subfilters must be a whole number" in found.row["refusal"]
    assert (found.curve, found.stamp) == ((), None)


def test_benches_of_two_threads_find_the_same(bench):
    one, other = (bench.for_another_thread().find(0, {"n_subfilters": 2}) for _ in range(2))
    assert one.curve == other.curve
    assert np.array_equal(one.stamp, other.stamp)


def test_a_fit_that_nobody_waits_for_ends_after_the_iteration_at_hand(bench):
    heard = []

    def heed():
        heard.append(1)
        if len(heard) == 2:
            raise TimeoutError("nobody waits")

    with pytest.raises(TimeoutError, match="nobody waits"):
        bench.find(0, {"n_subfilters": 2}, heed=heed)
    assert len(heard) == 2


def test_the_curve_is_the_metric_of_each_iteration(bench):
    found = bench.find(0, {})
    assert len(found.curve) == found.row["iterations"] + 1
    assert found.curve[-1] == pytest.approx(found.row["metric"])


def test_subregions_that_have_ended_keep_their_last_metric():
    assert mean_course([[4.0, 2.0], [2.0, 1.0, 0.0], []]) == (3.0, 1.5, 1.0)
    assert mean_course([]) == ()


def test_a_stamp_is_the_planes_minus_their_mean_about_the_brightest_source():
    planes = np.random.default_rng(1).normal(size=(2, 100, 90)).astype(np.float32)
    stamp = StampPlace(x=2, y=60, noise=0.5).stamp(planes)
    assert stamp.shape == (2, STAMP_PX, STAMP_PX)
    assert np.allclose(stamp.sum(axis=0), 0, atol=1e-2)
    cut = planes[:, 28:92, :64]
    assert np.allclose(stamp, (cut - cut.mean(axis=0)) / 0.5, atol=1e-2)
    small = StampPlace(x=2, y=3, noise=1.0).stamp(planes[:, :10, :12])
    assert small.shape == (2, 10, 12)


def test_a_folder_is_read_as_it_was_swept(folder, inputs):
    swept = read_sweep(folder)
    assert swept.inputs == inputs
    assert dict(swept.base) == FEW
    assert swept.knobs == ["n_subfilters"]
    assert swept.settings == PLAN.settings()
    assert [found.number for found in swept.found] == [0, 1]
    assert all(found.row["metric"] > 0 for found in swept.found)


def test_its_curves_and_stamps_are_those_of_the_bench(folder, bench):
    swept = read_sweep(folder)
    seen = swept.look(swept.found[0])
    found = bench.find(0, {"n_subfilters": 2})
    assert seen.curve == found.curve
    assert seen.stamp.shape == found.stamp.shape
    # Of one field in two units: the noise of the template, and of its variance.
    one, other = (s.astype(float).ravel() for s in (seen.stamp, found.stamp))
    assert np.corrcoef(one, other)[0, 1] > 0.999


def test_a_trial_whose_coadds_were_not_kept_has_its_row(folder, tmp_path):
    (tmp_path / "sweep.json").write_text((folder / "sweep.json").read_text())
    swept = read_sweep(tmp_path)
    assert swept.look(swept.found[1]) is swept.found[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "must be the record of a sweep; got No such file"),
        ("[]", "must be the record of a sweep"),
        ('{"rows": [], "plan": {}}', "must hold the plan of a sweep; got 'settings'"),
        ("{", "must be the record of a sweep"),
    ],
)
def test_a_folder_that_holds_no_sweep_is_told(tmp_path, text, words):
    if text is not None:
        (tmp_path / "sweep.json").write_text(text)
    with pytest.raises(ValueError, match=words):
        read_sweep(tmp_path)


def test_a_record_without_its_inputs_has_the_paths_of_its_plan(folder, tmp_path, inputs):
    record = json.loads((folder / "sweep.json").read_text())
    del record["inputs"]
    (tmp_path / "sweep.json").write_text(json.dumps(record))
    assert read_sweep(tmp_path).inputs == replace(inputs, band=None)


def test_a_grid_is_known_by_its_combinations():
    plan = SweepPlan(choices={"n_subfilters": (2, 3), "subregion_size": ([8, 8], [9, 9])})
    assert grid_of(plan.settings()).choices == plan.choices
    assert grid_of(plan.settings()[:-1]) is None
    drawn = SweepPlan(ranges={"accelerate": (1.0, 5.0)}, choices=plan.choices, n_random=5)
    assert grid_of(drawn.settings()) is None
    assert grid_of([]) is None
    # Of a sweep that was begun when a value could be given twice.
    assert grid_of([{"accelerate": 1}, {"accelerate": 1.0}]) is None
