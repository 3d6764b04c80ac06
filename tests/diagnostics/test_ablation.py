"""Each knob at its neighbours, and what that changes."""

import json
import math
from dataclasses import replace

import pytest

import dcrviz
from dcrviz import AssembleConfig, Outcome, ablation
from dcrviz.diagnostics.ablation import by_effect
from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.diagnostics.holes import find_holes
from dcrviz.diagnostics.pictures import shown_planes, sky_noise, source_pixels, typical_fwhm_px
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures

KNOBS = AssembleConfig.knobs()
QUICK = AssembleConfig(n_subfilters=2, max_iterations=1, min_iterations=1, interpolation_order=1)
TIMES = ("cpu_s", "wall_s")


@pytest.fixture(scope="module")
def scene():
    """The truth of the exposures."""
    return random_scene(3, shape=(56, 60), n_stars=5, n_galaxies=1, n_quasars=0)


@pytest.fixture(scope="module")
def quick(exposures, scene):
    return ablation(exposures, QUICK, scene=scene)


@pytest.fixture(scope="module")
def rows(quick):
    return list(quick)


def without_times(entry):
    """The row without what no two runs share."""
    return {k: v for k, v in entry.items() if "_s" not in k and k != "sentence"}


def test_every_knob_is_tried_or_skipped_with_a_reason(quick, rows):
    tried = {row.knob for row in rows}
    assert tried | set(quick.skipped) == set(KNOBS)
    assert not tried & set(quick.skipped)
    assert all(quick.skipped.values())


def test_as_many_rows_come_as_were_announced(quick, rows):
    assert len(rows) == len(quick)
    assert [(row.knob, row.value) for row in rows] == list(quick.variants)


@pytest.mark.parametrize("name", ["accelerate", "n_subfilters", "weights", "bad_planes", "band"])
def test_a_knob_at_its_own_value_changes_nothing(quick, name):
    row = quick.row(name, getattr(quick.problem.config, name))
    assert row.effect == 0
    assert not row.has_effect
    for score in set(SCORES) - set(TIMES):
        change = row.change(score)
        assert change == 0 or (math.isnan(change) and math.isnan(getattr(row.scores, score)))


def test_the_baseline_is_the_fit_with_the_knobs_as_they_are(quick, exposures):
    problem = dcrviz.prepare(exposures, QUICK)
    *_, step = dcrviz.assemble(problem)
    planes = shown_planes(step)
    blemishes = find_holes(
        planes,
        noise=sky_noise(problem),
        detected=source_pixels(problem),
        fwhm_px=typical_fwhm_px(problem),
    )
    assert quick.baseline.metric == step.metric
    assert quick.baseline.outcome is step.outcome
    assert quick.baseline.iterations == step.history.iterations
    assert quick.baseline.holes + quick.baseline.wings == len(blemishes)


def test_a_row_is_the_fit_with_that_knob(quick, exposures):
    for name, value in [("statistic", "MEDIAN"), ("accelerate", 5.0)]:
        problem = dcrviz.prepare(exposures, QUICK.with_values(**{name: value}))
        *_, step = dcrviz.assemble(problem)
        row = quick.row(name, value)
        assert row.scores.metric == step.metric
        assert row.change("metric") == step.metric - quick.baseline.metric


def test_the_order_in_which_knobs_are_asked_for_does_not_matter(exposures):
    names = ["weights", "accelerate", "n_subfilters", "max_iterations"]
    entries = [
        [without_times(row.entry()) for row in ablation(exposures, QUICK, knobs=order)]
        for order in (names, names[::-1])
    ]
    assert entries[0] == entries[1]
    assert list(dict.fromkeys(e["knob"] for e in entries[0])) == [n for n in KNOBS if n in names]


def test_without_clamps_a_long_run_is_another_one(exposures):
    config = AssembleConfig(max_iterations=30, convergence_threshold=0.0, on_divergence="last")
    (row,) = (
        row for row in ablation(exposures, config, knobs=["clamp_subfilters"]) if row.value == 0
    )
    assert row.effect > 1


def test_holes_that_come_and_wings_that_go_are_told(quick):
    row = quick.row("n_subfilters", 3)
    scores = replace(row.scores, holes=row.baseline.holes + 2, wings=0)
    told = replace(row, scores=scores, baseline=replace(row.baseline, wings=1)).sentence
    assert "2 holes more, 1 wing fewer" in told


def test_a_refused_value_is_a_row_that_says_so(quick):
    row = quick.row("subregion_size", (2, 2))
    assert row.scores is None
    assert "subregion" in row.refusal
    assert "is refused" in row.sentence
    assert math.isnan(row.effect)
    assert math.isnan(row.change("metric"))
    assert row.entry()["metric"] is None


def test_refused_rows_are_the_last_and_the_others_ordered_by_effect(quick, rows):
    refused = quick.row("subregion_size", (2, 2))
    *others, last = by_effect([refused, *rows])
    assert last is refused
    effects = [row.effect for row in others if math.isfinite(row.effect)]
    assert effects == sorted(effects, reverse=True)


def test_threads_change_the_time_only(quick):
    row = quick.row("n_threads", 1)
    assert row.effect < 1e-4
    assert row.has_effect
    assert "the planes stay as they are" in row.sentence
    assert row.scores.cpu_s > 0


def test_a_knob_that_is_idle_is_skipped_for_the_reason_the_explorer_gives(exposures):
    found = ablation(exposures, QUICK.with_values(solver="direct"), knobs=["accelerate"])
    assert len(found) == 0
    assert found.skipped == {
        "accelerate": "no effect: the solver takes whole steps, which nothing need clamp"
    }


def test_auto_is_told_with_what_it_stands_for(quick):
    assert quick.row("base_gain", 0.25).title == "base_gain: auto (1) to 0.25"
    assert quick.row("accelerate", 2.0).title == "accelerate: 3 to 2"


def test_colours_are_judged_against_the_truth_where_it_is_known():
    scene = random_scene(3, shape=(80, 80), n_stars=12, n_galaxies=0, n_quasars=0)
    exposures = simulate_exposures(scene, read_conditions("hits2015")[:6], seed=1)
    config = AssembleConfig(solver="direct")
    known = ablation(exposures, config, knobs=["n_subfilters"], scene=scene)
    assert 0 < known.baseline.colour_error < 0.1
    assert known.baseline.colour_slope == pytest.approx(1, abs=0.3)
    assert all(math.isfinite(row.change("colour_error")) for row in known)
    unknown = ablation(exposures, config, knobs=[])
    assert math.isnan(unknown.baseline.colour_error)
    assert math.isnan(unknown.baseline.colour_slope)


def test_an_unknown_knob_is_refused_before_anything_is_fitted(exposures):
    with pytest.raises(ValueError, match="unknown knob 'accelerates'; did you mean 'accelerate'"):
        ablation(exposures, knobs=["accelerates"])


def test_anybody_may_stop_between_two_rows(quick):
    rows = iter(quick)
    assert next(rows).knob == quick.variants[0][0]
    rows.close()


def test_an_entry_is_plain(rows):
    for row in rows:
        entry = row.entry()
        assert json.loads(json.dumps(entry, allow_nan=False))["knob"] == row.knob
        assert row.scores is None or Outcome[entry["outcome"]] is row.scores.outcome
