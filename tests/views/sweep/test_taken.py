"""What can be done with the runs of a sweep, and where it can be shown."""

import csv
import io
import json
import shlex
from itertools import pairwise

import numpy as np
import pytest
from later import Later
from sweep_parts import FILES, GRID, ROUNDED, cells

from dcrviz import AssembleConfig
from dcrviz.sweep import SweepPlan, parse_choices, parse_range
from dcrviz.views.hv import hv_sweep
from dcrviz.views.recipes import sweep_text
from dcrviz.views.sweep_view import SweepView
from dcrviz.views.sweeping import Sweeping


def test_a_run_is_opened_with_all_its_iterations(session, sweeping, remembered):
    sweeping.start(GRID, lanes=1)
    sweeping.open(1)
    assert session.title == "sweep run 1"
    assert (session.config.n_subfilters, session.config.accelerate) == (2, 2.0)
    assert session.moments[-1].step.metric == pytest.approx(
        sweeping.run(1).row["metric"], rel=ROUNDED
    )
    assert len(session.moments) == sweeping.run(1).row["iterations"] + 1
    assert remembered == [FILES]
    assert sweeping.opening == ""


def test_runs_are_pinned_beside_the_one_on_show(swept, session):
    session.step()
    for number in (0, 0):
        button = {"type": "turned", "row": str(number), "column": "pin", "value": True}
        swept.table._handle_msg(button)
    assert session.title == "run 1"
    assert [(branch.name, branch.pinned) for branch in session.branches] == [
        ("sweep run 0", True),
        ("sweep run 0 (2)", True),
    ]


def test_a_double_click_pins_once(session, around):
    worker = Later()
    sweeping = Sweeping(session, around, worker=worker)
    sweeping.start(GRID, lanes=1)
    sweeping.pin(0)
    sweeping.pin(0)
    sweeping.pin(1)
    while worker.jobs:
        worker.work()
    assert [branch.name for branch in session.branches] == ["sweep run 0", "sweep run 1"]


def test_the_table_is_given_as_the_command_writes_it(sweeping):
    sweeping.start(GRID, lanes=1)
    rows = list(csv.DictReader(io.StringIO(sweeping.table())))
    assert [row["number"] for row in rows] == list("012345")
    assert list(rows[0])[:3] == ["number", "n_subfilters", "accelerate"]
    record = json.loads(sweeping.record())
    assert record["plan"]["settings"] == GRID.settings()
    assert record["plan"]["base"] == {"max_iterations": 1, "min_iterations": 1}
    assert [row["metric"] for row in record["rows"]] == [f.row["metric"] for f in sweeping.found]


@pytest.mark.parametrize(
    "plan",
    [
        GRID,
        SweepPlan(choices={"bad_planes": (["NO_DATA"], ["SAT", "BAD"]), "base_gain": (None, 0.5)}),
        SweepPlan(
            choices={"solver": ("direct", "pcg")},
            ranges={"accelerate": (1.0, 4.5)},
            n_random=9,
            seed=4,
        ),
    ],
)
def test_the_command_says_the_same_plan(plan):
    words = shlex.split(sweep_text(FILES, AssembleConfig(n_subfilters=5), plan))
    assert words[:2] == ["dcrviz", "sweep"]
    assert words[-1] == "warps"
    said = dict.fromkeys(("--grid", "--range"), ())
    for option, value in pairwise(words):
        if option in said:
            said[option] += (value,)
    choices = dict(parse_choices(text) for text in said["--grid"])
    assert choices == {name: tuple(values) for name, values in plan.choices.items()}
    assert dict(parse_range(text) for text in said["--range"]) == plan.ranges
    assert "n_subfilters=5" in words
    assert ("--random" in words) == (plan.n_random is not None)


def test_a_folder_is_shown_in_the_same_way(view, sweeping, session, told, written_sweep):
    view.form.folder.value = str(written_sweep)
    view.form.load.press()
    assert told == []
    assert set(cells(view)) == {0, 1}
    assert all(found.curve for found in map(sweeping.run, sweeping.shown))
    assert view.images.object.count("<figure>") == len(sweeping.shown)
    assert "--grid n_subfilters=2,3" in sweeping.command()
    sweeping.open(1)
    assert session.title == "sweep run 1"
    assert session.moments[-1].step.metric == pytest.approx(
        sweeping.run(1).row["metric"], rel=ROUNDED
    )


def test_a_folder_without_a_sweep_is_told_and_what_was_there_stays(swept, told, tmp_path):
    for name, words in ((str(tmp_path), "must be the record of a sweep"), (" ", "must be typed")):
        swept.form.folder.value = name
        swept.form.load.press()
        assert words in told.pop()
    assert len(swept.table.rows) == 6
    assert swept.doing.object == ""


def test_a_page_for_all_the_world_reads_no_folders(session, sweeping):
    for local in (True, False):
        form = SweepView(session, sweeping, local=local).form
        rows = [
            part for part in form.__panel__().objects if form.folder in getattr(part, "objects", ())
        ]
        assert len(rows) == local


def test_the_tab_can_be_shown_twice_and_both_follow(session, sweeping):
    first, second = (SweepView(session, sweeping) for _ in range(2))
    sweeping.start(SweepPlan(choices={"n_subfilters": (2, 3)}), lanes=1)
    assert len(first.table.rows) == len(second.table.rows) == 2
    roots = [view.__panel__().get_root() for view in (first, second)]
    assert roots[0].id != roots[1].id


def test_figures_take_the_colours_of_the_page(swept):
    swept.paint(dark=True)
    figures = (swept.scatter.figure, swept.course.figure)
    assert {plot.title.text_color for plot in figures} == {"#e6e9ed"}


def test_a_sweep_is_lines_and_points_in_a_notebook(sweeping):
    sweeping.start(GRID, lanes=1)
    rows = [found.row for found in sweeping.found]
    layout = hv_sweep(rows, ["n_subfilters", "accelerate"], x="metric", y="accelerate")
    lines, points = layout.values()
    assert len(lines) == len(rows)
    assert all(0 <= share <= 1 for line in lines for share in line.dimension_values("share"))
    scatter, front = points.values()
    assert np.array_equal(scatter.dimension_values("run"), range(6))
    assert len(front) >= 1
    with pytest.raises(ValueError, match="axis must be one of n_subfilters, accelerate"):
        hv_sweep(rows, ["n_subfilters", "accelerate"], x="holes_of_nothing")
