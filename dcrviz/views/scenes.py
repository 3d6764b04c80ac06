"""A stored step with all that its images and numbers are derived from."""

from __future__ import annotations

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.panels import Scene
from dcrviz.engine import Problem
from dcrviz.session import Moment, Session


def scenes_of(session: Session) -> dict[int, Scene]:
    """One for each stored step of the run on show that has its pixels, by the moment's number."""
    problem, moments = session.problem, session.moments
    if problem is None:
        return {}
    return {
        moment.number: _scene(problem, moment, before)
        for before, moment in zip([None, *moments], moments, strict=False)
        if moment.kept
    }


def current_scene(session: Session) -> Scene | None:
    """Of the step on show; None before there is one, and while its pixels are made again."""
    problem, moment, place = session.problem, session.shown, session.cursor
    if problem is None or moment is None or not moment.kept:
        return None
    return _scene(problem, moment, session.moments[place - 1] if place else None)


def _scene(problem: Problem, moment: Moment, before: Moment | None) -> Scene:
    return Scene(
        problem=problem,
        step=moment.step,
        before=before.step if before is not None and before.kept else None,
        config=_config(problem, moment),
    )


def _config(problem: Problem, moment: Moment) -> AssembleConfig | None:
    """The knobs of the iteration, where they are not those the problem was prepared with."""
    own = problem.config
    if all(getattr(own, name) == value for name, value in moment.knobs.items()):
        return None
    return own.with_values(**moment.knobs)
