"""What is wrong with the step on show: found where nobody waits, told in chips and in a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from panel.viewable import Viewer

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.course import CourseEntry
from dcrviz.diagnostics.verdict import Place, Verdict
from dcrviz.diagnostics.verdicts import verdicts_on, with_tests
from dcrviz.engine import Outcome, Problem, Step
from dcrviz.session import Session
from dcrviz.views.background import Background, Newest
from dcrviz.views.curves import CourseView
from dcrviz.views.messages import Seldom
from dcrviz.views.scenes import current_scene
from dcrviz.views.verdict_parts import (
    Told,
    VerdictChips,
    VerdictList,
    chips_of,
    entries_of,
    shown_steps,
    told_in_order,
)
from dcrviz.worker import Worker

Judge = Callable[[Problem, Sequence[CourseEntry], Step, AssembleConfig | None], Sequence[Verdict]]
"""Finds the verdicts on the last step of a course, as `verdicts_on` does."""


class Verdicts:
    """Keeps what has been found of each step, and finds what is missing of the one on show.

    Parameters
    ----------
    curves
        Which knows the numbers of the steps.
    judge
        Called in the worker's thread.
    """

    def __init__(
        self,
        session: Session,
        *,
        curves: CourseView,
        judge: Judge = verdicts_on,
        worker: Worker | None = None,
    ) -> None:
        self._session, self._curves, self.judge = session, curves, judge
        self._newest = Newest(Background(worker, told=self._failed))
        self._known: dict[tuple[int, Outcome], tuple[Verdict, ...]] = {}
        self._added: tuple[Problem | None, tuple[Verdict, ...]] = (None, ())
        self._heard: list[Callable[[], None]] = []
        self.told: tuple[Told, ...] = ()
        self._look_soon = Seldom(self._look)
        session.param.watch(lambda *_: self._look_soon(), ["problem", "moments", "cursor"])
        curves.tell(self._look_soon)
        self._look()

    def tell(self, heard: Callable[[], None]) -> None:
        """Call this whenever there are other verdicts, on the step on show or on another one."""
        self._heard.append(heard)

    def add(self, problem: Problem, found: Sequence[Verdict]) -> None:
        """Tell these, too, on all steps of this problem: what a test found that somebody ran."""
        self._added = (problem, tuple(found))
        self._look()

    def _look(self) -> None:
        """Tell what is known of the step on show, or find it."""
        session, shown, scene = self._session, self._session.shown, current_scene(self._session)
        if session.problem is None or shown is None:
            self._tell(())
            return
        key = (shown.number, shown.step.outcome)
        if key in self._known:
            of, added = self._added
            found = added if of is session.problem else ()
            config = session.problem.config.with_values(**shown.knobs)
            self._tell(with_tests(self._known[key], found, config) if found else self._known[key])
            return
        course = self._curves.course_of(session.moments[: session.cursor + 1])
        # Numbers and pixels that are missing are on their way.
        if scene is None or not course or course[-1].index != shown.step.index:
            return
        judge = self.judge

        def take(found: Sequence[Verdict]) -> None:
            stored = {moment.number for run in session.runs for moment in run}
            self._known = {k: known for k, known in self._known.items() if k[0] in stored}
            self._known[key] = tuple(found)
            self._look()

        self._newest.do(lambda: judge(scene.problem, course, scene.step, scene.config), take)

    def _tell(self, found: Sequence[Verdict]) -> None:
        told = told_in_order(found)
        if [one.verdict for one in told] != [one.verdict for one in self.told]:
            self.told = tuple(told)
            for heard in self._heard:
                heard()

    def _failed(self, sentence: str) -> None:
        self._session.error = f"this step can't be judged: {sentence}"


class ChipsView(Viewer):
    """The chips in the control row.

    Parameters
    ----------
    chosen
        Called with the name of the verdict whose chip was pressed.
    """

    def __init__(self, verdicts: Verdicts, *, chosen: Callable[[str], None]) -> None:
        super().__init__()
        self._verdicts = verdicts
        self.chips = VerdictChips(margin=(5, 10), styles={"flex": "1 1 200px", "min-width": "0"})
        self.chips.listen(lambda message: chosen(message["row"]))
        verdicts.tell(self._draw)
        self._draw()

    def _draw(self) -> None:
        self.chips.chips = chips_of(self._verdicts.told)

    def __panel__(self) -> VerdictChips:
        return self.chips


class VerdictsView(Viewer):
    """All verdicts on the step on show, with what can be done about them.

    Parameters
    ----------
    show
        Called with a place that somebody wants to see.
    try_knobs
        Called with the knobs of a remedy that somebody wants to try.
    """

    def __init__(
        self,
        session: Session,
        verdicts: Verdicts,
        *,
        show: Callable[[Place], None],
        try_knobs: Callable[[Mapping[str, Any]], None],
    ) -> None:
        super().__init__()
        self._session, self._verdicts = session, verdicts
        self._show, self._try = show, try_knobs
        self.list = VerdictList(margin=(6, 8), sizing_mode="stretch_width", styles={"flex": "none"})
        self.list.listen(self._take)
        verdicts.tell(self._draw)
        self._draw()

    def _draw(self) -> None:
        self.list.verdicts = entries_of(self._verdicts.told, self._session.steps)

    def _take(self, message: dict[str, Any]) -> None:
        """What a person asks for."""
        told = [one for one in self._verdicts.told if one.id == message["row"]]
        if not told:
            # It went away while the click was on its way.
            return
        verdict, place = told[0].verdict, int(message["place"])
        if message["type"] == "step":
            self._go_to(shown_steps(verdict)[place])
        elif message["type"] == "source":
            self._show(verdict.places[place])
        elif message["type"] == "try":
            self._try(verdict.remedies[place].knobs)

    def _go_to(self, index: int) -> None:
        """Show the stored step of this index."""
        for place, step in enumerate(self._session.steps):
            if step.index == index:
                self._session.show(place)
                return

    def __panel__(self) -> VerdictList:
        return self.list
