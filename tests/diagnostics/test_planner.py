"""Which visit helps most, and which matters most."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.diagnostics.leverage import leverage
from dcrviz.diagnostics.night import path_of
from dcrviz.diagnostics.planner import leave_one_out, plan_next, plan_night, plan_sky
from dcrviz.diagnostics.plans import LeaveOneOut
from dcrviz.simulate import RUBIN

CONFIG = dcrviz.AssembleConfig(solver="direct")
HOURS = np.arange(-12.0, 12.0)


@pytest.fixture(scope="module")
def alike(visits_at):
    return visits_at((1.3, 30), (1.31, 33), (1.29, 28), (1.3, 31))


@pytest.fixture(scope="module")
def candidates(visits_at):
    return visits_at((1.3, 30), (1.3, 120), (1.3, 210), (1.8, 210))


def test_the_error_with_a_visit_is_that_of_all_visits_together(alike, candidates):
    plan = plan_next(alike, candidates, CONFIG)
    assert plan.before == pytest.approx(leverage(alike, CONFIG).colour_error)
    for visit, error in zip(plan.visits, plan.errors, strict=True):
        assert error == pytest.approx(leverage([*alike, visit], CONFIG).colour_error)
    together = [leverage([*alike, visit], CONFIG).errors for visit in candidates]
    np.testing.assert_allclose(plan.term_errors, together)


def test_the_more_a_visit_differs_the_more_it_helps(alike, candidates):
    plan = plan_next(alike, candidates, CONFIG)
    same, quarter, opposite, far = plan.gains
    assert 0 <= same < 0.05
    assert same < quarter < opposite < far < 1
    assert plan.best is candidates[3]
    assert plan.sentence.startswith("The best next visit is 3, at airmass 1.80")


def test_a_deeper_visit_helps_more(alike, candidates):
    deeper = [replace(visit, weight=4.0) for visit in candidates]
    gains = plan_next(alike, candidates, CONFIG).gains
    assert (plan_next(alike, deeper, CONFIG).gains > gains).all()


def test_a_problem_is_planned_for_like_its_visits(exposures, visits_at):
    problem = dcrviz.prepare(exposures, CONFIG)
    plan = plan_next(problem, visits_at((1.2, 10), (2.0, -100)))
    assert plan.before == pytest.approx(leverage(problem).colour_error)
    assert (plan.errors < plan.before).all()
    with pytest.raises(ValueError, match="planning needs the WCS of the visits"):
        plan_next(replace(problem, wcs=None), visits_at((1.2, 10)))


def test_when_no_visit_helps_it_is_said(around, visits_at):
    (weak,) = visits_at((1.0, 0), weight=1e-6)
    assert plan_next(around, [weak], CONFIG).sentence.startswith("None of these visits helps")
    one_plane = CONFIG.with_values(n_subfilters=1)
    plan = plan_next(around, visits_at((1.5, 0)), one_plane)
    np.testing.assert_array_equal(plan.gains, 0)
    assert plan.sentence.startswith("A single subfilter has no colour")


def test_along_a_night_only_what_can_be_seen_is_planned(alike):
    path = path_of(HOURS, dec_deg=2.0, site=RUBIN)
    plan = plan_night(alike, path, CONFIG, airmass_limit=2)
    assert len(plan.visits) == np.count_nonzero(path.below(2)) > 3
    assert all(math.cos(visit.zenith_rad) >= 0.5 for visit in plan.visits)
    assert plan.best.id in path.times
    assert "within airmass 2 at" in plan.sentence


def test_a_target_that_never_rises_has_no_plan_but_a_reason(alike):
    plan = plan_night(alike, path_of(HOURS, dec_deg=80, site=RUBIN), CONFIG)
    assert (plan.visits, plan.best) == ((), None)
    assert plan.sentence.startswith("There is no visit to choose from.")
    assert "never rises at latitude -30.2446 deg" in plan.sentence


def test_the_map_has_the_path_of_the_target_in_its_row(alike):
    paths = [path_of(HOURS, dec_deg=dec, site=RUBIN) for dec in (-60.0, 2.0, 80.0)]
    found = plan_sky(alike, paths, CONFIG)
    assert found.gains.shape == found.reachable.shape == (3, len(HOURS))
    plan = plan_night(alike, paths[1], CONFIG)
    np.testing.assert_allclose(found.gains[1][found.reachable[1]], plan.gains, atol=0.01)
    assert not found.reachable[2].any()
    np.testing.assert_array_equal(found.gains[~found.reachable], 0)
    np.testing.assert_allclose(found.hour_angle_h, HOURS)
    assert (found.altitude_deg[found.reachable] >= 30 - 1e-6).all()


def test_paths_of_a_map_must_fit_together(alike):
    with pytest.raises(ValueError, match="at the same hour angles"):
        plan_sky(alike, [], CONFIG)
    uneven = [path_of(hours, dec_deg=0, site=RUBIN) for hours in (HOURS, HOURS[:3])]
    with pytest.raises(ValueError, match="at the same hour angles"):
        plan_sky(alike, uneven, CONFIG)


def test_the_visit_unlike_the_others_matters_most(alike, visits_at):
    (far,) = visits_at((1.7, -140))
    far = replace(far, id="far")
    verdict = leave_one_out([*alike, far], CONFIG)
    assert verdict.most_important.id == "far"
    assert "Visit far matters most" in verdict.sentence
    assert (verdict.losses[:-1] < 0.1 * verdict.losses[-1]).all()


def test_leaving_out_is_a_factor_of_0(around):
    verdict = leave_one_out(around, CONFIG)
    for visit, error in zip(verdict.visits, verdict.errors, strict=True):
        off = CONFIG.with_values(visit_factors={str(visit.id): 0.0})
        assert error == pytest.approx(leverage(around, off).colour_error)
    assert verdict.term_errors.shape == (6, 2)


def test_a_visit_that_is_off_can_not_be_left_out(around):
    verdict = leave_one_out(around, CONFIG.with_values(visit_factors={"1": 0.0}))
    assert [visit.id for visit in verdict.visits] == [0, 2, 3, 4, 5]


def test_without_its_only_visit_nothing_is_known(visits_at):
    verdict = leave_one_out(visits_at((1.5, 20)), CONFIG)
    np.testing.assert_allclose(verdict.errors, 1)


def test_plans_are_json(alike, candidates):
    plan = plan_next(alike, candidates, CONFIG)
    rows = json.loads(json.dumps(plan.as_mapping(), allow_nan=False))["candidates"]
    assert [row["parallactic_deg"] for row in rows] == pytest.approx([30, 120, 210, 210])
    verdict = leave_one_out(alike, CONFIG)
    mapping = json.loads(json.dumps(verdict.as_mapping(), allow_nan=False))
    assert list(mapping["without"]) == ["0", "1", "2", "3"]


def test_where_no_visit_matters_the_words_say_so_and_tell_the_numbers_apart():
    alike = LeaveOneOut(
        before=0.207,
        visits=(dcrviz.Visit(id="a"), dcrviz.Visit(id="b")),
        errors=np.array([0.2075, 0.21]),
        term_errors=np.zeros((2, 1)),
    )
    assert alike.sentence == (
        "No visit matters much: without b the error of colours grows from 20.7 % to 21 %."
    )
