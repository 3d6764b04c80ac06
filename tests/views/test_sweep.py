"""The Sweep tab: what a person types, what comes of it, and what is picked of it."""

import csv
import io
import json
import shlex
import threading
from itertools import pairwise

import numpy as np
import pytest
from later import Later

import dcrviz
from dcrviz import AssembleConfig
from dcrviz.session import Session
from dcrviz.sweep import SweepPlan, parse_choices, parse_range
from dcrviz.views.data_choice import DataChoice
from dcrviz.views.hv import hv_sweep
from dcrviz.views.lanes import Dropped, Lanes
from dcrviz.views.recipes import sweep_text
from dcrviz.views.sweep_charts import SHOWN_COLOURS
from dcrviz.views.sweep_form import Pace, plan_words, progress_words
from dcrviz.views.sweep_view import SweepView
from dcrviz.views.sweeping import MOST_SHOWN, Surroundings, Sweeping
from dcrviz.worker import Worker

GRID = SweepPlan(choices={"n_subfilters": (2, 3), "accelerate": (1.0, 2.0, 5.0)})
# Sums of other numbers of threads are rounded otherwise.
ROUNDED = 1e-5
FILES = DataChoice(kind="paths", paths=("warps",))


@pytest.fixture
def told():
    return []


@pytest.fixture
def remembered():
    return []


@pytest.fixture
def session(exposures):
    session = Session(exposures, AssembleConfig(max_iterations=1, min_iterations=1))
    session.start()
    return session


@pytest.fixture
def sweeping(session, told, remembered):
    around = Surroundings(
        choice=lambda: FILES,
        remember=lambda *given: remembered.append(given[1]),
        sky=lambda: None,
        told=told.append,
    )
    return Sweeping(session, around)


@pytest.fixture
def view(session, sweeping):
    return SweepView(session, sweeping, local=True)


@pytest.fixture
def swept(sweeping, view):
    """A view whose sweep is done."""
    sweeping.start(GRID, lanes=1)
    return view


def type_into(view, place, knob, values):
    view.form.knobs._handle_msg({"type": "knob", "row": place, "value": knob})
    view.form.knobs._handle_msg({"type": "values", "row": place, "value": values})


def cells(view):
    return {int(row["id"]): row["cells"] for row in view.table.rows}


def lines(view):
    return {int(line["id"]): line for line in view.parallel.plot["lines"]}


def axis(view, key):
    return next(one for one in view.parallel.plot["axes"] if one["key"] == key)


def brush(view, key, low, high):
    message = {"type": "brushed", "axis": key, "low": low, "high": high}
    view.parallel._handle_msg(message)


# --- what is typed


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
    assert "a sweep must turn a knob; got none" in view.form.words.object
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


# --- what comes of it


def test_every_combination_has_a_row_with_its_knobs_and_scores(swept):
    shown = cells(swept)
    assert [(c["knob n_subfilters"], c["knob accelerate"]) for c in shown.values()] == [
        (s, a) for s in ("2", "3") for a in ("1", "2", "5")
    ]
    assert all(c["metric"] > 0 and c["cpu_s"] > 0 for c in shown.values())
    assert swept.results.visible
    assert not swept.invitation.visible
    assert (swept.form.stop.disabled, swept.form.progress.visible) == (True, False)


def test_rows_are_those_of_fits_by_hand(swept, sweeping, exposures):
    config = AssembleConfig(
        max_iterations=1, min_iterations=1, n_subfilters=2, accelerate=5, n_threads=1
    )
    *_, step = dcrviz.assemble(dcrviz.prepare(exposures, config))
    assert sweeping.run(2).row["metric"] == step.metric
    assert cells(swept)[2]["metric"] == step.metric


def test_a_refused_run_says_why_and_is_on_no_axis(sweeping, view, told):
    choices = {"subregion_size": ((2, 2), (48, 48)), "n_subfilters": (2, 3)}
    sweeping.start(SweepPlan(choices=choices), lanes=1)
    refused = [found.number for found in sweeping.found if found.refused]
    assert len(refused) == 2
    assert "must be at least the buffer" in cells(view)[refused[0]]["outcome"]
    assert set(lines(view)).isdisjoint(refused)
    assert "2 refused" in view.words.object
    assert view.words.object.count("was refused: ") == 1
    sweeping.pick(refused[0])
    assert sweeping.picked is None
    sweeping.open(refused[0])
    assert "was refused" in told[0]


def test_visits_that_can_not_be_fitted_end_it_with_a_sentence(session, sweeping, told):
    session.exposures = []
    sweeping.start(GRID, lanes=1)
    assert "needs visits that are prepared" in told[0]
    assert not sweeping.running


def test_a_sweep_can_be_cancelled_and_keeps_what_was_found(session, told):
    workers = []

    class Lane(Later):
        def __init__(self):
            super().__init__()
            workers.append(self)

        def close(self):
            self.closed = True

    around = Surroundings(
        choice=lambda: FILES, remember=lambda *_: None, sky=lambda: None, told=told.append
    )
    sweeping = Sweeping(session, around, make_worker=Lane)
    view = SweepView(session, sweeping)
    sweeping.start(GRID, lanes=2)
    first, second = workers
    assert (view.form.begin.disabled, view.form.stop.disabled) == (True, False)
    first.work()  # the fit as it is
    first.work()
    second.work()
    assert len(sweeping.found) == 2
    assert "2 of 6" in view.form.progress.words
    view.form.stop.press()
    assert (sweeping.running, view.form.begin.disabled, view.form.stop.disabled) == (
        False,
        False,
        True,
    )
    assert [lane.closed for lane in workers] == [True, True]
    # What was at hand ends with its iteration, and is dropped.
    with pytest.raises(Dropped):
        first.work()
    assert len(sweeping.found) == 2
    assert told == []


def test_a_task_that_fails_ends_all_lanes_with_its_sentence(told):
    taken, ended = [], []
    lanes = Lanes(
        make_worker=None, took=taken.append, ended=lambda: ended.append(1), told=told.append
    )

    def work(task, _heed):
        if task == 2:
            raise ValueError("two is too much")
        return task

    lanes.start(lambda _: lambda: work, [1, 2, 3], lanes=3)
    assert (taken, ended, told, lanes.running) == ([1], [1], ["two is too much"], False)


def test_without_an_event_loop_no_result_of_several_threads_is_lost(told):
    taken, ended = [], threading.Event()

    def take(result):
        before = list(taken)
        taken[:] = [*before, result]

    lanes = Lanes(make_worker=Worker, took=take, ended=ended.set, told=told.append)
    lanes.start(lambda _: lambda: lambda task, _: task, range(300), lanes=4)
    assert ended.wait(timeout=30)
    assert sorted(taken) == list(range(300))
    assert told == []


# --- what is picked


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


def test_any_two_numbers_stand_against_each_other_with_their_front(swept):
    swept.sides["x"].value, swept.sides["y"].value = "metric", "accelerate"
    data, front = swept.scatter.source.data, swept.scatter.front.data
    assert sorted(set(data["y"])) == [1, 2, 5]
    assert front["x"][0] == pytest.approx(min(data["x"]))
    assert front["y"][-1] == min(data["y"])
    assert swept.scatter.figure.xaxis[0].axis_label == "Metric"


# --- what can be done


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


# --- in a notebook


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
