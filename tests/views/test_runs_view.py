"""The runs of a session in a table: what a person reads of them, and does with them."""

import math
import time
from dataclasses import replace

import pytest

from dcrviz.config_rules import differing_knobs
from dcrviz.session.moments import outline
from dcrviz.views.curves import CourseView
from dcrviz.views.run_rows import what_follows
from dcrviz.views.runs_view import RunsView
from dcrviz.views.wall import ImageWall


@pytest.fixture
def told():
    return []


@pytest.fixture
def saved():
    return []


@pytest.fixture
def curves(session):
    return CourseView(session)


@pytest.fixture
def wall(session):
    wall = ImageWall(session)
    wall.canvas._handle_msg({"type": "size", "side": 60})
    return wall


@pytest.fixture
def view(session, curves, wall, told, saved):
    session.step()
    return RunsView(session, curves=curves, wall=wall, save=saved.append, told=told.append)


def do(view, run, column, value=True):
    (row,) = [row["id"] for row in view.table.rows if row["name"] == run]
    view.table._handle_msg({"type": "turned", "row": row, "column": column, "value": value})


def table(view):
    return {row["name"]: row["cells"] for row in view.table.rows}


def paint_all(wall):
    """What a browser tells that paints all that it is sent."""
    while (seq := wall._busy) is not None:
        wall.canvas._handle_msg({"type": "painted", "seq": seq})


def begin_another(session, iterations=2):
    session.config.n_subfilters = 4
    for _ in range(iterations):
        session.step()


def test_the_run_on_show_is_there_from_the_start(session, view):
    assert list(table(view)) == ["run 1"]
    assert table(view)["run 1"]["metric"] == session.current.metric
    assert [row["look"] for row in view.table.rows] == ["chosen"]


def test_the_runs_are_listed_the_newest_first_with_how_they_ended(session, view):
    session.play()
    first = session.steps[-1]
    begin_another(session)
    assert list(table(view)) == ["run 2", "run 1"]
    row = table(view)["run 1"]
    assert row["metric"] == first.metric
    assert row["iterations"] == first.iteration
    assert row["outcome"] == first.outcome.name.lower().replace("_", " ")


def test_the_time_of_a_run_is_that_of_its_iterations(session, view):
    before, began = table(view)["run 1"]["seconds"], time.perf_counter()
    session.play()
    passed = time.perf_counter() - began
    assert before < table(view)["run 1"]["seconds"] <= before + passed
    session.moments = [replace(moment, seconds=1.5) for moment in session.moments]
    assert table(view)["run 1"]["seconds"] == 1.5 * session.current.iteration


def test_a_run_that_was_opened_has_no_time(session, view):
    session.play()
    session.moments = [replace(moment, seconds=math.nan) for moment in session.moments]
    assert table(view)["run 1"]["seconds"] is None


def test_the_scores_are_those_of_the_curves_at_the_end(session, view, curves):
    begin_another(session)
    for run, moments in (("run 2", session.moments), ("run 1", session.branches[0].moments)):
        end = curves.course_of(moments)[-1]
        row = table(view)[run]
        assert row["holes"] == 100 * end.hole_fraction
        assert row["wings"] == 100 * end.wing_fraction
        assert row["flux"] == pytest.approx(100 * (end.flux_ratio - 1))


def test_the_knobs_in_which_the_runs_differ_have_columns(session, view):
    assert not [c for c in view.table.columns if c["key"].startswith("knob")]
    begin_another(session)
    assert [c["title"] for c in view.table.columns if c["key"].startswith("knob")] == [
        "n subfilters"
    ]
    assert [row["knob n_subfilters"] for row in table(view).values()] == ["4", "3"]
    session.config.visit_factors = {session.problem.visits[0].id: 0.5}
    assert "0.5" in table(view)["run 3"]["knob visit_factors"]
    assert table(view)["run 1"]["knob visit_factors"] == "none"


def test_knobs_that_are_alike_in_all_runs_do_not_differ():
    assert differing_knobs([{"a": 1, "b": None}, {"a": 1, "b": 2}, {"a": 1, "b": None}]) == ["b"]
    assert differing_knobs([{"a": 1}]) == []


def test_a_run_is_renamed_pinned_shown_and_deleted(session, view):
    do(view, "run 1", "name", "three planes")
    begin_another(session)
    do(view, "three planes", "pinned")
    do(view, "three planes", "show")
    assert (session.title, session.pinned) == ("three planes", True)
    do(view, "run 2", "delete")
    assert list(table(view)) == ["three planes"]


def test_a_click_on_a_row_that_lags_behind_does_what_it_says_to_the_run_that_it_is_of(
    session, view
):
    begin_another(session)
    rows = {row["name"]: row["id"] for row in view.table.rows}

    def late(run, column, value=True):
        view.table._handle_msg(
            {"type": "turned", "row": rows[run], "column": column, "value": value}
        )

    late("run 1", "name", "three planes")
    late("run 1", "pinned")
    assert [(one.name, one.pinned) for one in session.branches] == [("three planes", True)]
    late("run 1", "show")
    late("run 2", "delete")
    assert (session.title, session.branches) == ("three planes", [])
    late("run 2", "name", "gone")
    late("run 2", "pinned", False)
    assert (session.title, session.pinned) == ("three planes", True)


def test_a_name_that_is_taken_is_refused_in_words(session, view, told):
    begin_another(session)
    do(view, "run 1", "name", "run 2")
    assert list(table(view)) == ["run 2", "run 1"]
    assert told == ["a run must have a name that no other run has; got 'run 2'"]


def test_the_run_on_show_has_no_buttons(view):
    row = table(view)["run 1"]
    assert [row[key] for key in ("show", "compare", "save", "delete")] == [""] * 4


def test_saving_asks_for_that_run(session, view, saved):
    begin_another(session)
    do(view, "run 1", "save")
    assert saved == [0]


def test_a_pinned_run_is_drawn_beside_the_one_on_show_until_it_is_let_go(session, view, curves):
    curves.__panel__()
    (place,) = curves._shown
    session.pin()
    begin_another(session)
    source = place.charts.overlaid
    metrics = [moment.step.metric for moment in session.branches[0].moments]
    assert list(source.data["run"]) == ["run 1"]
    assert list(source.data["metric"][0]) == pytest.approx(metrics)
    do(view, "run 1", "pinned", False)
    assert len(source.data["run"]) == 0


def test_a_panel_of_two_runs_is_compared_without_leaving_the_step_on_show(session, view, wall):
    begin_another(session, iterations=3)
    paint_all(wall)
    shown, sent, frames = wall.canvas.shown, [], []
    wall._held.drop([str(session.branches[0].moments[-1].number)])
    wall.canvas.tell = sent.append
    wall.canvas.param.watch(lambda event: frames.append(event.new), "frame")
    view.panel.value = "plane 1"
    do(view, "run 1", "compare")
    paint_all(wall)
    (message,) = sent
    numbers = [str(session.shown.number), str(session.branches[0].moments[-1].number)]
    assert [item["id"] for item in message["items"]] == numbers
    assert {item["key"] for item in message["items"]} == {"plane 1"}
    titles = [item["title"].rsplit(", ", 2)[1:] for item in message["items"]]
    assert titles == [["run 2", "iteration 3"], ["run 1", "iteration 1"]]
    (frame,) = frames
    assert f'"id": "{numbers[1]}"'.encode() in frame
    assert wall.canvas.shown == shown == numbers[0]


def test_before_the_end_the_same_iteration_of_the_other_run_is_compared(session, view, wall):
    for _ in range(2):
        session.step()
    begin_another(session, iterations=3)
    session.show(1)
    sent = []
    wall.canvas.tell = sent.append
    do(view, "run 1", "compare")
    assert [item["title"].rsplit(", ", 1)[1] for item in sent[0]["items"]] == ["iteration 1"] * 2


def test_a_panel_that_the_other_run_lacks_is_not_compared(session, view, told):
    begin_another(session)
    view.panel.value = "plane 3"
    do(view, "run 1", "compare")
    assert told == ["run 1 has no panel like this one to compare it with"]


def test_a_run_whose_images_were_let_go_says_so_instead_of_nothing(session, view, told):
    session.step()
    begin_another(session)
    branch = session.branches[0]
    outlines = tuple(outline(moment) for moment in branch.moments)
    session.branches = [replace(branch, moments=outlines)]
    do(view, "run 1", "compare")
    assert told == ["the images of run 1 were let go: Show it, and they are made again"]


def test_the_words_tell_what_becomes_of_the_run(session, view):
    def words():
        assert what_follows(session) in view.words.object.replace("&#x27;", "'")
        return what_follows(session)

    assert words() == "Step or Play goes on with run 1."
    session.config.accelerate = 2.0
    assert words() == "The next iteration of run 1 takes the knobs as they are now (accelerate)."
    session.config.accelerate = 3.0
    session.step()
    session.show(1)
    assert "goes on along run 1 as it is stored" in words()
    session.config.accelerate = 2.0
    assert words() == (
        "Step or Play begins a new run from iteration 1 with other knobs (accelerate); run 1 is "
        "kept below."
    )
    session.step()
    assert (session.title, session.branches[0].name) == ("run 2", "run 1")
    session.play()
    assert words().startswith("run 2 has ended.")
    session.config.n_subfilters = 2
    assert words().startswith("Other knobs or other visits begin a new run")


def test_what_can_be_done_and_what_differs_stand_before_the_scores(session, view):
    session.step()
    session.config.n_subfilters = 2
    session.start()
    keys = [column["key"] for column in view.table.columns]
    assert keys.index("delete") < keys.index("knob n_subfilters") < keys.index("metric")


def test_where_runs_are_of_other_visits_a_column_says_of_which(session, exposures, curves, wall):
    names = {id(exposures[0]): "A field", id(exposures[2]): "Another"}
    view = RunsView(
        session,
        curves=curves,
        wall=wall,
        save=print,
        told=print,
        visits=lambda of: names[id(of[0])],
    )
    session.step()
    begin_another(session)
    view.refresh()
    assert "visits" not in [column["key"] for column in view.table.columns]
    session.open_data(exposures[2:])
    session.start()
    view.refresh()
    assert "visits" in [column["key"] for column in view.table.columns]
    shown = {row["name"]: row["cells"]["visits"] for row in view.table.rows}
    assert shown == {"run 1": "A field", "run 2": "A field", "run 3": "Another"}
