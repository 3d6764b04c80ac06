"""Knobs and scores as axes, and what is picked on them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcrviz.sweep import axes_of, within

NUMBERS = st.floats(1e-6, 1e6)


def rows_of(name, values):
    return [{"number": number, name: value} for number, value in enumerate(values)]


def axis_of(name, values):
    (axis,) = axes_of(rows_of(name, values), [name])
    return axis


def test_there_is_an_axis_for_what_differs_knobs_first_and_none_for_the_rest():
    rows = [
        {"number": 0, "n_subfilters": 2, "accelerate": 3.0, "holes": 1, "metric": 0.2, "wings": 0},
        {"number": 1, "n_subfilters": 3, "accelerate": 3.0, "holes": 4, "metric": None, "wings": 0},
    ]
    axes = axes_of(rows, ["n_subfilters", "accelerate"])
    assert [axis.key for axis in axes] == ["n_subfilters", "holes"]
    assert axes_of(rows[:1], ["n_subfilters"]) == []


def test_the_ends_are_the_lowest_and_the_highest_value():
    axis = axis_of("accelerate", [2.0, 5.0, 3.0])
    assert (axis.place(2.0), axis.place(5.0)) == (axis.low, axis.high)
    assert math.isnan(axis.place(None))


def test_over_decades_equal_ways_are_equal_factors():
    axis = axis_of("convergence_threshold", [1e-4, 1e-2, 1.0])
    assert axis.place(1e-2) == pytest.approx((axis.low + axis.high) / 2)
    assert [label for _, label in axis.ticks()] == ["0.0001", "0.01", "1"]


def test_values_that_are_no_numbers_are_words_one_beside_the_other():
    axis = axis_of("base_gain", [0.5, None, 0.25, 0.5])
    assert axis.words == ("auto", "0.25", "0.5")
    assert [axis.place(value) for value in (None, 0.25, 0.5)] == [0, 1, 2]
    assert axis_of("use_model_weights", [True, False]).words == ("off", "on")


def test_few_values_of_a_knob_are_all_written():
    assert [label for _, label in axis_of("n_subfilters", [2, 8, 3, 5]).ticks()] == list("2358")
    crowded = axis_of("accelerate", [1.0, 1.1, 1.2, 5.0])
    assert [label for _, label in crowded.ticks()] == ["1", "3", "5"]


def test_a_score_is_told_in_the_unit_of_its_title():
    (axis,) = axes_of([{"number": 0, "flux": 0.99}, {"number": 1, "flux": 1.01}], [])
    assert "%" in axis.title
    assert axis.written(1.01) == "101"


@given(st.lists(NUMBERS, min_size=2, max_size=20, unique=True), st.data())
def test_a_brush_from_one_run_to_another_picks_both_and_all_between(values, data):
    axis = axis_of("accelerate", values)
    low, high = sorted(data.draw(st.tuples(*[st.sampled_from(values)] * 2)))
    brush = axis.brushed(axis.place(low), axis.place(high))
    rows = rows_of("accelerate", values)
    picked = within(rows, [axis], {"accelerate": brush})
    assert {n for n, value in enumerate(values) if low <= value <= high} <= picked
    # Places that rounding can't tell apart are picked together.
    slack = 1e-6 * (axis.high - axis.low)
    for number in picked:
        assert axis.place(low) - slack <= axis.place(values[number]) <= axis.place(high) + slack


def test_a_brush_keeps_its_values_when_runs_come_in_that_make_the_axis_longer():
    before, after = axis_of("accelerate", [1.0, 2.0]), axis_of("accelerate", [0.5, 1.0, 2.0, 900.0])
    brush = before.brushed(1.5, 2.0)
    assert [after.picks(brush, value) for value in (1.0, 2.0, 900.0)] == [False, True, False]


def test_a_brush_of_words_keeps_its_words():
    before = axis_of("solver", ["direct", "pcg"])
    after = axis_of("solver", ["anderson", "direct", "pcg"])
    brush = before.brushed(0.6, 1.5)
    assert [after.picks(brush, word) for word in after.words] == [False, False, True]
    low, high = after.span(brush)
    assert low < after.place("pcg") < high


def test_a_run_without_the_number_is_picked_by_no_brush_on_its_axis():
    axis = axis_of("accelerate", [1.0, 2.0])
    rows = [{"number": 0, "accelerate": 1.0}, {"number": 1, "accelerate": None}]
    assert within(rows, [axis], {"accelerate": axis.brushed(axis.low, axis.high)}) == {0}


def test_several_brushes_pick_what_all_of_them_do_and_none_picks_all():
    rows = [
        {"number": n, "n_subfilters": s, "accelerate": a}
        for n, (s, a) in enumerate([(2, 1.0), (2, 5.0), (3, 1.0), (3, 5.0)])
    ]
    axes = axes_of(rows, ["n_subfilters", "accelerate"])
    subfilters, accelerate = axes
    brushes = {"n_subfilters": subfilters.brushed(2.5, 3), "accelerate": accelerate.brushed(4, 5)}
    assert within(rows, axes, brushes) == {3}
    assert within(rows, axes, {}) == {0, 1, 2, 3}
