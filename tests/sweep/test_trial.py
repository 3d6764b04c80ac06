"""One configuration tried."""

import pickle
from dataclasses import replace

import pytest
from on_disk import FEW, make_inputs

import dcrviz
from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.io import read_coadds
from dcrviz.sweep import Trial, run_trial


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return make_inputs(tmp_path_factory.mktemp("visits"))


@pytest.fixture
def trial(inputs):
    return Trial(number=3, inputs=inputs, base=FEW, knobs={"n_subfilters": 2})


def test_its_row_holds_number_knobs_and_scores(trial):
    row = run_trial(trial)
    assert row["number"] == 3
    assert row["n_subfilters"] == 2
    assert row["refusal"] == ""
    assert row["outcome"] in dcrviz.Outcome.__members__
    assert set(SCORES) <= set(row)
    assert row["iterations"] == 3
    assert row["metric"] > 0


def test_its_row_is_that_of_a_fit_by_hand(trial, inputs):
    config = dcrviz.AssembleConfig(n_threads=1, n_subfilters=2, **FEW)
    *_, step = dcrviz.assemble(dcrviz.prepare(dcrviz.read_exposures(inputs.paths), config))
    assert run_trial(trial)["metric"] == step.metric


def test_the_knobs_that_all_share_are_no_change(trial):
    row = run_trial(replace(trial, knobs={}))
    assert row["planes_change"] == 0
    assert row["colour_change"] in (0, None)
    assert run_trial(trial)["planes_change"] > 0


def test_the_order_of_trials_changes_nothing(trial):
    others = [replace(trial, knobs={"solver": name}) for name in ("direct", "iterative")]
    first = run_trial(trial)
    for other in others:
        run_trial(other)
    again = run_trial(trial)
    clocks = {"cpu_s", "wall_s", "prepare_s"}
    assert {k: v for k, v in first.items() if k not in clocks} == {
        k: v for k, v in again.items() if k not in clocks
    }


def test_a_value_that_is_refused_is_told(trial):
    row = run_trial(replace(trial, knobs={"n_subfilters": 99}))
    assert "knob n_subfilters must be a whole number" in row["refusal"]
    assert row["n_subfilters"] == 99
    row = run_trial(replace(trial, knobs={"visit_factors": {"nobody": 0.0}}))
    assert "visit_factors must name visits of this run" in row["refusal"]


def test_its_coadds_can_be_read_again(trial, tmp_path):
    run_trial(replace(trial, out=str(tmp_path / "trial_3")))
    assert len(read_coadds(tmp_path / "trial_3").planes) == 2
    assert (tmp_path / "trial_3" / "history.json").is_file()


def test_it_travels(trial):
    there = pickle.loads(pickle.dumps(trial))
    assert there == trial
