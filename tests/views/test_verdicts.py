"""Verdicts on the step on show: chips in the control row, all of each in the tab."""

import pytest
from later import Later

from dcrviz.diagnostics.verdict import Place, Remedy, Verdict
from dcrviz.views.curves import CourseView
from dcrviz.views.verdict_parts import chips_of, entries_of, step_words, told_in_order
from dcrviz.views.verdicts import ChipsView, Verdicts, VerdictsView


def verdict(kind="holes", severity="alarm", **others):
    values = {
        "when": "during",
        "title": kind.title(),
        "sentence": f"There are {kind}.",
        "rule": "Below -5 sigma.",
        "confidence": 0.9,
    }
    return Verdict(kind=kind, severity=severity, **{**values, **others})


HEALTHY = verdict("healthy", "good")
HOLES = verdict(
    steps=(1, 2),
    places=(Place(x=12.0, y=30.0, subfilter=2), Place(x=7.0, y=8.0, visit=1)),
    remedies=(
        Remedy(sentence="Lower base_gain to 0.25.", knobs={"base_gain": 0.25}),
        Remedy(sentence="Take another visit."),
    ),
)


def judged(*given):
    """Healthy at the start, holes afterwards."""
    _, _, last, _ = given
    return (HOLES,) if last.index else (HEALTHY,)


@pytest.fixture
def verdicts(session):
    return Verdicts(session, curves=CourseView(session), judge=judged)


@pytest.fixture
def asked():
    return []


@pytest.fixture
def view(session, verdicts, asked):
    return VerdictsView(
        session,
        verdicts,
        show=lambda place: asked.append(place),
        try_knobs=lambda knobs: asked.append(knobs),
    )


def titles(verdicts):
    return [one.verdict.title for one in verdicts.told]


def press(view, kind, place=0, row="holes 1"):
    view.list._handle_msg({"type": kind, "row": row, "place": place})


def test_the_worst_comes_first_and_the_surest_before_others_of_its_kind():
    unsure = verdict("wings", "warning", confidence=0.5)
    sure = verdict("wings", "warning", confidence=0.8)
    told = told_in_order([HEALTHY, unsure, verdict("start", "notice"), sure, HOLES])
    assert [one.id for one in told] == ["holes 1", "wings 1", "wings 2", "start 1", "healthy 1"]
    assert told[1].verdict is sure


def test_causes_come_before_symptoms_and_both_before_what_is_worth_knowing():
    cause = verdict("one_angle", "warning", confidence=0.6)
    told = told_in_order([verdict("source_flux", "notice"), HOLES, cause, HEALTHY])
    kinds = [one.verdict.kind for one in told]
    assert kinds == ["one_angle", "holes", "source_flux", "healthy"]


def test_what_a_test_found_is_told_on_all_steps_of_its_problem_alone(session, verdicts):
    session.step()
    verdicts.add(session.problem, [verdict("badly_predicted", "warning")])
    assert titles(verdicts) == ["Holes", "Badly_Predicted"]
    session.back()
    assert titles(verdicts) == ["Badly_Predicted", "Healthy"]
    session.config.n_subfilters = 2
    session.start()
    assert titles(verdicts) == ["Healthy"]


def test_what_a_test_found_names_what_removes_its_cause_first(session):
    shifted = Remedy(sentence="Switch visit 3 off.", knobs={"visit_factors": {"3": 0.0}})
    cause = verdict("bad_astrometry", "warning", remedies=(shifted,))
    verdicts = Verdicts(session, curves=CourseView(session), judge=lambda *_: (cause,))
    verdicts.add(session.problem, [verdict("badly_predicted", "warning")])
    assert [one.verdict.remedies for one in verdicts.told] == [(shifted,), (shifted,)]


def test_a_chip_is_there_for_each_warning_and_alarm_but_for_no_notice():
    told = told_in_order([HEALTHY, verdict("start", "notice"), verdict("wings", "warning"), HOLES])
    assert [chip["title"] for chip in chips_of(told)] == ["Holes", "Wings"]


def test_without_a_warning_one_chip_says_that_all_is_well_so_far():
    visits = verdict("visits", "good", when="before", confidence=1.0)
    told = told_in_order([verdict("start", "notice"), HEALTHY, visits])
    (chip,) = chips_of(told)
    assert (chip["word"], chip["title"]) == ("Good", "Healthy")


def test_a_severity_is_told_by_a_word_and_a_sign_of_its_own():
    told = told_in_order([verdict(severity, severity) for severity in ("warning", "alarm")])
    chips = chips_of(told)
    assert len({chip["icon"] for chip in chips}) == len({chip["word"] for chip in chips}) == 2


def test_steps_that_follow_each_other_are_told_as_a_range():
    assert step_words([3, 5, 6, 7, 9]) == "3, 5-7, 9"


def test_a_verdict_tells_its_steps_that_are_stored(session):
    session.step()
    (entry,) = entries_of(told_in_order([HOLES]), session.steps)
    assert entry["steps"] == ["Iteration 1"]
    assert "steps 1-2" in entry["note"]
    assert "90 % sure" in entry["note"]
    assert entry["places"] == 2
    assert [remedy["knobs"] for remedy in entry["remedies"]] == [True, False]


def test_the_verdicts_are_those_of_the_step_on_show(session, verdicts):
    assert titles(verdicts) == ["Healthy"]
    session.step()
    assert titles(verdicts) == ["Holes"]
    session.back()
    assert titles(verdicts) == ["Healthy"]


def test_each_step_is_judged_once(session):
    judged_steps = []

    def judge(*given):
        judged_steps.append(given[2].index)
        return (HEALTHY,)

    Verdicts(session, curves=CourseView(session), judge=judge)
    session.step(2)
    session.back()
    session.forward()
    assert judged_steps == [0, 1, 2]


def test_a_step_is_judged_with_the_knobs_that_made_it(session):
    knobs = []

    def judge(*given):
        problem, _, _, config = given
        knobs.append((config or problem.config).accelerate)
        return ()

    Verdicts(session, curves=CourseView(session), judge=judge)
    session.config.accelerate = 7.0
    session.step()
    assert knobs[-1] == 7.0


def test_while_a_step_is_judged_only_the_newest_waits(session):
    worker = Later()
    verdicts = Verdicts(session, curves=CourseView(session), judge=judged, worker=worker)
    session.step(3)
    assert len(worker.jobs) == 1
    worker.work()
    assert len(worker.jobs) == 1
    worker.work()
    assert (titles(verdicts), worker.jobs) == (["Holes"], [])
    session.show(1)
    assert len(worker.jobs) == 1


def test_a_failure_is_a_sentence_and_the_next_step_is_judged(session):
    def judge(*given):
        if given[2].index == 1:
            raise ValueError("the visits can't be judged")
        return (HEALTHY,)

    verdicts = Verdicts(session, curves=CourseView(session), judge=judge)
    session.step()
    assert session.error == "this step can't be judged: the visits can't be judged"
    session.step()
    assert (session.current.index, titles(verdicts)) == (2, ["Healthy"])


def test_a_pressed_chip_tells_which_verdict_it_is_of(session, verdicts):
    chosen = []
    view = ChipsView(verdicts, chosen=chosen.append)
    session.step()
    (chip,) = view.chips.chips
    view.chips._handle_msg({"type": "chosen", "row": chip["id"]})
    assert chosen == ["holes 1"]


def test_a_person_goes_to_the_iteration_of_a_verdict(session, view):
    session.step(2)
    press(view, "step")
    assert session.current.index == 1
    session.forward()
    press(view, "step", place=1)
    assert session.current.index == 2


def test_a_person_is_shown_the_sources_and_tries_a_remedy(session, view, asked):
    session.step()
    press(view, "source")
    press(view, "source", place=1)
    press(view, "try")
    assert asked == [*HOLES.places, {"base_gain": 0.25}]


def test_what_has_gone_meanwhile_does_nothing(session, view, asked):
    session.step()
    session.back()
    press(view, "source")
    assert asked == []
