"""Every lesson that comes with the package plays to its end and shows what it says."""

import re
from pathlib import Path

import pytest

from dcrviz.lessons import (
    END,
    Claim,
    lesson_config,
    lesson_exposures,
    lesson_from,
    lesson_names,
    read_lesson,
    unmet,
)
from dcrviz.lessons.claims import numbers_of
from dcrviz.session import Session

LONGEST_CAPTION = 260


def steps_at(session, step):
    """The steps up to the one that a step of a lesson shows."""
    while step.iteration == END or len(session.moments) <= step.iteration:
        known = len(session.moments)
        session.step()
        if len(session.moments) == known:
            break
    return session.steps if step.iteration == END else session.steps[: step.iteration + 1]


def untrue(lesson):
    """What a lesson claims and does not show, step by step."""
    runs, before, wrong = {}, None, []
    for number, step in enumerate(lesson.steps, 1):
        config = lesson_config(step.scene, step.knobs)
        key = step.scene, repr(sorted(config.changed().items()))
        if key not in runs:
            runs[key] = Session(lesson_exposures(step.scene), config)
            runs[key].start()
        session = runs[key]
        steps = steps_at(session, step)
        if step.iteration not in (END, len(steps) - 1):
            wrong.append(f"step {number}: the run ends before iteration {step.iteration}")
        found = unmet(step.expect, session.problem, steps, before=before)
        wrong += [f"step {number}: {sentence}" for sentence in found]
        before = numbers_of(session.problem, steps)
    return wrong


@pytest.mark.parametrize("name", lesson_names())
def test_a_lesson_plays_to_its_end_and_what_it_claims_is_true(name):
    assert untrue(read_lesson(name)) == []


def test_the_lesson_in_the_documentation_can_be_read_and_is_true():
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "lessons.md").read_text()
    (text,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    assert untrue(lesson_from(text, where="lessons.md", name="mine")) == []


@pytest.mark.parametrize("name", lesson_names())
def test_every_step_claims_something_and_says_it_shortly(name):
    lesson = read_lesson(name)
    for number, step in enumerate(lesson.steps, 1):
        assert not step.expect.is_empty, number
        assert len(step.caption) <= LONGEST_CAPTION, number
        assert not step.question or step.question.endswith(("?", ".")), number
    assert sum(bool(step.question) for step in lesson.steps) >= 4
    assert len(lesson.steps) >= 8


def test_a_claim_that_does_not_hold_is_told_with_what_is_seen():
    session = Session(lesson_exposures("healthy"), lesson_config("healthy", {}))
    session.step(1)
    claim = Claim(
        outcome="diverged",
        verdicts=("ping_pong",),
        not_verdicts=("healthy",),
        above={"gain": 0.9},
        below={"holes": 1},
        rises=("metric",),
        falls=("gain",),
    )
    told = unmet(claim, session.problem, session.steps, before={"metric": 0.2, "gain": 0.1})
    assert [sentence.split(";")[0] for sentence in told] == [
        "outcome must be diverged",
        "verdict ping_pong must be told",
        "verdict healthy must not be told",
        "gain must be above 0.9",
        "holes must be below 1",
        "metric must rise",
        "gain must fall",
    ]
