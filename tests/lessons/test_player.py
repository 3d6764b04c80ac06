"""Going through a lesson: back shows what was there, and nothing is computed twice."""

import pytest

from dcrviz.lessons import lesson_from
from dcrviz.session import Session
from dcrviz.session.lesson_player import LessonPlayer

TEXT = """
title: Short
about: A test.
steps:
- {scene: healthy, knobs: {max_iterations: 3, min_iterations: 3}, caption: Start.}
- {iteration: 2, question: 'And then?', caption: Two.}
- {knobs: {base_gain: 0.2}, iteration: end, caption: Other gain.}
- {scene: one-angle, knobs: {max_iterations: 2}, iteration: 1, question: 'Angle?', caption: One.}
"""


@pytest.fixture(scope="module")
def lesson():
    return lesson_from(TEXT, where="test", name="short")


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def loaded():
    return []


@pytest.fixture
def player(session, lesson, loaded):
    player = LessonPlayer(session, loaded=lambda _, scene: loaded.append(scene))
    player.open(lesson)
    return player


def seen(player, session):
    """Where the lesson is, and what is on show."""
    return (
        player.place,
        player.asked,
        session.cursor,
        session.config.changed(),
        session.current.planes.tobytes(),
        len(session.exposures),
    )


def test_it_begins_with_the_first_picture(player, session):
    assert (player.place, player.asked, session.cursor) == (0, False, 0)
    assert session.config.max_iterations == 3
    assert player.at_start
    assert not player.at_end


def test_a_question_is_asked_before_its_picture_comes(player, session):
    player.next()
    assert (player.place, player.asked, session.cursor) == (1, True, 0)
    player.next()
    assert (player.place, player.asked, session.cursor) == (1, False, 2)
    player.next()
    assert (player.place, session.config.base_gain) == (2, 0.2)
    assert session.outcome.name == "EXHAUSTED"
    assert session.cursor == len(session.moments) - 1


def test_going_back_shows_what_was_there_before(player, session):
    visited = [seen(player, session)]
    while not player.at_end:
        player.next()
        visited.append(seen(player, session))
    assert len(visited) == 6
    for before in visited[-2::-1]:
        player.previous()
        assert seen(player, session) == before
    assert player.at_start
    player.previous()
    assert seen(player, session) == visited[0]


def test_what_was_computed_is_not_computed_again(player, session, loaded):
    for _ in range(3):
        player.next()
    iterated = {moment.number for moment in session.moments}
    for move in (player.previous, player.previous, player.next, player.next):
        move()
    assert {moment.number for moment in session.moments} == iterated
    assert loaded == ["healthy", "healthy"]


def test_a_run_that_a_person_changed_is_left_and_the_step_shows_its_own(player, session):
    player.next()
    session.config.base_gain = 0.9
    session.config.n_subfilters = 2
    player.next()
    assert (session.config.base_gain, session.config.n_subfilters) == (None, 3)
    assert session.cursor == 2


def test_leaving_keeps_the_picture(player, session):
    player.next()
    player.next()
    player.leave()
    assert player.step is None
    assert player.at_start
    assert player.at_end
    assert session.cursor == 2


def test_the_newest_wish_wins_where_scenes_are_read_in_a_thread(session, lesson):
    waiting = []
    player = LessonPlayer(session, do=lambda compute, done: waiting.append((compute, done)))
    player.open(lesson)
    player.leave()
    ((compute, done),) = waiting
    done(compute())
    assert session.exposures == []
