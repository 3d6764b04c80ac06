"""A stored step with all that its images and numbers are derived from."""

from __future__ import annotations

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.panels import Scene
from dcrviz.engine import Problem
from dcrviz.session import Moment, Session


def scenes_of(session: Session) -> list[Scene]:
    """One for each stored step of the run on show; none before it is prepared."""
    problem, moments = session.problem, session.moments
    if problem is None:
        return []
    return [
        Scene(
            problem=problem,
            step=moment.step,
            before=before.step if before else None,
            config=_config(problem, moment),
        )
        for moment, before in zip(moments, [None, *moments[:-1]], strict=False)
    ]


def current_scene(session: Session) -> Scene | None:
    """Of the step on show; None before there is one."""
    return scene_at(session, session.cursor)


def scene_at(session: Session, place: int) -> Scene | None:
    """Of a stored step of the run on show by its place; None before there is one."""
    problem, moments = session.problem, session.moments
    if problem is None or place >= len(moments):
        return None
    return Scene(
        problem=problem,
        step=moments[place].step,
        before=moments[place - 1].step if place else None,
        config=_config(problem, moments[place]),
    )


def _config(problem: Problem, moment: Moment) -> AssembleConfig | None:
    """The knobs of the iteration, where they are not those the problem was prepared with."""
    own = problem.config
    if all(getattr(own, name) == value for name, value in moment.knobs.items()):
        return None
    return own.with_values(**moment.knobs)
