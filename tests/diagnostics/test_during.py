"""What the course of a fit is told to show."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz import AssembleConfig, assemble, first_step, prepare, verdicts
from dcrviz.diagnostics.course import CourseEntry, course_entry
from dcrviz.diagnostics.during import during_verdicts
from dcrviz.diagnostics.holes import Blemish
from dcrviz.diagnostics.ledger import Ledger
from dcrviz.engine import Outcome
from dcrviz.simulate import MadeField, made_exposures
from dcrviz.views.step_words import step_words


@pytest.fixture(scope="module")
def exposures():
    return made_exposures(MadeField(n_stars=9, size_px=80, n_visits=6))


@pytest.fixture(scope="module")
def problem(exposures):
    return prepare(exposures)


def weighed(planes, *, number, noise=0.01):
    """The ledger of so many sources that hold this light in each plane, of 3 in the coadd."""
    light = np.repeat(np.array(planes, float)[:, None], number, axis=1)
    places = np.arange(number, dtype=float)
    return Ledger(x=places, y=places, planes=light, coadd=np.full(number, 3.0), noise=noise)


def entry(iteration, metric, *, blemishes=()):
    return CourseEntry(
        index=iteration,
        tile=0,
        iteration=iteration,
        metric=metric,
        visit_metrics=np.full(6, metric),
        best=metric,
        threshold=np.nan,
        gain=0.5,
        residual=np.nan,
        tolerance=np.nan,
        blemishes=tuple(blemishes),
        hole_fraction=0.0,
        wing_fraction=0.0,
        clamped=0.0,
        clamp_flux=0.0,
        metric_floor=np.nan,
        plane_flux=np.ones(3),
        template_flux=3.0,
        ledger=weighed([1.0, 1.0, 1.0], number=4),
        change_sigma=1.0,
    )


def course(*metrics):
    return [entry(iteration, metric) for iteration, metric in enumerate(metrics)]


def blemish(kind):
    return Blemish(kind=kind, subfilter=0, x=1.0, y=1.0, radius_px=2.0, depth_sigma=-6.0, pixels=5)


def told(problem, entries, outcome=Outcome.RUNNING):
    return {verdict.kind: verdict for verdict in during_verdicts(problem, entries, outcome)}


def fitted(exposures, **knobs):
    """Verdicts on a run with these knobs."""
    problem = prepare(exposures, AssembleConfig(**knobs))
    steps = list(assemble(problem))
    pairs = zip([None, *steps], steps, strict=False)
    entries = [course_entry(problem, step, before) for before, step in pairs]
    return told(problem, entries, steps[-1].outcome)


def test_nothing_is_said_before_there_is_a_step(problem):
    assert during_verdicts(problem, [], Outcome.RUNNING) == ()


def test_the_starting_model_has_no_colours_yet(problem):
    start = first_step(problem)
    assert set(told(problem, [course_entry(problem, start)])) == {"start"}


def test_holes_and_wings_are_counted_with_their_places_and_steps(problem):
    marked = [blemish("hole"), blemish("hole"), blemish("wing")]
    entries = [*course(1.0, 0.9), replace(entry(2, 0.8), blemishes=tuple(marked))]
    found = told(problem, entries)
    assert set(found) == {"holes", "wings"}
    assert (found["holes"].title, found["wings"].title) == ("2 holes", "1 wing")
    assert (found["holes"].steps, len(found["holes"].places)) == ((2,), 2)


def test_a_falling_metric_is_healthy_and_tells_by_how_much(problem):
    found = told(problem, course(1.0, 0.9))
    assert set(found) == {"healthy"}
    assert found["healthy"].severity == "good"
    assert "improves: by 10 %" in found["healthy"].sentence


def test_a_metric_above_its_best_gets_worse(problem):
    verdict = told(problem, course(1.0, 0.5, 0.6))["diverging"]
    assert "grew by 20 %" in verdict.sentence
    assert verdict.steps == (2,)


def test_a_metric_that_turns_again_and_again_is_a_ping_pong(problem):
    assert "ping_pong" in told(problem, course(1.0, 0.5, 0.6, 0.5, 0.6))


def test_turns_too_small_to_see_are_none(problem):
    assert set(told(problem, course(1.0, 0.5, 0.500001, 0.5, 0.500001))) == {"healthy"}


def test_other_subregions_do_not_count(problem):
    earlier = [replace(e, tile=1) for e in course(9.0, 8.0, 9.0, 8.0, 9.0)]
    assert set(told(problem, [*earlier, *course(1.0, 0.9)])) == {"healthy"}


def test_a_fit_at_rest_far_above_the_noise_has_stalled(problem):
    entries = [replace(e, metric_floor=0.01) for e in course(1.0, 0.5, 0.4999, 0.4998)]
    assert told(problem, entries)["stalled"].severity == "notice"
    at_the_noise = [replace(e, metric_floor=0.4) for e in entries]
    assert "stalled" not in told(problem, at_the_noise)


def test_a_visit_that_fits_far_worse_than_the_others_is_named(problem):
    one_off = np.array([0.9, 0.9, 0.9, 3.0, 0.9, 0.9])
    entries = [entry(0, 1.0), replace(entry(1, 0.9), visit_metrics=one_off)]
    verdict = told(problem, entries)["visit_misfits"]
    name = str(problem.visits[3].id)
    assert name in verdict.sentence
    assert verdict.remedies[0].knobs == {"visit_factors": {name: 0.0}}


def test_planes_that_pass_light_to_and_fro_are_told(problem):
    fluxes = [np.array([1 + 0.2 * (-1) ** i, 1 - 0.2 * (-1) ** i, 1.0]) for i in range(6)]
    entries = [replace(e, plane_flux=f) for e, f in zip(course(*[0.9] * 6), fluxes, strict=True)]
    assert "0, 1" in told(problem, entries)["planes_exchange_flux"].sentence


def test_light_that_gets_lost_is_told(problem):
    entries = [entry(0, 1.0), replace(entry(1, 0.9), plane_flux=np.full(3, 0.8))]
    assert "-20.0 %" in told(problem, entries)["flux_lost"].sentence


def test_planes_that_hold_too_much_and_too_little_in_turn_are_told(problem):
    def found(*planes):
        entries = [entry(0, 1.0), replace(entry(1, 0.9), ledger=weighed(planes, number=4))]
        return told(problem, entries)

    verdict = found(1.2, 0.6, 1.2)["planes_alternate"]
    assert "(+-+), by 50 %" in verdict.sentence
    assert "(-+-), by 21 %" in found(0.8, 1.4, 0.8)["planes_alternate"].sentence
    assert "(+-+-)" in found(0.9, 0.6, 0.9, 0.6)["planes_alternate"].sentence
    assert set(found(1.3, 1.0, 0.7)) == {"healthy"}
    assert set(found(0.2, 0.4, 0.8, 1.6)) == {"healthy"}


def test_a_source_whose_light_is_not_kept_is_told_with_its_place(problem):
    ledger = weighed([1.0, 1.0, 1.0], number=8)
    light = ledger.planes.copy()
    light[:, 5] *= 0.8
    entries = [entry(0, 1.0), replace(entry(1, 0.9), ledger=replace(ledger, planes=light))]
    verdict = told(problem, entries)["source_flux"]
    assert verdict.severity == "notice"
    assert "1 of 8 bright sources" in verdict.sentence
    assert "-20 % at x 5, y 5" in verdict.sentence
    assert [(place.x, place.y) for place in verdict.places] == [(5.0, 5.0)]
    noisy = replace(entries[-1], ledger=replace(ledger, planes=light, noise=0.2))
    assert "source_flux" not in told(problem, [entries[0], noisy])


@pytest.mark.parametrize("outcome", [Outcome.CONVERGED, Outcome.EXHAUSTED, Outcome.STOPPED])
def test_a_healthy_run_says_how_it_ended(problem, outcome):
    sentence = told(problem, course(1.0, 0.9), outcome)["healthy"].sentence
    assert sentence.endswith(outcome.sentence_for("iterative"))


@pytest.mark.parametrize("solver", ["iterative", "direct"])
def test_a_fit_of_spread_visits_is_healthy(exposures, solver):
    assert [v.severity for v in fitted(exposures, solver=solver).values()] == ["good"]


def test_a_gain_too_high_is_worse_and_its_first_remedy_helps(exposures):
    bold = {"base_gain": 1.0, "clamp_iterations": 0.0, "clamp_subfilters": 0.0}
    verdict = fitted(exposures, **bold)["diverging"]
    cured = fitted(exposures, **(bold | dict(verdict.remedies[0].knobs)))
    assert "diverging" not in cured or cured["diverging"].confidence < verdict.confidence


def test_every_verdict_has_its_rule_and_a_confidence_and_knobs_that_exist(exposures):
    for verdict in fitted(exposures, base_gain=1.0, n_subfilters=8).values():
        assert verdict.rule
        assert 0 <= verdict.confidence <= 1
        for remedy in verdict.remedies:
            AssembleConfig(**remedy.knobs)


def test_the_light_in_holes_is_told_by_their_source(problem):
    beside = replace(
        blemish("hole"), depth_percent=-12.0, source_x=1.0, source_y=5.0, depth_sigma=-9.0
    )
    entries = [entry(0, 1.0), replace(entry(1, 0.9), blemishes=(beside,))]
    sentence = told(problem, entries)["holes"].sentence
    assert "9.0 sigma, at x 1, y 1 in subfilter 0, 12 % of the source's light" in sentence


@pytest.mark.parametrize(
    ("percents", "severity"),
    [((-1.0,), "notice"), ((-4.0,), "warning"), ((-1.0, -1.0), "warning"), ((-1.0,) * 11, "alarm")],
)
def test_a_single_shallow_hole_is_no_warning_but_a_deep_one_or_many_are(
    problem, percents, severity
):
    holes = [
        replace(blemish("hole"), depth_percent=percent, source_x=float(place), source_y=5.0)
        for place, percent in enumerate(percents)
    ]
    entries = [entry(0, 1.0), replace(entry(1, 0.9), blemishes=tuple(holes))]
    assert told(problem, entries)["holes"].severity == severity


def test_a_visit_that_is_off_and_fits_worse_and_worse_tells_of_over_fitting(exposures):
    name = str(exposures[2].visit.id)
    problem = prepare(exposures, AssembleConfig(visit_factors={name: 0.0}))
    falling, rising = (1.0, 0.9, 0.8, 0.7, 0.6), (1.0, 0.8, 0.85, 0.9, 0.95)
    per_visit = [np.array([f, f, r, f, f, f]) for f, r in zip(falling, rising, strict=True)]
    entries = [
        replace(e, visit_metrics=v) for e, v in zip(course(*falling), per_visit, strict=True)
    ]
    verdict = told(problem, entries)["over_fitting"]
    assert "risen by 19 %" in verdict.sentence
    assert verdict.steps == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("outcome", "kind"), [(Outcome.NO_DATA, "no_data"), (Outcome.NO_DETECTIONS, "no_detections")]
)
def test_a_run_that_had_nothing_to_compare_is_not_called_healthy(problem, outcome, kind):
    found = told(problem, course(0.1, 0.0), outcome)
    assert found[kind].severity == "alarm"
    assert found[kind].sentence == outcome.sentence
    assert "healthy" not in found


@pytest.mark.parametrize("metrics", [(np.nan, np.nan, np.nan), (0.0, 0.0), (0.1, 0.0, 0.1)])
def test_a_metric_that_was_not_measured_is_not_judged(problem, metrics):
    found = told(problem, course(*metrics))
    assert not {"ping_pong", "diverging", "stalled"} & set(found)


def test_a_fit_whose_metric_is_not_measured_is_not_said_to_be_at_rest(problem):
    sentence = told(problem, course(np.nan, np.nan))["healthy"].sentence
    assert sentence.endswith("Nobody knows whether the fit improves: its metric is not measured.")


def test_nothing_says_that_a_metric_which_is_not_measured_is_no_number(exposures):
    knobs = {"use_convergence": False, "min_iterations": 1, "max_iterations": 1}
    *_, step = assemble(prepare(exposures, AssembleConfig(**knobs)))
    assert step_words(step, solver="iterative").endswith(": metric not measured, gain 0.50.")
    assert "metric" not in step.outcome.sentence_for("iterative")


@pytest.mark.parametrize("outcome", [Outcome.STOPPED, Outcome.TOO_FEW_VISITS])
def test_a_run_that_ended_where_it_began_is_neither_healthy_nor_ill(exposures, outcome):
    problem = prepare(exposures)
    step = first_step(problem)
    histories = tuple(replace(history, outcome=outcome) for history in step.histories)
    found = verdicts(problem, [replace(step, histories=histories, outcome=outcome)])
    (one,) = (verdict for verdict in found if verdict.when != "before")
    assert (one.kind, one.severity) == ("start", "notice")
    assert one.sentence.endswith(outcome.sentence)
