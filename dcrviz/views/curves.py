"""The course of the run on show in curves; a click on one goes to that step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import panel as pn
from panel.viewable import Viewer

from dcrviz.diagnostics.course import CourseEntry, course_entry
from dcrviz.diagnostics.panels import Scene
from dcrviz.engine import Problem
from dcrviz.session import Moment, Session
from dcrviz.views.charts import Charts
from dcrviz.views.messages import Seldom
from dcrviz.views.scenes import scenes_of
from dcrviz.worker import Worker

# Between drawings while iterations follow each other.
_PAUSE_S = 0.4


class CourseView(Viewer):
    """Metric, gain, holes and wings, clamped pixels, flux and change of every stored step.

    Parameters
    ----------
    worker
        In whose thread the numbers are made; without one they are made in place.

    `told` is called when there are new numbers of any run.
    """

    def __init__(self, session: Session, *, worker: Worker | None = None) -> None:
        super().__init__()
        self._session, self._worker = session, worker
        self.told: Callable[[], None] = lambda: None
        self._known: dict[int, CourseEntry] = {}
        self._overlaid: dict[str, tuple[CourseEntry, ...]] = {}
        self._new_overlays: set[str] = set()
        self._at_work = False
        # Six figures take a browser as long to draw as all images.
        self._draw_soon = Seldom(self._draw, pause_s=_PAUSE_S)
        self._drawn_for: tuple[object, ...] | None = None
        self._shown: list[tuple[pn.Column, Charts]] = []
        session.param.watch(lambda *_: self.refresh(), ["problem", "moments", "cursor"])
        self.refresh()

    @property
    def entries(self) -> list[CourseEntry]:
        """Of the stored steps, as far as they are known yet."""
        return self.course_of(self._session.moments)

    def course_of(self, moments: Sequence[Moment]) -> list[CourseEntry]:
        """Of the steps of any run of the session, as far as they are known yet."""
        numbers = [moment.number for moment in moments]
        return [self._known[number] for number in numbers if number in self._known]

    def overlay(self, name: str, entries: Sequence[CourseEntry]) -> None:
        """Draw the course of another run under its name; without entries it goes away."""
        if tuple(entries) == self._overlaid.get(name, ()):
            return
        self._overlaid[name] = tuple(entries)
        self._new_overlays.add(name)
        self._draw_soon()

    def refresh(self) -> None:
        """Draw what is known of the run on show, and begin to find what is missing."""
        session = self._session
        runs = [session.moments, *(branch.moments for branch in session.branches)]
        # They outlive the pixels of their steps.
        stored = {moment.number for run in runs for moment in run}
        self._known = {number: e for number, e in self._known.items() if number in stored}
        missing = scenes_of(session, besides=self._known)
        if missing and self._worker is None:
            self._take(_entries(missing))
        elif missing and self._worker is not None and not self._at_work:
            self._at_work = True
            self._worker.submit(lambda: _entries(missing), done=self._arrived, failed=self._failed)
        self._draw_soon()

    def _take(self, found: dict[int, CourseEntry]) -> None:
        self._known |= found
        self.told()

    def _arrived(self, found: dict[int, CourseEntry]) -> None:
        self._at_work = False
        self._take(found)
        # Steps that were stored meanwhile are still to do.
        self.refresh()

    def _failed(self, sentence: str) -> None:
        self._at_work = False
        self._session.error = sentence

    def _draw(self) -> None:
        problem = self._session.problem
        if problem is not None and (needs := _figures_for(problem)) != self._drawn_for:
            self._drawn_for = needs
            self._renew()
        for _, charts in self._shown:
            self._fill(charts)
            for name in self._new_overlays:
                charts.overlay(name, self._overlaid[name])
        self._new_overlays.clear()

    def _fill(self, charts: Charts) -> None:
        """Draw all that is known, and the line at the step on show."""
        charts.draw(self.entries)
        if self._session.current is not None:
            charts.mark(self._session.current.index)

    def _jump(self, index: int) -> None:
        """Show the stored step of this index."""
        for place, step in enumerate(self._session.steps):
            if step.index == index:
                self._session.show(place)
                return

    def _renew(self) -> None:
        """Other visits or another solver need other figures."""
        for place, (column, _) in enumerate(self._shown):
            charts = self._charts()
            # Before the browser is told of them: later changes would reach it first.
            self._fill(charts)
            column[:] = [_boxed(charts)]
            self._shown[place] = (column, charts)

    def _charts(self) -> Charts:
        problem = self._session.problem
        charts = Charts(
            [str(visit.id) for visit in problem.visits] if problem else [],
            by_equations=problem is not None and problem.config.solver == "pcg",
            jump=self._jump,
        )
        for name, entries in self._overlaid.items():
            charts.overlay(name, entries)
        return charts

    def __panel__(self) -> pn.Column:
        charts = self._charts()
        column = pn.Column(_boxed(charts), sizing_mode="stretch_width", margin=0)
        self._shown.append((column, charts))
        self._draw()
        return column


def _figures_for(problem: Problem) -> tuple[object, ...]:
    """What the figures depend on: the visits, and whether equations are solved."""
    return (*(visit.id for visit in problem.visits), problem.config.solver == "pcg")


def _boxed(charts: Charts) -> pn.FlexBox:
    panes = [pn.pane.Bokeh(plot, margin=2) for plot in charts.figures.values()]
    return pn.FlexBox(*panes, margin=0)


def _entries(scenes: Mapping[int, Scene]) -> dict[int, CourseEntry]:
    return {
        number: course_entry(scene.problem, scene.step, scene.before, scene.config)
        for number, scene in scenes.items()
    }
