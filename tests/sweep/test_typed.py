"""Plans that a person types, knob by knob."""

import pytest

from dcrviz.sweep import parse_choices, typed_plan


def test_lines_are_read_as_the_command_reads_its_words():
    typed = typed_plan([("n_subfilters", "2, 3"), ("bad_planes", "NO_DATA, BAD | SAT")])
    assert typed.refusals == ("", "")
    assert typed.plan.choices == dict(
        [parse_choices("n_subfilters=2,3"), parse_choices("bad_planes=NO_DATA,BAD|SAT")]
    )


def test_values_and_ranges_are_drawn_from():
    rows = [("n_subfilters", "2, 3"), ("accelerate", "1:5")]
    typed = typed_plan(rows, n_random=7, seed=3)
    assert (len(typed.plan), typed.plan.seed) == (7, 3)
    assert typed.plan.ranges == {"accelerate": (1, 5)}


def test_a_colon_in_a_mapping_is_no_range():
    assert typed_plan([("propagate_planes", "SAT: 0.1 | SAT: 0.5")]).refusals == ("",)


@pytest.mark.parametrize(
    ("knob", "text", "words"),
    [
        ("n_subfilters", "2, 99", "knob n_subfilters must be a whole number"),
        ("n_subfilters", "  ", "values must be typed, as in 2, 3, 5; got nothing"),
        ("accelerate", "1:5", "a range is for runs drawn at random"),
        ("solver", "direct, fast", "knob solver must be one of"),
        ("n_subfilters", "2,,3", "a setting must be KNOB=VALUE"),
    ],
)
def test_what_is_wrong_is_told_beside_its_line(knob, text, words):
    typed = typed_plan([("clamp_width", "1, 2"), (knob, text)])
    assert typed.plan is None
    assert typed.refusals[0] == ""
    assert words in typed.refusals[1]


def test_a_knob_may_stand_in_one_line_only():
    typed = typed_plan([("accelerate", "1, 2"), ("accelerate", "3")])
    assert typed.refusals == ("", "knob accelerate: is in a row above already")


def test_what_is_wrong_with_all_of_it_is_told_once():
    many = ", ".join(map(str, range(1, 60)))
    typed = typed_plan([("min_iterations", many), ("max_iterations", many)])
    assert (typed.plan, typed.refusals) == (None, ("", ""))
    assert "at most 1000 runs, dcrviz sweep takes more; got 3481" in typed.refusal
    assert typed_plan([]).refusal == "a sweep must turn a knob; got none"
