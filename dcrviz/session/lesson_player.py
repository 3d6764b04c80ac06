"""A lesson as a session plays it: forward and back, each time to the same picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import param

from dcrviz.config import AssembleConfig
from dcrviz.engine import Outcome
from dcrviz.lessons import END, Lesson, LessonStep, lesson_config, lesson_exposures
from dcrviz.records import Exposure
from dcrviz.session.session import Session

Loaded = Callable[[Sequence[Exposure], str], None]


class Does(Protocol):
    """How work is done: in place, or in a thread."""

    def __call__(self, compute: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Compute, then hand over the result."""


class LessonPlayer(param.Parameterized):
    """A place in a lesson, and the run that shows it.

    A step with a question has two places: the question, asked while the picture of the step before
    is on show, and the answer with its own picture. Going back is the exact inverse of going on.

    Parameters
    ----------
    do
        Computes what takes a while; in place without it.
    loaded
        Called with visits that are about to be shown, and the scene that they are of.
    """

    lesson = param.ClassSelector(class_=Lesson, allow_None=True, doc="None while there is none.")
    place = param.Integer(0, bounds=(0, None), doc="Index of the step.")
    asked = param.Boolean(False, doc="Whether its question is still open.")

    def __init__(
        self, session: Session, *, do: Does | None = None, loaded: Loaded = lambda *_: None
    ) -> None:
        super().__init__()
        self._session, self._do, self._loaded = session, do or _in_place, loaded
        self._scenes: dict[str, list[Exposure]] = {}
        self._wanted: LessonStep | None = None
        self._arriving = False
        session.param.watch(lambda event: None if event.new else self._arrive(), "busy")

    @property
    def step(self) -> LessonStep | None:
        """The step that is told; None without a lesson."""
        lesson: Lesson | None = self.lesson
        return None if lesson is None else lesson.steps[self.place]

    @property
    def pictured(self) -> LessonStep | None:
        """The step whose picture is on show: while a question is open, the one before."""
        lesson: Lesson | None = self.lesson
        return None if lesson is None else lesson.steps[max(0, self.place - self.asked)]

    @property
    def at_start(self) -> bool:
        """Whether nothing is before."""
        return self.step is None or (self.place == 0 and (self.asked or not self.step.question))

    @property
    def at_end(self) -> bool:
        """Whether nothing follows."""
        return self.lesson is None or (self.place == len(self.lesson.steps) - 1 and not self.asked)

    def open(self, lesson: Lesson) -> None:
        """Begin a lesson; what is on show stays among the runs if it has been iterated."""
        self._go(lesson, 0, asked=bool(lesson.steps[0].question))

    def leave(self) -> None:
        """End the lesson; its last picture stays."""
        self._wanted, self._arriving = None, False
        self.param.update(lesson=None, place=0, asked=False)

    def next(self) -> None:
        """Answer the question, or go to the next step."""
        if self.lesson is None or self.at_end:
            return
        if self.asked:
            self._go(self.lesson, self.place, asked=False)
        else:
            after = self.place + 1
            self._go(self.lesson, after, asked=bool(self.lesson.steps[after].question))

    def previous(self) -> None:
        """Where `next` came from."""
        if self.lesson is None or self.at_start:
            return
        asking = not self.asked and bool(self.lesson.steps[self.place].question)
        self._go(self.lesson, self.place - (not asking), asked=asking)

    def _go(self, lesson: Lesson, place: int, *, asked: bool) -> None:
        before = self.pictured
        self.param.update(lesson=lesson, place=place, asked=asked)
        step = self.pictured
        if step is not None and step is not before:
            self._picture(step)

    def _picture(self, step: LessonStep) -> None:
        """Bring the step's run on show; the newest wish wins."""
        self._wanted = step
        if step.scene in self._scenes:
            self._bring(step)
            return

        def read(exposures: list[Exposure]) -> None:
            self._scenes[step.scene] = exposures
            if self._wanted is step:
                self._bring(step)

        self._do(lambda: lesson_exposures(step.scene), read)

    def _bring(self, step: LessonStep) -> None:
        session, exposures = self._session, self._scenes[step.scene]
        config = lesson_config(step.scene, step.knobs)
        if not _is_of(session.exposures, session.config, exposures, config):
            session.pause()
            known = [
                index
                for index, branch in enumerate(session.branches)
                if _is_of(branch.exposures, branch.config, exposures, config)
            ]
            if known:
                session.open_branch(known[-1])
            else:
                self._loaded(exposures, step.scene)
                session.open_data(exposures, config)
        self._show(step.iteration)
        self._arriving = session.busy

    def _arrive(self) -> None:
        """An iteration that was at hand when the step was asked for may have gone beyond it."""
        session, step = self._session, self._wanted
        if not self._arriving or step is None:
            return
        there = 0 <= step.iteration < len(session.moments)
        self._arriving = not there and session.outcome is Outcome.RUNNING
        if there and session.cursor != step.iteration:
            session.show(step.iteration)

    def _show(self, iteration: int) -> None:
        """An iteration of the run on show, which may still have to be computed."""
        session = self._session
        last = len(session.moments) - 1
        if 0 <= iteration <= last:
            session.show(iteration)
            return
        if last >= 0:
            session.show(last)
        if session.outcome is not Outcome.RUNNING:
            return
        if iteration == END:
            session.play(fast=True)
        elif iteration > max(last, 0):
            session.step(iteration - max(last, 0))
        else:
            session.start()


def _in_place(compute: Callable[[], Any], done: Callable[[Any], None]) -> None:
    done(compute())


def _is_of(
    exposures: Sequence[Exposure],
    config: AssembleConfig,
    wanted: Sequence[Exposure],
    knobs: AssembleConfig,
) -> bool:
    """Whether a run is of these very visits, with these knobs."""
    same = len(exposures) == len(wanted) and all(
        one is other for one, other in zip(exposures, wanted, strict=True)
    )
    return same and config.values() == knobs.values()
