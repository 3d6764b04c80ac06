"""The sections of the Diagnose tab: what a person reads in each, and what they start there."""

import gc
import weakref

import numpy as np
import pytest
from bokeh.models import Plot
from later import Later

import dcrviz
from dcrviz import AssembleConfig
from dcrviz.diagnostics.direction import residual_direction
from dcrviz.diagnostics.holdout import held_out
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.session import Session
from dcrviz.views.ablation_view import AblationView
from dcrviz.views.curves import CourseView
from dcrviz.views.diagnose import DiagnoseView
from dcrviz.views.direction_view import DirectionView
from dcrviz.views.holdout_view import HoldOutView
from dcrviz.views.leverage_view import LeverageView
from dcrviz.views.night_plan_view import NightPlanView
from dcrviz.views.sky_plan_view import SkyPlanView
from dcrviz.views.tabs import Tabs
from dcrviz.views.verdicts import Verdicts


def cells(table):
    return {row["id"]: row["cells"] for row in table.rows}


@pytest.fixture
def told():
    return []


@pytest.fixture
def diagnose(session, told):
    verdicts = Verdicts(session, curves=CourseView(session), judge=lambda *_: ())
    return DiagnoseView(
        session, verdicts, show=told.append, told=told.append, sky=lambda: None, worker=None
    )


def opened(diagnose):
    """The cards of the tab, each open."""
    cards = diagnose.__panel__().objects[1:]
    for card in cards:
        card.collapsed = False
    return cards


def test_what_the_visits_can_tell_is_what_leverage_says(session):
    view, found = LeverageView(session), dcrviz.leverage(session.problem)
    assert found.sentence in view.words.object
    shown = cells(view.terms)
    assert list(shown) == list(found.terms)
    assert [row["lost"] for row in shown.values()] == pytest.approx(list(100 * found.lost))
    noise = [row["noise"] for row in cells(view.planes).values()]
    assert noise == pytest.approx(list(found.plane_amplification))


def test_the_visit_that_matters_most_stands_first(session):
    view, found = LeverageView(session), dcrviz.leave_one_out(session.problem)
    assert view.without.rows[0]["id"] == str(found.most_important.id)
    losses = [row["loss"] for row in cells(view.without).values()]
    assert losses == sorted(losses, reverse=True)


def test_other_visits_are_looked_at_anew(session):
    view = LeverageView(session)
    before = view.terms.rows
    session.config.n_subfilters = 2
    session.start()
    view.refresh()
    assert list(cells(view.terms)) == ["slope"]
    assert view.terms.rows != before


def test_a_single_subfilter_has_no_colour_that_a_visit_could_tell(exposures):
    session = Session(exposures, AssembleConfig(n_subfilters=1))
    session.start()
    view, sky = LeverageView(session), SkyPlanView(session)
    sky.start()
    assert "A single subfilter has no colour" in view.words.object
    assert view.terms.rows == []
    assert np.nanmax(sky.source.data["gain"][0]) == 0


def test_the_map_of_the_sky_has_the_field_s_declination(session):
    view = SkyPlanView(session)
    view.start()
    (gain,) = view.source.data["gain"]
    assert np.nanmax(gain) == pytest.approx(view.colours.high)
    # Half of the sky is below the horizon.
    assert np.isnan(gain).any()
    _, dec = session.problem.wcs.pixel_to_world_values(30, 28)
    assert view.target.location == pytest.approx(float(dec), abs=0.01)


def test_a_night_is_planned_for_the_field_and_the_site_of_the_visits(session):
    view = NightPlanView(session)
    view.date.value = "2015-02-18"
    view.start()
    site = session.problem.visits[0].site
    ra, dec = (view.numbers[name].value for name in ("ra", "dec"))
    night = dcrviz.night_of("2015-02-18", ra_deg=ra, dec_deg=dec, site=site)
    plan = dcrviz.plan_night(session.problem, night)
    assert plan.sentence in view.words.object
    assert view.source.data["gain"] == pytest.approx(list(100 * plan.gains))


@pytest.mark.parametrize(
    ("date", "sentence"), [("yesterday", "YYYY-MM-DD"), ("2015-02-31", "2015-02-31")]
)
def test_a_date_that_is_none_is_told_and_the_last_plan_goes(session, date, sentence):
    view = NightPlanView(session)
    view.date.value = "2015-02-18"
    view.start()
    view.date.value = date
    view.start()
    assert sentence in view.words.object
    assert not view.figures.visible


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ra", 9999.0, "RA [deg] must be a number from -360 to 360; got 9999.0"),
        ("dec", -95.0, "Dec [deg] must be a number from -90 to 90; got -95.0"),
        ("airmass", 0.5, "Airmass at most must be a number from 1 to 10; got 0.5"),
        ("latitude", None, "Latitude [deg] must be a number from -90 to 90; got None"),
    ],
)
def test_a_number_that_can_not_be_is_told_and_the_last_plan_goes(session, name, value, sentence):
    view = NightPlanView(session)
    view.date.value = "2015-02-18"
    view.start()
    view.numbers[name].value = value
    view.start()
    assert sentence in view.words.object
    assert not view.figures.visible


def test_what_was_typed_stays_while_knobs_make_other_problems_of_the_same_visits(session):
    view = NightPlanView(session)
    view.numbers["dec"].value = 12.0
    session.config.n_subfilters = 2
    session.start()
    view.refresh()
    assert view.numbers["dec"].value == 12.0


def test_every_visit_is_held_out_as_by_hand(session, exposures):
    view = HoldOutView(session)
    view.start()
    by_hand = list(held_out(exposures, session.config))
    shown = cells(view.table)
    assert list(shown) == [str(one.id) for one in by_hand]
    assert [row["model"] for row in shown.values()] == [one.model_sigma for one in by_hand]
    assert "6 of 6 visits" in view.progress.words
    assert (view.begin.disabled, view.cancel.disabled) == (False, True)


def test_what_holding_out_found_is_told_once_it_has_ended(session):
    heard = []
    view = HoldOutView(session, found=lambda *given: heard.append(given))
    view.start()
    ((problem, held),) = heard
    assert problem is session.problem
    assert [str(one.id) for one in held] == list(cells(view.table))


def test_holding_out_can_be_cancelled_between_two_visits(session):
    worker = Later()
    view = HoldOutView(session, worker=worker)
    view.begin.press()
    assert (view.begin.disabled, view.cancel.disabled) == (True, False)
    worker.work()
    view.cancel.press()
    worker.work()
    assert (len(view.table.rows), worker.jobs) == (1, [])
    assert (view.begin.disabled, view.progress.visible) == (False, False)


def test_too_few_visits_to_hold_one_out_are_told(exposures):
    session = Session(exposures[:2])
    session.start()
    view = HoldOutView(session)
    view.start()
    assert "needs 3 visits that are on or more; got 2" in view.words.object
    assert not view.begin.disabled


def test_the_direction_is_that_of_the_step_on_show(session):
    session.step(2)
    session.back()
    view = DirectionView(session)
    view.start()
    found = residual_direction(session.problem, shown_planes(session.current))
    assert "Iteration 1 of run 1." in view.words.object
    shown = dict(zip(view.angles.data["angle"], view.angles.data["shrink"], strict=True))
    assert shown == {one.name: one.shrink for one in found.hypotheses}
    assert view.offsets.data["size"][:2] == [found.along_px, found.across_px]


def test_the_truth_is_told_where_the_sky_is_a_made_one(session, scene):
    session.step()
    without, with_truth = DirectionView(session), DirectionView(session, sky=lambda: scene)
    for view in (without, with_truth):
        view.start()
    assert "true ones" in with_truth.words.object
    assert "true ones" not in without.words.object


@pytest.fixture
def ablated(session, told):
    view = AblationView(session, try_knobs=told.append)
    view.knobs.value = ["accelerate", "n_subfilters"]
    view.start()
    return view


def test_the_chosen_knobs_are_turned_and_what_changes_most_stands_first(ablated):
    shown = list(cells(ablated.table).values())
    assert {row["knob"] for row in shown} == {"accelerate", "n subfilters"}
    effects = [row["effect"] for row in shown]
    assert effects == sorted(effects, reverse=True)
    assert (ablated.found.visible, ablated.begin.disabled) == (True, False)


def test_the_tornado_shows_the_score_that_is_chosen(ablated):
    ablated.score.value = "iterations"
    assert ablated.chart.figure.title.text.startswith("Iterations")


def test_a_value_of_the_table_can_be_tried(ablated, told):
    row = next(r for r in ablated.table.rows if r["cells"]["knob"] == "n subfilters")
    message = {"type": "turned", "row": row["id"], "column": "try", "value": True}
    ablated.table._handle_msg(message)
    (knobs,) = told
    assert knobs == {"n_subfilters": int(row["cells"]["value"])}


def test_an_ablation_can_be_cancelled(session, told):
    worker = Later()
    view = AblationView(session, try_knobs=told.append, worker=worker)
    view.knobs.value = ["accelerate"]
    view.begin.press()
    for _ in range(2):
        worker.work()
    view.cancel.press()
    worker.work()
    assert (len(view.table.rows), worker.jobs, view.begin.disabled) == (1, [], False)


def test_a_knob_without_effect_says_why_it_is_not_turned(session, told):
    view = AblationView(session, try_knobs=told.append)
    view.knobs.value = ["tolerance"]
    view.start()
    assert "tolerance: no effect: the solver is not pcg." in view.words.object


def test_sections_are_made_when_they_are_opened(diagnose):
    cards = diagnose.__panel__().objects[1:]
    assert len(cards) >= 6
    assert not any(card.objects for card in cards)
    for card in cards:
        card.collapsed = False
    assert all(card.objects for card in cards)


def test_the_tab_can_be_shown_twice(diagnose):
    first, second = (diagnose.__panel__() for _ in range(2))
    for tab in (first, second):
        for card in tab.objects[1:]:
            card.collapsed = False
    roots = [tab.get_root() for tab in (first, second)]
    plots = [{plot.id for plot in root.select({"type": Plot})} for root in roots]
    assert plots[0]
    assert plots[0].isdisjoint(plots[1])


def test_figures_are_dark_on_a_dark_page_whenever_they_were_made(diagnose):
    diagnose.paint(dark=True)
    roots = [card.get_root() for card in opened(diagnose)]
    plots = [plot for root in roots for plot in root.select({"type": Plot})]
    assert {plot.title.text_color for plot in plots} == {"#e6e9ed"}
    diagnose.paint(dark=False)
    assert {plot.title.text_color for plot in plots} == {"#1c2330"}


def test_a_section_looks_at_other_visits_when_the_tab_is_on_show_again(session, diagnose):
    card, *_ = opened(diagnose)
    (section,) = [one for one in diagnose._sections if isinstance(one, LeverageView)]
    session.config.n_subfilters = 2
    session.start()
    assert list(cells(section.terms)) == ["slope", "curvature"]
    diagnose.turn(True)
    assert list(cells(section.terms)) == ["slope"]
    assert card.objects


def test_a_remedy_that_can_not_be_tried_is_told(diagnose, told):
    diagnose.try_knobs({"n_subfilters": -1})
    (sentence,) = told
    assert "n_subfilters" in sentence


def test_a_part_under_a_heading_is_made_when_it_is_first_on_show():
    made = []
    tabs = Tabs("Parts", {name: (lambda name=name: made.append(name) or name) for name in "ab"})
    page = tabs.__panel__()
    _, first, second = page.objects
    assert (made, first.visible, second.visible) == (["a"], True, False)
    tabs.bar.value = "b"
    tabs.bar.value = "a"
    tabs.bar.value = "b"
    assert (made, first.visible, second.visible) == (["a", "b"], False, True)


@pytest.mark.parametrize(
    "make",
    [SkyPlanView, NightPlanView, HoldOutView, DirectionView],
    ids=["sky", "night", "held out", "direction"],
)
def test_findings_of_what_is_not_on_show_any_more_say_so(session, exposures, make):
    session.step()
    view = make(session)
    view.refresh()
    assert not view.outdated.visible
    view.start()
    assert not view.outdated.visible
    session.open_data(exposures[:4])
    session.start()
    view.refresh()
    assert view.outdated.visible
    assert "found for run 1 of other visits than those on show" in view.outdated.object
    view.start()
    assert not view.outdated.visible


def test_findings_with_other_knobs_of_the_problem_say_of_which_run_they_are(session):
    view = SkyPlanView(session)
    view.start()
    session.config.n_subfilters = 2
    session.start()
    view.refresh()
    assert "What is below was found for run 1. Ask again." in view.outdated.object


def test_findings_do_not_keep_the_pixels_that_they_are_of(session, exposures):
    view = SkyPlanView(session)
    view.start()
    problem = weakref.ref(session.problem)
    session.open_data(exposures[:4])
    session.start()
    for index in reversed(range(len(session.branches))):
        session.delete(index)
    gc.collect()
    assert problem() is None
