"""The Pareto front of runs."""

import math
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dcrviz.sweep import front_of, front_steps, objectives, on_front

# Few different numbers, so that many are equal.
SCORES = st.one_of(st.integers(0, 3).map(float), st.just(math.nan), st.just(math.inf))
TABLES = st.integers(1, 3).flatmap(
    lambda k: st.lists(st.lists(SCORES, min_size=k, max_size=k), min_size=1, max_size=12)
)


def beats(one, other):
    return np.all(one <= other) and np.any(one < other)


@given(TABLES)
def test_what_is_on_the_front_is_beaten_by_none_and_what_is_off_it_by_one_that_is_on_it(table):
    scores = np.array(table)
    known = np.isfinite(scores).all(axis=1)
    front = on_front(scores)
    assert not front[~known].any()
    for run in np.flatnonzero(known):
        beaten = any(beats(scores[other], scores[run]) for other in np.flatnonzero(front))
        assert beaten != front[run]


@given(TABLES, st.randoms())
def test_the_order_of_the_runs_changes_nothing(table, random):
    scores = np.array(table)
    order = list(range(len(scores)))
    random.shuffle(order)
    assert on_front(scores[order]).tolist() == on_front(scores)[order].tolist()


def test_equal_runs_are_on_the_front_together():
    assert on_front(np.array([[1.0, 2.0], [1.0, 2.0], [2.0, 2.0]])).tolist() == [True, True, False]


def test_without_a_run_there_is_no_front():
    assert front_of([], ("cpu_s", "holes")) == set()


def test_rows_are_told_by_their_numbers_and_those_without_a_score_are_off_it():
    rows = [
        {"number": 4, "cpu_s": 1.0, "holes": 3},
        {"number": 7, "cpu_s": 2.0, "holes": 5},
        {"number": 9, "cpu_s": 0.1, "holes": None},
        {"number": 2, "cpu_s": 3.0, "holes": 0},
    ]
    assert front_of(rows, ("cpu_s", "holes")) == {2, 4}


def test_time_is_weighed_against_the_error_of_colours_and_holes_where_the_truth_is_known():
    assert objectives([{"colour_error": 0.1}, {}]) == ("cpu_s", "colour_error", "holes")
    assert objectives([{"colour_error": None}]) == ("cpu_s", "template_sigma", "holes")


@given(st.dictionaries(st.integers(0, 99), st.tuples(*[st.integers(0, 5).map(float)] * 2)))
def test_the_line_of_the_front_falls_to_the_right_along_the_axes_with_no_run_below_it(places):
    corners = front_steps(places)
    for (x, y), (to_x, to_y) in pairwise(corners):
        assert (x == to_x and to_y <= y) or (y == to_y and x <= to_x)
    for x, y in places.values():
        assert not any(x < at and y < height for at, height in corners)
    front = {places[n] for n in front_of(rows_of(places), ("x", "y"))}
    assert front <= set(corners)


def rows_of(places):
    return [{"number": n, "x": x, "y": y} for n, (x, y) in places.items()]
