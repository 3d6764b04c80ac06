"""What a person types into the form of the Sweep tab."""

from sweep_parts import type_into

from dcrviz.sweep import SweepPlan
from dcrviz.views.sweep_form import Pace, plan_words, progress_words


def test_it_begins_with_a_knob_and_values_about_the_present_one(view):
    (row,) = view.form.knobs.rows
    assert (row["knob"], row["values"], row["said"]) == ("n_subfilters", "2, 3, 4", "")
    assert not view.form.begin.disabled
    assert "3 runs" in view.form.words.object


def test_another_line_is_another_knob_and_every_combination_is_counted(view):
    view.form.knobs._handle_msg({"type": "added", "row": -1})
    one, other = view.form.knobs.rows
    assert one["knob"] != other["knob"]
    type_into(view, 1, "accelerate", "1, 2")
    assert "6 runs" in view.form.words.object
    view.form.knobs._handle_msg({"type": "removed", "row": 0})
    assert [row["knob"] for row in view.form.knobs.rows] == ["accelerate"]


def test_a_value_that_a_knob_refuses_is_told_beside_it_and_nothing_can_start(view):
    type_into(view, 0, "n_subfilters", "2, 99")
    (row,) = view.form.knobs.rows
    assert "knob n_subfilters must be a whole number" in row["said"]
    assert view.form.begin.disabled
    type_into(view, 0, "n_subfilters", "2, 3")
    assert (view.form.knobs.rows[0]["said"], view.form.begin.disabled) == ("", False)


def test_without_a_line_there_is_nothing_to_turn(view):
    view.form.knobs._handle_msg({"type": "removed", "row": 0})
    assert "Add a knob, and say which values are to be tried." in view.form.words.object
    assert "wrong" not in view.form.words.object
    assert view.form.begin.disabled


def test_drawn_runs_are_as_many_as_are_asked_for_and_the_seed_decides(view, sweeping):
    type_into(view, 0, "accelerate", "1:5")
    assert view.form.begin.disabled
    view.form.how.value = "Drawn at random"
    view.form.numbers["runs"].value = 2
    view.form.numbers["seed"].value = 7
    view.form.begin.press()
    expected = SweepPlan(ranges={"accelerate": (1, 5)}, n_random=2, seed=7).settings()
    assert [{"accelerate": f.row["accelerate"]} for f in sweeping.found] == expected


def test_how_long_runs_take_is_told_when_somebody_knows(exposures):
    assert "told once an iteration" in plan_words(4, 2, fit_s=float("nan"))
    assert plan_words(4, 2, fit_s=3.0) == "4 runs, 2 at once: about 9 s."
    assert plan_words(1, 1, fit_s=60.0) == "1 run, 1 at once: about 2 min."
    pace = Pace(exposures=tuple(exposures), began=0.0)
    assert pace.of(exposures) == 0
    pace.note(2, lanes=2)
    assert pace.of(exposures) > 0
    assert pace.of(exposures[1:]) == 0


def test_progress_is_told_with_its_pace_and_what_is_left():
    assert progress_words(0, 12, float("nan")) == "0 of 12: the fit as it is"
    assert progress_words(3, 12, 0.5) == "3 of 12 · 30 runs/min · 18 s left"
