"""The endings of a run and their order."""

import pytest

from dcrviz import Outcome
from dcrviz.engine.outcome import worst


def test_every_outcome_has_a_sentence_of_its_own():
    sentences = [outcome.sentence for outcome in Outcome]
    assert len(set(sentences)) == len(Outcome)
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize("solver", ["iterative", "anderson", "direct", "pcg"])
def test_every_ending_in_the_words_of_a_solver_is_a_sentence_of_its_own(solver):
    sentences = [outcome.sentence_for(solver) for outcome in Outcome]
    assert len(set(sentences)) == len(Outcome)
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize("solver", ["direct", "pcg"])
def test_a_solver_that_does_not_stop_by_the_metric_does_not_say_so(solver):
    assert not any("metric" in outcome.sentence_for(solver) for outcome in Outcome)
    assert not any("metric" in outcome.sentence for outcome in Outcome)


def test_the_closed_form_does_not_converge_but_is_solved():
    assert Outcome.CONVERGED.sentence_for("direct").startswith("Solved in closed form")


def test_a_whole_runs_while_any_part_runs():
    assert worst([Outcome.NO_DATA, Outcome.RUNNING, Outcome.CONVERGED]) is Outcome.RUNNING


@pytest.mark.parametrize(
    ("parts", "outcome"),
    [
        ([Outcome.CONVERGED, Outcome.CONVERGED], Outcome.CONVERGED),
        ([Outcome.CONVERGED, Outcome.NO_DETECTIONS], Outcome.NO_DETECTIONS),
        ([Outcome.EXHAUSTED, Outcome.NO_DETECTIONS], Outcome.EXHAUSTED),
        ([Outcome.DIVERGED, Outcome.EXHAUSTED, Outcome.CONVERGED], Outcome.DIVERGED),
        ([Outcome.DIVERGED, Outcome.NO_DATA], Outcome.NO_DATA),
    ],
)
def test_a_whole_that_has_ended_ends_as_its_worst_part(parts, outcome):
    assert worst(parts) is outcome


def test_a_run_that_goes_on_is_no_bad_ending():
    assert Outcome.RUNNING.severity == 0
    assert all(outcome.severity > 0 for outcome in Outcome if outcome is not Outcome.RUNNING)
