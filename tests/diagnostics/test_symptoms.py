from dataclasses import replace

import numpy as np
import pytest

from dcrviz.diagnostics.course import CourseEntry
from dcrviz.diagnostics.holes import Blemish
from dcrviz.diagnostics.symptoms import symptoms
from dcrviz.engine import Outcome


def entry(iteration, metric, *, blemishes=()):
    return CourseEntry(
        index=iteration,
        tile=0,
        iteration=iteration,
        metric=metric,
        visit_metrics=np.array([metric]),
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
        change_sigma=1.0,
    )


def course(*metrics):
    return [entry(iteration, metric) for iteration, metric in enumerate(metrics)]


def blemish(kind):
    return Blemish(kind=kind, subfilter=0, x=1.0, y=1.0, radius_px=2.0, depth_sigma=-6.0, pixels=5)


def kinds(entries, outcome=Outcome.RUNNING):
    return [symptom.kind for symptom in symptoms(entries, outcome)]


def sentence(entries, kind, outcome=Outcome.RUNNING):
    (found,) = [s for s in symptoms(entries, outcome) if s.kind == kind]
    return found.sentence


def test_nothing_is_said_before_there_is_a_step():
    assert symptoms([], Outcome.RUNNING) == ()


def test_the_starting_model_has_no_colours_yet():
    assert kinds(course(1.0)) == ["start"]


def test_holes_and_wings_are_counted():
    marked = [blemish("hole"), blemish("hole"), blemish("wing")]
    last = replace(entry(1, 0.9), blemishes=tuple(marked))
    entries = [entry(0, 1.0), last]
    assert sentence(entries, "holes").startswith("2 holes: ")
    assert sentence(entries, "wings").startswith("1 wing: ")
    assert "clean" not in kinds(entries)


def test_planes_without_blemishes_are_told_apart_cleanly():
    assert kinds(course(1.0, 0.9)) == ["clean", "improving"]


def test_a_falling_metric_is_an_improvement_by_so_much():
    assert "by 10 %" in sentence(course(1.0, 0.9), "improving")


def test_a_rising_metric_is_a_worse_fit():
    assert "grew by 20 %" in sentence(course(1.0, 0.5, 0.6), "diverging")


def test_a_metric_that_turns_again_and_again_swings():
    assert "oscillating" in kinds(course(1.0, 0.5, 0.6, 0.5, 0.6))


def test_a_single_turn_is_no_swing():
    assert "diverging" in kinds(course(1.0, 0.8, 0.7, 0.6, 0.7))


def test_turns_too_small_to_see_are_no_swing():
    assert kinds(course(1.0, 0.5, 0.500001, 0.5, 0.500001)) == ["clean", "resting"]


def test_other_subregions_do_not_count():
    earlier = [replace(e, tile=1) for e in course(9.0, 8.0)]
    assert "improving" in kinds([*earlier, *course(1.0, 0.9)])


@pytest.mark.parametrize("outcome", [Outcome.CONVERGED, Outcome.EXHAUSTED, Outcome.STOPPED])
def test_an_ended_run_says_how_it_ended(outcome):
    assert sentence(course(1.0, 0.9), "ended", outcome) == outcome.sentence_for("iterative")


def test_a_diverged_run_is_told_as_such():
    assert kinds(course(1.0, 1.1), Outcome.DIVERGED) == ["clean", "diverging"]
