"""A stored step with all that its images and numbers are derived from."""

from __future__ import annotations

from collections.abc import Container, Sequence

from dcrviz.diagnostics.panels import Scene, turned
from dcrviz.engine import Problem
from dcrviz.session import Moment, Session


def scenes_of(session: Session, *, besides: Container[int] = ()) -> dict[int, Scene]:
    """One for each stored step that has its pixels, of all runs, by the moment's number.

    Parameters
    ----------
    besides
        Numbers of moments of which none is needed.
    """
    runs = [(branch.problem, branch.moments) for branch in session.branches]
    if session.problem is not None:
        runs.insert(0, (session.problem, tuple(session.moments)))
    return {
        moment.number: _scene(problem, moment, before)
        for problem, moments in runs
        for before, moment in zip([None, *moments], moments, strict=False)
        if moment.kept and moment.number not in besides
    }


def current_scene(session: Session) -> Scene | None:
    """Of the step on show; None before there is one, and while its pixels are made again."""
    return scene_at(session, session.cursor)


def scene_at(session: Session, place: int) -> Scene | None:
    """Of a stored step of the run on show by its place; None while its pixels are not there."""
    if session.problem is None or place >= len(session.moments):
        return None
    return scene_in(session.problem, session.moments, place)


def scene_in(problem: Problem, moments: Sequence[Moment], place: int) -> Scene | None:
    """Of a stored step of any run; None while its pixels are not there."""
    if not moments[place].kept:
        return None
    return _scene(problem, moments[place], moments[place - 1] if place else None)


def _scene(problem: Problem, moment: Moment, before: Moment | None) -> Scene:
    return Scene(
        problem=problem,
        step=moment.step,
        before=before.step if before is not None and before.kept else None,
        config=turned(problem, moment.knobs),
    )
