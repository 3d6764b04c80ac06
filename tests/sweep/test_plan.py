"""Which configurations a sweep tries."""

import numpy as np
import pytest

from dcrviz.config import AssembleConfig
from dcrviz.sweep import SweepPlan, parse_choices, parse_range


def test_a_grid_is_every_combination_once():
    plan = SweepPlan(choices={"solver": ("direct", "pcg"), "n_subfilters": (2, 3, 5)})
    settings = plan.settings()
    assert len(settings) == 6
    assert {(s["solver"], s["n_subfilters"]) for s in settings} == {
        (solver, n) for solver in ("direct", "pcg") for n in (2, 3, 5)
    }


def test_knobs_stand_in_the_order_in_which_they_are_declared():
    plan = SweepPlan(choices={"n_subfilters": (2,), "solver": ("direct",)})
    declared = list(AssembleConfig.knobs())
    assert plan.knobs == sorted(plan.knobs, key=declared.index)
    assert list(plan.settings()[0]) == plan.knobs


def test_random_trials_lie_within_ranges_and_choices_and_the_seed_decides():
    plan = SweepPlan(
        choices={"solver": ("iterative", "anderson")},
        ranges={
            "accelerate": (1.0, 5.0),
            "n_subfilters": (2, 4),
            "convergence_threshold": (1e-4, 1),
        },
        n_random=200,
        seed=4,
    )
    settings = plan.settings()
    assert settings == plan.settings()
    assert {s["n_subfilters"] for s in settings} == {2, 3, 4}
    assert {s["solver"] for s in settings} == {"iterative", "anderson"}
    assert all(1 <= s["accelerate"] <= 5 for s in settings)
    # Over decades as many are drawn below the middle of the logarithm as above.
    low = sum(s["convergence_threshold"] < 1e-2 for s in settings)
    assert 70 <= low <= 130
    other = SweepPlan(choices=plan.choices, ranges=plan.ranges, n_random=200, seed=5)
    assert settings != other.settings()


def test_no_random_trial_is_made_twice_and_there_are_no_more_than_different_ones():
    few = {"choices": {"solver": ("direct", "pcg")}, "ranges": {"n_subfilters": (2, 4)}}
    some, all_of_them = SweepPlan(**few, n_random=5, seed=1), SweepPlan(**few, n_random=90, seed=1)
    for plan, n_trials in ((some, 5), (all_of_them, 6)):
        trials = {(s["solver"], s["n_subfilters"]) for s in plan.settings()}
        assert len(plan) == len(plan.settings()) == len(trials) == n_trials


def test_of_a_range_that_holds_hardly_a_number_what_there_is_is_drawn():
    plan = SweepPlan(ranges={"accelerate": (1.0, np.nextafter(1.0, 2.0))}, n_random=9)
    assert 1 <= len(plan.settings()) <= 2


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "a sweep must turn a knob; got none"),
        (
            {"choices": {"accelerate": (1,)}, "ranges": {"accelerate": (1, 2)}, "n_random": 3},
            "knob accelerate must have choices or a range; got both",
        ),
        ({"ranges": {"accelerate": (1, 2)}}, "ranges need a number of trials to draw"),
        ({"choices": {"accelerate": ()}}, "a sweep must have 1 to 10000 trials; got 0"),
        (
            {"choices": {"accelerate": range(200), "clamp_width": range(200)}},
            "a sweep must have 1 to 10000 trials; got 40000",
        ),
        (
            {"choices": {"n_subfilters": (2, 2)}},
            "knob n_subfilters: each value must be given once; got 2 twice",
        ),
    ],
)
def test_a_plan_that_can_not_be_is_refused(values, words):
    with pytest.raises(ValueError, match=words):
        SweepPlan(**values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n_subfilters=2,3,5", ("n_subfilters", (2, 3, 5))),
        ("dcrNumSubfilters = 2, 3", ("n_subfilters", (2, 3))),
        ("base_gain=auto,0.5", ("base_gain", (None, 0.5))),
        ("use_model_weights=true,false", ("use_model_weights", (True, False))),
        ("weights=2019,background", ("weights", ("2019", "background"))),
        ("bad_planes=NO_DATA,BAD|NO_DATA", ("bad_planes", (["NO_DATA", "BAD"], ["NO_DATA"]))),
        ("subregion_size=64,64|32,32", ("subregion_size", ((64, 64), (32, 32)))),
    ],
)
def test_choices_are_read_as_settings_are(text, expected):
    assert parse_choices(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n_subfilters", "choices must be KNOB=A,B,C; got 'n_subfilters'"),
        ("n_subfilter=2", "unknown knob 'n_subfilter'; did you mean 'n_subfilters'"),
        ("n_subfilters=2,none", "knob n_subfilters"),
        ("n_subfilters=2,99", "knob n_subfilters must be a whole number of at least 1"),
        ("n_subfilters=2,,3", "a setting must be KNOB=VALUE"),
        ("n_subfilters=2,3,2", "knob n_subfilters: each value must be given once; got 2 twice"),
        ("bad_planes=BAD,SAT|BAD,SAT", "each value must be given once; got .'BAD', 'SAT'. twice"),
    ],
)
def test_choices_that_can_not_be_are_refused(text, words):
    with pytest.raises(ValueError, match=words):
        parse_choices(text)


def test_a_range_is_two_numbers():
    assert parse_range("accelerate=1:4.5") == ("accelerate", (1, 4.5))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("accelerate=1", "a range must be KNOB=LOW:HIGH"),
        ("accelerate=3:2", "must go from a number up to another; got '3:2'"),
        ("accelerate=1:1", "must go from a number up to another"),
        ("base_gain=auto:1", "must go from a number up to another"),
        ("solver=direct:pcg", "knob solver: only numbers have ranges"),
        ("n_subfilters=0:4", "knob n_subfilters must be a whole number of at least 1"),
    ],
)
def test_a_range_that_can_not_be_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        parse_range(text)
