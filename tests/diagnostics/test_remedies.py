"""What a verdict says to turn first takes it away, and brings the fit nearer to the truth."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

import dcrviz
from dcrviz.diagnostics.after import held_out_verdicts, truth_verdicts
from dcrviz.diagnostics.holdout import held_out
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.truth_scores import truth_scores
from dcrviz.diagnostics.verdict import WRONG_ANGLES
from dcrviz.diagnostics.verdicts import with_tests
from dcrviz.simulate import MadeField, made_exposures, made_scene

FIELD = MadeField(n_stars=9, size_px=80, n_visits=6)
NO_CLAMPS = {"clamp_iterations": 0.0, "clamp_subfilters": 0.0}
AT_EACH_PIXEL = {"clamp_width": 0, "convergence_threshold": 0.01}
KEPT = {"min_iterations": 8, "max_iterations": 8, "on_divergence": "last"}
UNTIL_LATE = {"min_iterations": 20, "max_iterations": 20}


@dataclass(frozen=True, eq=False)
class Fitted:
    """A fit at its end, judged with what needs the truth."""

    verdicts: tuple[dcrviz.Verdict, ...]
    step: dcrviz.Step
    problem: dcrviz.Problem
    scores: object

    def named(self, kind):
        """The verdict of this kind; None if it is not told."""
        return next((one for one in self.verdicts if one.kind == kind), None)


@cache
def visits(kind):
    return made_exposures(replace(FIELD, visits=kind))


def fitted(exposures, **knobs):
    problem = dcrviz.prepare(exposures, dcrviz.AssembleConfig(**knobs))
    steps = tuple(dcrviz.assemble(problem))
    scores = truth_scores(made_scene(FIELD), problem, shown_planes(steps[-1]))
    told = with_tests(dcrviz.verdicts(problem, steps), truth_verdicts(scores), problem.config)
    return Fitted(verdicts=told, step=steps[-1], problem=problem, scores=scores)


def before_and_after(kind, exposures, knobs, *, remedy=0):
    """A fit of which this is told, and that after the remedy; the first is what a person tries."""
    ill = fitted(exposures, **knobs)
    return ill, fitted(exposures, **{**knobs, **ill.named(kind).remedies[remedy].knobs})


RUNS = [
    ("clamped", {"clamp_iterations": 1.02, "clamp_width": 1}),
    ("clamped", {"clamp_subfilters": 1.05, "on_divergence": "last"}),
    ("flux_lost", {"clamp_subfilters": 1.05, "on_divergence": "last"}),
    ("flux_gained", {"clamp_subfilters": 1.01, **AT_EACH_PIXEL}),
    ("planes_exchange_flux", {"accelerate": 8.0, **NO_CLAMPS, **KEPT}),
    ("planes_exchange_flux", {"accelerate": 6.0, "base_gain": 1.0, "n_subfilters": 5, **KEPT}),
    ("stalled", {"clamp_iterations": 1.001, **AT_EACH_PIXEL}),
    ("washed_out_colours", {"max_iterations": 1, "min_iterations": 1}),
]


@pytest.mark.parametrize(("kind", "knobs"), RUNS)
def test_what_a_verdict_says_to_turn_first_takes_it_away_and_mends_the_fit(kind, knobs):
    ill, cured = before_and_after(kind, visits("spread"), knobs)
    assert cured.named(kind) is None
    assert cured.scores.template_sigma < 0.5 * ill.scores.template_sigma
    assert abs(cured.scores.colour_slope - 1) < abs(ill.scores.colour_slope - 1)


def test_equations_that_are_given_up_are_solved_in_closed_form():
    ill, cured = before_and_after(
        "stalled", visits("spread"), {"solver": "pcg", "max_iterations": 1, "tolerance": 1e-6}
    )
    assert cured.named("stalled") is None
    assert np.mean(cured.scores.plane_sigma) < np.mean(ill.scores.plane_sigma)


@pytest.mark.parametrize("visits_of", ["spread", "one angle"])
def test_planes_that_have_run_away_say_nothing_of_angles(visits_of):
    knobs = {"base_gain": 1.0, "n_subfilters": 5, **NO_CLAMPS, **KEPT}
    ill, cured = before_and_after("flux_lost", visits(visits_of), knobs)
    assert not {"refraction_strength", *WRONG_ANGLES} & {one.kind for one in ill.verdicts}
    assert cured.named("flux_lost") is None


@pytest.mark.parametrize("remedy", [0, 1])
@pytest.mark.parametrize("off", [0, 5])
def test_both_remedies_of_over_fitting_predict_the_visits_better_that_are_off(off, remedy):
    exposures = visits("spread")
    name = str(exposures[off].visit.id)
    slow = {"n_subfilters": 4, "base_gain": 0.2, "accelerate": 1.5, **NO_CLAMPS, **UNTIL_LATE}
    knobs = {"visit_factors": {name: 0.0}, **slow}
    ill, cured = before_and_after("over_fitting", exposures, knobs, remedy=remedy)
    assert cured.named("over_fitting") is None
    assert unseen(cured, off) < unseen(ill, off)


def unseen(fit, visit):
    """Metric of a visit that is off."""
    return fit.step.history.visit_metrics[fit.step.iteration][visit]


def test_colours_that_no_visits_tell_want_other_visits_first():
    verdict = fitted(visits("narrow airmass")).named("washed_out_colours")
    assert verdict.remedies[0].sentence.startswith("Add a visit")
    assert not verdict.remedies[0].knobs


def test_colours_of_visits_that_tell_none_are_lost_and_not_reversed():
    assert fitted(visits("narrow airmass"), solver="direct").named("reversed_colours") is None


def test_bad_prediction_of_most_visits_is_mended_by_a_fit_in_closed_form():
    knobs = {"accelerate": 8.0, **NO_CLAMPS, **KEPT}
    exposures = visits("spread")
    ill = predicted(exposures, **knobs)
    assert ill[0].severity == "alarm"
    assert predicted(exposures, **{**knobs, **ill[0].remedies[0].knobs}) == []


def test_visits_that_one_shifted_visit_spoils_are_predicted_well_without_it():
    exposures = list(visits("spread"))
    exposures[0] = replace(exposures[0], image=np.roll(exposures[0].image[:], 1, axis=1))
    (verdict,) = predicted(exposures)
    verdicts = with_tests(fitted(exposures).verdicts, [verdict], dcrviz.AssembleConfig())
    first = next(one for one in verdicts if one.kind == "badly_predicted").remedies[0]
    assert first.knobs == {"visit_factors": {str(exposures[0].visit.id): 0.0}}
    assert predicted(exposures, **first.knobs) == []


def predicted(exposures, **knobs):
    """Verdicts on how visits are predicted that were held out."""
    config = dcrviz.AssembleConfig(**knobs)
    problem = dcrviz.prepare(exposures, config)
    return held_out_verdicts(problem, list(held_out(exposures, config)))
