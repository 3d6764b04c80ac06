"""What is picked of the runs of a sweep, in all its views at once."""

import pytest
from sweep_parts import axis, brush, cells, lines

from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.sweep import SweepPlan
from dcrviz.views.sweep_charts import SHOWN_COLOURS
from dcrviz.views.sweeping import MOST_SHOWN


def test_at_first_the_front_is_shown_in_curves_planes_and_table(swept, sweeping):
    assert set(sweeping.shown) <= sweeping.front
    assert swept.course.source.data["run"] == sweeping.shown
    ticked = {n for n, c in cells(swept).items() if c["show"]}
    assert ticked == set(sweeping.shown)
    marked = {n for n, c in cells(swept).items() if c["front"]}
    assert marked == sweeping.front
    assert swept.images.object.count("<figure>") == len(sweeping.shown)


def test_a_brush_picks_runs_in_lines_table_scatter_curves_and_images(swept, sweeping):
    brush(swept, "n_subfilters", 2.5, 3.0)
    assert sweeping.within == {3, 4, 5}
    assert set(sweeping.shown) == {3, 4, 5}
    assert axis(swept, "n_subfilters")["brush"] == [2.5, 3.0]
    assert list(cells(swept))[:3] == [3, 4, 5]
    faint = dict(
        zip(swept.scatter.source.data["run"], swept.scatter.source.data["alpha"], strict=True)
    )
    assert faint[0] < faint[3]
    assert set(swept.course.source.data["run"]) == {3, 4, 5}
    assert swept.images.object.count("plane 2 minus mean") == 2 * 3
    assert "3 picked" in swept.words.object
    brush(swept, "accelerate", 4.0, 5.0)
    assert sweeping.within == {5}
    brush(swept, "n_subfilters", None, None)
    assert sweeping.within == {2, 5}
    swept.all.press()
    assert (sweeping.brushes, swept.all.disabled) == ({}, True)


def test_a_box_in_the_scatter_is_a_brush_on_both_of_its_axes(swept, sweeping):
    swept.sides["x"].value, swept.sides["y"].value = "n_subfilters", "accelerate"
    swept.scatter._brushed({"n_subfilters": (1.5, 2.5), "accelerate": (1.5, 6.0)})
    assert sweeping.within == {1, 2}
    assert axis(swept, "accelerate")["brush"] == [1.5, 5.0]


def test_runs_are_picked_one_by_one_and_have_one_colour_everywhere(swept, sweeping):
    for number in (4, 1):
        swept.table._handle_msg({"type": "chosen", "row": str(number), "column": "", "value": None})
    assert sweeping.shown == [4, 1]
    colours = dict(zip([4, 1], SHOWN_COLOURS, strict=False))
    assert {n: line["colour"] for n, line in lines(swept).items() if line["colour"]} == colours
    data = swept.scatter.source.data
    assert {n: c for n, c in zip(data["run"], data["colour"], strict=True) if n in colours} == (
        colours
    )
    assert swept.course.source.data["colour"] == list(colours.values())


def test_a_tick_adds_to_what_is_shown_and_takes_from_it(swept, sweeping):
    before = sweeping.shown
    gone, *kept = before
    turned = {"type": "turned", "row": str(gone), "column": "show"}
    swept.table._handle_msg({**turned, "value": False})
    assert sweeping.shown == kept
    swept.table._handle_msg({**turned, "value": True})
    assert sweeping.shown == [*kept, gone]
    for number in list(sweeping.shown):
        sweeping.tick(number, False)
    assert sweeping.shown == []
    assert swept.images.object == ""


def test_no_more_runs_are_shown_than_can_be_told_apart(sweeping):
    sweeping.start(SweepPlan(choices={"accelerate": (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)}), lanes=1)
    for number in range(7):
        sweeping.tick(number, True)
    assert len(sweeping.shown) == MOST_SHOWN
    assert len(set(SHOWN_COLOURS)) == MOST_SHOWN


def test_another_axis_stands_in_until_the_runs_tell_the_one_that_is_wanted(
    swept, sweeping, monkeypatch
):
    def wanting(*names):
        monkeypatch.setattr(type(sweeping), "objectives", property(lambda _: names))
        swept.refresh()
        return swept.sides["y"].value

    axes = {axis.key for axis in sweeping.axes}
    (untold, *_) = (name for name in SCORES if name not in axes)
    assert wanting("cpu_s", untold) in axes
    assert wanting("cpu_s", "metric") == "metric"
    swept.sides["y"].value = "accelerate"
    assert wanting("cpu_s", "holes") == "accelerate"


def test_any_two_numbers_stand_against_each_other_with_their_front(swept):
    swept.sides["x"].value, swept.sides["y"].value = "metric", "accelerate"
    data, front = swept.scatter.source.data, swept.scatter.front.data
    assert sorted(set(data["y"])) == [1, 2, 5]
    assert front["x"][0] == pytest.approx(min(data["x"]))
    assert front["y"][-1] == min(data["y"])
    assert swept.scatter.figure.xaxis[0].axis_label == "Metric"
