"""The curves hold the course of the run on show, each step sent once."""

from dataclasses import replace

import numpy as np
import pytest
from bokeh.events import Tap
from bokeh.models import ColumnDataSource
from later import Later

from dcrviz import AssembleConfig
from dcrviz.diagnostics.course import course_entry
from dcrviz.session import Session
from dcrviz.views import curves
from dcrviz.views.curves import CourseView


@pytest.fixture
def view(session):
    return CourseView(session)


@pytest.fixture
def charts(view):
    view.__panel__()
    return view._shown[-1].charts


def test_the_curves_hold_the_whole_course(session, charts):
    session.play()
    history = session.current.history
    data = charts.source.data
    assert data["metric"][: len(history.metrics)] == list(history.metrics)
    np.testing.assert_array_equal(data["gain"][1 : 1 + len(history.gains)], history.gains)
    assert data["index"] == [step.index for step in session.steps]


def test_each_visit_has_its_own_course(session, charts):
    session.play()
    drawn = zip(*charts.visits.data.values(), strict=True)
    (name,) = (str(visit.id) for visit in session.problem.visits[2:3])
    visit = [row[:4] for row in drawn if row[4] == name]
    metrics = [step.history.visit_metrics[step.iteration][2] for step in session.steps]
    places = range(len(metrics) - 1)
    assert visit == [(k, metrics[k], k + 1, metrics[k + 1]) for k in places]


def drawn_title(session):
    view = CourseView(session)
    view.__panel__()
    return view._shown[-1].charts.figures["metric"].title.text


def test_a_metric_that_is_not_measured_says_so(session, exposures):
    assert drawn_title(session) == "Metric: all visits, and each (thin)"
    unmeasured = Session(exposures, AssembleConfig(use_convergence=False))
    unmeasured.start()
    assert drawn_title(unmeasured) == "Metric: not measured in this run"


def test_the_numbers_are_those_of_the_step_and_the_one_before(session, view):
    session.step()
    session.step()
    before, step = session.steps[1:]
    expected = course_entry(session.problem, step, before)
    assert view.entries[2].change_sigma == expected.change_sigma
    assert view.entries[2].clamped == expected.clamped


def test_the_threshold_is_that_of_the_knobs_of_the_iteration(session, view):
    session.config.convergence_threshold = 0.5
    session.step()
    assert view.entries[1].threshold == session.steps[0].metric / 1.5


def test_a_new_step_is_streamed_and_nothing_is_sent_again(session, charts, monkeypatch):
    session.step()
    rows = []
    monkeypatch.setattr(ColumnDataSource, "stream", lambda _, new: rows.append(new))
    held = charts.source.data, charts.visits.data
    session.step()
    n_visits = len(session.problem.visits)
    assert [row["index"] for row in rows] == [[2.0], [2.0] * n_visits]
    assert (charts.source.data, charts.visits.data) == held


def test_going_back_sends_only_the_mark(session, charts, monkeypatch):
    session.play()
    monkeypatch.setattr(ColumnDataSource, "stream", lambda *_: pytest.fail("sent again"))
    held = charts.source.data
    session.show(1)
    assert charts.source.data is held
    assert {mark.location for mark in charts.marks} == {1}


def test_curves_that_nobody_sees_are_drawn_once_they_are_on_show_again(session, view, charts):
    session.step()
    view.turn(False)
    held = charts.source.data
    session.play()
    assert charts.source.data is held
    assert len(view.entries) == len(session.moments)
    view.turn(True)
    assert charts.source.data["index"] == [step.index for step in session.steps]
    assert {mark.location for mark in charts.marks} == {session.current.index}


def test_starting_anew_takes_the_old_course_away(session, charts):
    session.play()
    session.reset()
    assert charts.source.data["index"] == [0]


def test_a_branch_shows_its_own_course(session, charts):
    session.step()
    session.step()
    session.show(1)
    session.config.accelerate = 1.5
    session.step()
    assert len(charts.source.data["index"]) == 3
    assert charts.source.data["metric"][2] == session.current.metric


def test_every_step_is_looked_at_once(session, view, monkeypatch):
    looked = []

    def noting(problem, step, *others):
        looked.append(step.index)
        return course_entry(problem, step, *others)

    monkeypatch.setattr(curves, "course_entry", noting)
    session.play()
    session.show(0)
    assert looked == sorted(set(looked))
    assert len(looked) == len(view.entries) - 1


@pytest.mark.parametrize(("x", "place"), [(0.3, 0), (1.2, 1), (1.9, 2), (99.0, 3)])
def test_a_click_shows_the_nearest_step(session, charts, x, place):
    for _ in range(3):
        session.step()
    plot = charts.figures["flux"]
    plot._trigger_event(Tap(model=plot, sx=0, sy=0, x=x, y=0))
    assert session.cursor == place


def test_figures_and_renderers_stay_whatever_run_they_show(session, view, charts):
    models = {model.id for plot in charts.figures.values() for model in plot.references()}
    session.play()
    session.exposures = session.exposures[:4]
    session.config.solver = "pcg"
    session.start()
    view.overlay("run 1", view.entries)
    assert {m.id for plot in charts.figures.values() for m in plot.references()} == models


def test_other_visits_take_the_place_of_the_former(session, charts):
    session.exposures = session.exposures[:4]
    session.step()
    assert charts.visits.data["visit"] == [str(visit.id) for visit in session.problem.visits]


def test_conjugate_gradients_show_the_residual_of_their_equations_on_a_log_axis(exposures):
    session = Session(exposures, AssembleConfig(solver="pcg", max_iterations=2))
    session.start()
    view = CourseView(session)
    view.__panel__()
    session.play()
    (place,) = view._shown
    assert (place.panes["residual"].visible, place.panes["gain"].visible) == (True, False)
    assert "Log" in type(place.charts.figures["residual"].y_scale).__name__
    data = place.charts.source.data
    assert data["residual"][1] == session.steps[1].history.residuals[0]
    session.config.solver = "direct"
    session.start()
    assert (place.panes["residual"].visible, place.panes["gain"].visible) == (False, True)


def test_other_runs_are_overlaid_under_their_names_and_taken_away(view, charts, exposures):
    other = Session(exposures[:3], AssembleConfig(max_iterations=2))
    other.play()
    pinned = CourseView(other).entries
    view.overlay("run 1", pinned)
    view.overlay("run 2", pinned[:2])
    held = charts.overlaid.data
    assert held["run"] == ["run 1", "run 2"]
    assert held["metric"][0] == [entry.metric for entry in pinned]
    assert len(set(held["colour"])) == 2
    view.overlay("run 1", ())
    assert charts.overlaid.data["run"] == ["run 2"]


def test_an_overlay_is_drawn_wherever_the_curves_are_shown_later(session, view):
    session.step()
    view.overlay("run 1", view.entries)
    view.__panel__()
    assert len(view._shown[-1].charts.overlaid.data["index"][0]) == 2


def test_with_a_worker_the_page_never_computes_and_misses_no_step(session):
    worker = Later()
    view = CourseView(session, worker=worker)
    session.step()
    session.step()
    assert view.entries == []
    while worker.jobs:
        worker.work()
    assert [entry.index for entry in view.entries] == [0, 1, 2]


@pytest.fixture
def worker():
    return Later()


@pytest.fixture
def worked_charts(session, worker):
    """The figures of a view whose numbers a worker finds, with those of the start."""
    view = CourseView(session, worker=worker)
    view.__panel__()
    (place,) = view._shown
    worker.work()
    return place.charts


def test_the_mark_comes_to_a_new_step_with_its_numbers(session, worker, worked_charts):
    session.step()
    assert {mark.location for mark in worked_charts.marks} == {0}
    worker.work()
    assert worked_charts.source.data["index"] == [0, 1]
    assert {mark.location for mark in worked_charts.marks} == {1}


def test_the_mark_follows_the_numbers_of_a_run_that_is_ahead_of_them(
    session, worker, worked_charts
):
    session.step()
    session.step()
    worker.work()
    assert {mark.location for mark in worked_charts.marks} == {1}
    worker.work()
    assert {mark.location for mark in worked_charts.marks} == {2}


def test_the_last_course_stays_until_something_of_the_next_is_known(session, exposures):
    worker, other = Later(), Session(exposures, AssembleConfig(n_subfilters=2))
    view = CourseView(session, worker=worker)
    view.__panel__()
    (place,) = view._shown
    session.step()
    while worker.jobs:
        worker.work()
    other.start()
    # As a run that follows its knobs is exchanged.
    session.param.update(problem=other.problem, cursor=0, moments=other.moments)
    assert place.charts.source.data["index"] == [0, 1]
    while worker.jobs:
        worker.work()
    assert place.charts.source.data["index"] == [0]


def test_numbers_that_fail_are_told(session):
    worker = Later()
    CourseView(session, worker=worker)
    worker.jobs.pop()[2]("no numbers")
    assert session.error == "no numbers"


def test_the_longest_of_the_runs_that_are_drawn_has_room(session, charts):
    session.step()
    entry = course_entry(session.problem, session.current)
    charts.overlay("longer", [replace(entry, index=index) for index in range(12)])
    assert charts._steps.end == pytest.approx(11.3)
    session.step()
    assert charts._steps.end == pytest.approx(11.3)
    charts.overlay("longer", [])
    assert charts._steps.end == pytest.approx(6.3)


def test_a_run_that_was_made_elsewhere_has_its_course_at_once(session, view, exposures):
    other = Session(exposures, AssembleConfig(max_iterations=2))
    other.play()
    other.reset()
    (branch,) = other.branches
    told = []
    view.tell(lambda: told.append(len(view.course_of(session.branches[0].moments))))
    session.take_branch(branch)
    assert told[-1] == len(branch.moments)
