"""Each disease of visits and planes is named, and a healthy field is not."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz import AssembleConfig, assemble, prepare
from dcrviz.diagnostics.before import before_verdicts
from dcrviz.diagnostics.leverage import leverage
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.transients import find_transients
from dcrviz.diagnostics.verdict import verdict_record
from dcrviz.engine.template import template_maker_of
from dcrviz.simulate import MadeField, made_exposures, made_scene, made_visits, simulate_exposures

SPREAD = MadeField(n_stars=16, size_px=112, n_visits=8)


@pytest.fixture(scope="module")
def exposures():
    return made_exposures(SPREAD)


@pytest.fixture(scope="module")
def run(exposures):
    problem = prepare(exposures)
    return problem, list(assemble(problem))


def kinds_before(exposures, **knobs):
    """Warnings and alarms about visits."""
    found = before_verdicts(prepare(exposures, AssembleConfig(**knobs)))
    return [verdict.kind for verdict in found if verdict.severity in ("warning", "alarm")]


def test_a_healthy_run_has_one_good_verdict_for_each_phase(run):
    found = dcrviz.verdicts(*run)
    good = [verdict.when for verdict in found if verdict.severity == "good"]
    assert good == ["before", "during", "after"]
    assert {verdict.severity for verdict in found} <= {"good", "notice"}


def test_without_steps_only_the_visits_are_judged(run):
    problem, _ = run
    assert {verdict.when for verdict in dcrviz.verdicts(problem, [])} == {"before"}


@pytest.mark.parametrize(
    ("visits", "kind"), [("narrow airmass", "narrow_airmass"), ("one angle", "one_angle")]
)
def test_visits_too_much_alike_are_named(visits, kind):
    assert kind in kinds_before(made_exposures(replace(SPREAD, visits=visits)))


def test_a_single_visit_at_high_airmass_is_named():
    low = made_visits(replace(SPREAD, visits="narrow airmass"))[:7]
    high = made_visits(SPREAD)[-1]
    exposures = simulate_exposures(made_scene(SPREAD), [*low, high], seed=1)
    (verdict,) = [v for v in before_verdicts(prepare(exposures)) if v.kind == "single_high_airmass"]
    assert str(high.id) in verdict.sentence


def test_more_subfilters_than_visits_are_too_many(exposures):
    assert {"too_few_visits", "too_many_subfilters"} <= set(
        kinds_before(exposures, n_subfilters=10)
    )


def test_the_remedy_for_too_many_subfilters_cures_them(exposures):
    problem = prepare(exposures, AssembleConfig(n_subfilters=10))
    for verdict in before_verdicts(problem):
        if verdict.kind in ("too_few_visits", "too_many_subfilters"):
            knobs = verdict.remedies[0].knobs
            assert verdict.kind not in kinds_before(exposures, **knobs)


@pytest.mark.parametrize("visits", ["narrow airmass", "one angle"])
@pytest.mark.parametrize("n_subfilters", [2, 3, 5])
def test_visits_that_tell_no_colour_want_the_visit_that_would_tell_it(visits, n_subfilters):
    field = replace(SPREAD, visits=visits, n_visits=4)
    config = AssembleConfig(n_subfilters=n_subfilters)

    def taken_by(visits):
        problem = prepare(simulate_exposures(made_scene(field), visits, seed=1), config)
        return leverage(problem), {verdict.kind: verdict for verdict in before_verdicts(problem)}

    taken = made_visits(field)
    verdict = taken_by(taken)[1]["no_colour"]
    assert not any(remedy.knobs for remedy in verdict.remedies)
    wish = r"airmass ([\d.]+) and parallactic angle (-?\d+) deg would tell the slope to (\d+) %"
    airmass, angle, percent = map(float, re.search(wish, verdict.remedies[0].sentence).groups())
    added = replace(
        taken[0], id="next", airmass=airmass, zenith_rad=None, parallactic_rad=math.radians(angle)
    )
    told, after = taken_by([*taken, added])
    assert "no_colour" not in after
    # Its light is not known before it is taken.
    assert 100 * told.errors[0] == pytest.approx(percent, abs=5)


def test_fewer_subfilters_are_named_only_where_the_visits_tell_some_colour(exposures):
    for kind, told in [("too_many_subfilters", exposures), ("no_colour", exposures[:1] * 4)]:
        twins = [replace(e, visit=replace(e.visit, id=i)) for i, e in enumerate(told)]
        kinds = {v.kind for v in before_verdicts(prepare(twins, AssembleConfig(n_subfilters=6)))}
        assert {"too_many_subfilters", "no_colour"} & kinds == {kind}


def test_two_visits_are_too_few(exposures):
    assert kinds_before(exposures[:2])[0] == "too_few_visits"


def test_seeing_that_differs_is_named_and_its_remedy_cures_it(exposures):
    visits = [
        replace(exposure.visit, psf_fwhm_px=exposure.visit.psf_fwhm_px * (1.5 if i < 2 else 1))
        for i, exposure in enumerate(exposures)
    ]
    blurred = simulate_exposures(made_scene(SPREAD), visits, seed=1)
    found = {v.kind: v for v in before_verdicts(prepare(blurred))}
    assert "variable_seeing" in found
    fit, drop = (remedy.knobs for remedy in found["variable_seeing"].remedies)
    assert "variable_seeing" not in kinds_before(blurred, **drop)
    (known,) = [
        v
        for v in before_verdicts(prepare(blurred, AssembleConfig(**fit)))
        if v.kind == "variable_seeing"
    ]
    assert (known.severity, known.remedies) == ("notice", ())
    assert "which the fit knows" in known.sentence


def test_planes_sharper_than_the_visits_are_warned_of_and_auto_cures_it(exposures):
    sharp = {"solver": "direct", "model_fwhm": 1.5}
    (told,) = [
        v
        for v in before_verdicts(prepare(exposures, AssembleConfig(**sharp)))
        if v.severity == "warning"
    ]
    assert told.kind == "planes_too_sharp"
    assert "raise model_fwhm" in told.sentence
    after = kinds_before(exposures, **{**sharp, **told.remedies[0].knobs})
    assert "planes_too_sharp" not in after


def test_visits_that_do_not_tell_their_seeing_can_not_be_cured_by_fitting_it(exposures):
    widths = [6.0, 6.0, 4.0, 4.0, 4.0, None]
    told = [
        replace(one, visit=replace(one.visit, psf_fwhm_px=width))
        for one, width in zip(exposures[:6], widths, strict=True)
    ]
    found = {v.kind: v for v in before_verdicts(prepare(told))}
    assert all("solver" not in one.knobs for one in found["variable_seeing"].remedies)


def test_a_transient_is_found_in_its_visit_and_nowhere_else(run, exposures):
    problem, steps = run
    assert find_transients(problem, template_maker_of(problem, shown_planes(steps[-1]))) == ()
    marred = list(exposures)
    image = np.array(exposures[2].image[:])
    rows, columns = np.indices(image.shape)
    image += (4000 * np.exp(-((rows - 30) ** 2 + (columns - 70) ** 2) / 4.5)).astype(np.float32)
    marred[2] = replace(exposures[2], image=image)
    problem = prepare(marred)
    found = {v.kind: v for v in dcrviz.verdicts(problem, list(assemble(problem)))}
    places = found["transient"].places
    assert {place.visit for place in places} == {2}
    assert np.hypot(places[0].x - 70, places[0].y - 30) < 2
    assert [dict(remedy.knobs) for remedy in found["transient"].remedies] == [
        {"find_artifacts": True},
        {"visit_factors": {str(exposures[2].visit.id): 0.0}},
    ]


def test_a_mirrored_angle_is_an_alarm_that_names_it(exposures):
    mirrored = [
        replace(e, visit=replace(e.visit, parallactic_rad=-e.visit.parallactic_rad))
        for e in exposures
    ]
    problem = prepare(mirrored)
    found = {v.kind: v for v in dcrviz.verdicts(problem, list(assemble(problem)))}
    assert found["mirrored_angle"].severity == "alarm"


def test_a_shifted_visit_has_bad_astrometry(exposures):
    shifted = list(exposures)
    shifted[3] = replace(exposures[3], image=np.roll(exposures[3].image[:], 1, axis=1))
    problem = prepare(shifted)
    found = dcrviz.verdicts(problem, list(assemble(problem)))
    worst = next(verdict for verdict in found if verdict.kind == "bad_astrometry")
    name = str(exposures[3].visit.id)
    assert name in worst.title
    without = prepare(shifted, AssembleConfig(**worst.remedies[0].knobs))
    left = dcrviz.verdicts(without, list(assemble(without)))
    assert not any(v.kind == "bad_astrometry" and name in v.title for v in left)
    assert worst.remedies[0].knobs == {"visit_factors": {name: 0.0}}


@pytest.mark.parametrize("held", [np.nan, -np.inf, 1e6])
def test_what_masked_pixels_hold_changes_no_verdict(exposures, held):
    bad = np.random.default_rng(4).random(exposures[0].shape) < 0.02

    def spoilt(value):
        def mend(exposure):
            image, mask = np.array(exposure.image[:]), np.array(exposure.mask[:])
            image[bad] = value
            mask[bad] |= 1 << exposure.planes["BAD"]
            return replace(exposure, image=image, mask=mask)

        problem = prepare([mend(exposure) for exposure in exposures], AssembleConfig(solver="pcg"))
        return [verdict_record(v) for v in dcrviz.verdicts(problem, list(assemble(problem)))]

    assert json.dumps(spoilt(held), allow_nan=False) == json.dumps(spoilt(0.0))


def test_a_template_that_two_tests_look_at_is_made_once(run, monkeypatch):
    made = []

    def counted(problem, planes):
        template = template_maker_of(problem, planes)
        return lambda visit: made.append(visit) or template(visit)

    monkeypatch.setattr("dcrviz.diagnostics.verdicts.template_maker_of", counted)
    problem, steps = run
    dcrviz.verdicts(problem, steps)
    assert sorted(made) == list(range(len(problem.visits)))
    made.clear()
    dcrviz.verdicts(replace(problem, wcs=None, factors=np.eye(len(problem.visits))[0]), steps)
    assert made == []
