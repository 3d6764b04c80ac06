"""The visits in a table and on the sky: what a person reads there, and what they turn."""

from dataclasses import replace

import numpy as np
import pytest
from later import Later

from dcrviz.diagnostics.visit_entries import visit_entries
from dcrviz.session import Session
from dcrviz.views.visits import VisitsView


@pytest.fixture
def chosen():
    return []


@pytest.fixture
def view(session, chosen):
    return VisitsView(session, chosen=chosen.append)


def cells(view):
    return {row["id"]: row["cells"] for row in view.table.rows}


def looks(view):
    return {row["id"]: row["look"] for row in view.table.rows if row["look"]}


def turn(view, visit, column, value):
    view.table._handle_msg({"type": "turned", "row": visit, "column": column, "value": value})


def test_a_row_tells_how_the_visit_was_taken_and_what_it_counts(session, view):
    (first, *_), visit = view.table.rows, session.problem.visits[0]
    assert first["id"] == str(visit.id)
    assert first["cells"]["airmass"] == pytest.approx(visit.airmass)
    assert first["cells"]["angle"] == pytest.approx(np.degrees(visit.parallactic_rad))
    assert sum(row["share"] for row in cells(view).values()) == pytest.approx(100)


def test_the_seeing_is_in_arcseconds(session):
    """Pixels of made fields have a side of 0.2 arcseconds."""
    (entry, *_), visit = visit_entries(session.problem), session.problem.visits[0]
    assert entry.seeing_arcsec == pytest.approx(0.2 * visit.psf_fwhm_px, rel=1e-3)


def test_what_nobody_told_is_left_empty(exposures):
    silent = [replace(e, visit=replace(e.visit, psf_fwhm_px=None, time="")) for e in exposures]
    session = Session(silent)
    session.start()
    row = VisitsView(session).table.rows[0]["cells"]
    assert (row["seeing"], row["time"]) == (None, "")


def test_the_metric_is_that_of_the_step_on_show(session, view):
    session.step()
    shown = [row["metric"] for row in cells(view).values()]
    np.testing.assert_array_equal(shown, session.current.history.visit_metrics[1])
    session.back()
    shown = [row["metric"] for row in cells(view).values()]
    np.testing.assert_array_equal(shown, session.current.history.visit_metrics[0])


def test_switching_a_visit_off_begins_a_run_without_it_and_keeps_the_old_one(session, view):
    session.step()
    visit = view.table.rows[2]["id"]
    turn(view, visit, "on", False)
    assert session.config.visit_factors == {visit: 0}
    assert len(session.branches) == 1
    session.start()
    assert (cells(view)[visit]["on"], cells(view)[visit]["share"]) == (False, 0)
    assert looks(view) == {visit: "off"}


def test_visits_that_were_refused_are_not_mixed_with_those_before(exposures):
    worker = Later()
    session = Session(exposures, worker=worker)
    view = VisitsView(session)
    session.start()
    worker.work()
    others = [replace(e, visit=replace(e.visit, id=f"other {e.visit.id}")) for e in exposures]
    session.open_data([others[0], replace(others[1], xy0=(3, 0))])
    session.start()
    assert len(view.table.rows) == len(exposures), "while others are prepared"
    worker.work()
    assert "whose XY0 is (0, 0)" in session.error
    assert view.table.rows == []


def test_switching_it_on_again_leaves_nothing_turned(session, view):
    visit = view.table.rows[2]["id"]
    turn(view, visit, "on", False)
    turn(view, visit, "on", True)
    assert session.config.changed() == {"max_iterations": 3}


def test_a_weight_counts_that_much_more(session, view):
    visit = view.table.rows[0]["id"]
    before = cells(view)[visit]["share"]
    turn(view, visit, "weight", 3)
    session.start()
    assert cells(view)[visit]["weight"] == 3
    assert cells(view)[visit]["share"] == pytest.approx(3 * before / (1 + 2 * before / 100))


def test_the_table_stays_while_a_run_can_not_be_prepared(session, view):
    for row in list(view.table.rows):
        turn(view, row["id"], "on", False)
    with pytest.raises(ValueError, match="must leave at least one visit on"):
        session.start()
    assert not any(row["on"] for row in cells(view).values())
    turn(view, view.table.rows[0]["id"], "on", True)
    session.start()
    assert [row["on"] for row in cells(view).values()] == [True] + [False] * 5


def test_on_the_sky_a_visit_is_as_far_out_as_its_light_is_refracted(session, view):
    marks = {mark["id"]: mark for mark in view.sky.marks}
    for visit in session.problem.visits:
        mark = marks[str(visit.id)]
        assert mark["radius"] == pytest.approx(np.sqrt(visit.airmass**2 - 1))
        assert mark["angle"] == pytest.approx(np.degrees(visit.parallactic_rad))
    assert max(ring["radius"] for ring in view.sky.rings) >= max(
        m["radius"] for m in marks.values()
    )


def test_a_visit_with_more_weight_is_larger_and_one_that_is_off_is_hollow(session, view):
    large, off = (row["id"] for row in view.table.rows[:2])
    turn(view, large, "weight", 4)
    turn(view, off, "on", False)
    session.start()
    marks = {mark["id"]: mark for mark in view.sky.marks}
    assert max(marks.values(), key=lambda mark: mark["size"])["id"] == large
    assert [mark["id"] for mark in marks.values() if "off" in mark["look"]] == [off]
    assert marks[off]["label"].endswith("off")


@pytest.mark.parametrize("part", ["table", "sky"])
def test_choosing_a_visit_marks_it_in_both_and_tells_which_it_is(view, chosen, part):
    visit = view.table.rows[3]["id"]
    for told in (3, None):
        getattr(view, part)._handle_msg({"type": "chosen", "row": visit})
        assert chosen[-1] == told
        marked = {mark["id"] for mark in view.sky.marks if mark["look"] == "chosen"}
        assert marked == set(looks(view)) == ({visit} if told else set())


def test_resting_on_a_visit_marks_it_in_both_until_the_pointer_leaves(view):
    visit = view.table.rows[3]["id"]
    view.sky._handle_msg({"type": "hovered", "row": visit})
    assert looks(view) == {visit: "hovered"}
    view.sky._handle_msg({"type": "hovered", "row": ""})
    assert looks(view) == {}


def test_a_configuration_that_is_exchanged_is_the_one_that_is_turned(session, view):
    session.config = session.config.with_values(n_subfilters=2)
    visit = view.table.rows[0]["id"]
    turn(view, visit, "weight", 2)
    assert session.config.visit_factors == {visit: 2}
    assert cells(view)[visit]["weight"] == 2
