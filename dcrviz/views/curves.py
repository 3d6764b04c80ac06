"""The course of the run on show in curves; a click on one goes to that step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import panel as pn
from panel.viewable import Viewer

from dcrviz.diagnostics.course import CourseEntry, course_entry
from dcrviz.diagnostics.panels import Scene
from dcrviz.engine import Problem, Step
from dcrviz.session import Moment, Session
from dcrviz.views.charts import Charts
from dcrviz.views.figure_colours import paint
from dcrviz.views.messages import Seldom
from dcrviz.views.scenes import scenes_of
from dcrviz.worker import Worker


class CourseView(Viewer):
    """Metric, gain, holes and wings, clamped pixels, flux and change of every stored step.

    Parameters
    ----------
    worker
        In whose thread the numbers are made; without one they are made in place.
    only
        Names of the figures that are shown, as `Charts` has them; all of them without.
    """

    def __init__(
        self, session: Session, *, worker: Worker | None = None, only: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._session, self._worker, self._only = session, worker, only
        self._dark, self._on_show = False, True
        self._told: list[Callable[[], None]] = []
        self._known: dict[int, CourseEntry] = {}
        self._overlaid: dict[str, tuple[CourseEntry, ...]] = {}
        self._at_work = False
        # Six figures take a browser as long to draw as all images.
        self._draw_soon = Seldom(self._draw)
        self._shown: list[_Place] = []
        session.param.watch(lambda *_: self.refresh(), ["problem", "moments", "cursor", "branches"])
        self.refresh()

    @property
    def entries(self) -> list[CourseEntry]:
        """Of the stored steps, as far as they are known yet."""
        return self.course_of(self._session.moments)

    def course_of(self, moments: Sequence[Moment]) -> list[CourseEntry]:
        """Of the steps of any run of the session, as far as they are known yet."""
        numbers = [moment.number for moment in moments]
        return [self._known[number] for number in numbers if number in self._known]

    def tell(self, told: Callable[[], None]) -> None:
        """Call this whenever there are new numbers of any run."""
        self._told.append(told)

    def turn(self, on_show: bool) -> None:
        """Draw from now on, or no more until the curves are on show again."""
        self._on_show = on_show
        if on_show:
            self._draw_soon.at_once()

    def paint(self, *, dark: bool) -> None:
        """Draw on a dark page, or on a light one."""
        self._dark = dark
        for place in self._shown:
            place.paint(dark=dark)
            pn.io.push_notebook(place.box)

    def overlay(self, name: str, entries: Sequence[CourseEntry]) -> None:
        """Draw the course of another run under its name; without entries it goes away."""
        if tuple(entries) == self._overlaid.get(name, ()):
            return
        self._overlaid[name] = tuple(entries)
        if not entries:
            del self._overlaid[name]
        self._draw_soon()

    def refresh(self) -> None:
        """Draw what is known of the run on show, and begin to find what is missing."""
        session = self._session
        # They outlive the pixels of their steps.
        stored = {moment.number for run in session.runs for moment in run}
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
        for told in self._told:
            told()

    def _arrived(self, found: dict[int, CourseEntry]) -> None:
        self._at_work = False
        self._take(found)
        # Steps that were stored meanwhile are still to do.
        self.refresh()

    def _failed(self, sentence: str) -> None:
        self._at_work = False
        self._session.error = sentence

    def _draw(self) -> None:
        if not self._on_show:
            return
        session, entries = self._session, self.entries
        # A course of which nothing is known yet leaves the last one on show: knobs that move make
        # one after the other.
        known = bool(entries) or not session.moments
        for place in self._shown:
            if known:
                place.draw(entries, problem=session.problem, current=session.current)
            place.overlay(self._overlaid)
            # A notebook is not told of what changes in a figure, as a page is.
            pn.io.push_notebook(place.box)

    def _jump(self, index: int) -> None:
        """Show the stored step of this index."""
        for place, step in enumerate(self._session.steps):
            if step.index == index:
                self._session.show(place)
                return

    def __panel__(self) -> pn.FlexBox:
        place = _Place(Charts(jump=self._jump), only=self._only)
        place.paint(dark=self._dark)
        self._shown.append(place)
        self._draw()
        return place.box


class _Place:
    """One of the places where the curves are shown.

    `panes` holds the pane of each figure; those which say nothing of the run on show are hidden.

    Raises
    ------
    ValueError
        If one is wanted that there is not.
    """

    def __init__(self, charts: Charts, *, only: Sequence[str] = ()) -> None:
        strange = [name for name in only if name not in charts.figures]
        if strange:
            raise ValueError(f"curve must be one of {', '.join(charts.figures)}; got {strange[0]}")
        self.charts = charts
        self.panes = {name: pn.pane.Bokeh(plot, margin=2) for name, plot in charts.figures.items()}
        self.panes["residual"].visible = False
        shown = [self.panes[name] for name in only or self.panes]
        self.box = pn.FlexBox(*shown, margin=0)
        self._overlaid: dict[str, Sequence[CourseEntry]] = {}

    def draw(
        self, entries: Sequence[CourseEntry], *, problem: Problem | None, current: Step | None
    ) -> None:
        """Draw what is known of a run, and the line at its step on show, or the last one known."""
        visits = [str(visit.id) for visit in problem.visits] if problem else []
        self.charts.draw(entries, visits=visits)
        # The line comes to a new step with its numbers: each time all figures are painted anew.
        known = [e.index for e in entries if current is not None and e.index <= current.index]
        if known:
            self.charts.mark(max(known))
        # Judged by the residual of its equations, a solver has no gain.
        by_equations = problem is not None and problem.config.solver == "pcg"
        self.panes["gain"].visible = not by_equations
        self.panes["residual"].visible = by_equations

    def paint(self, *, dark: bool) -> None:
        """Take the colours of the page."""
        for plot in self.charts.figures.values():
            paint(plot, dark=dark)

    def overlay(self, runs: Mapping[str, Sequence[CourseEntry]]) -> None:
        """Draw these other runs, and none beside them."""
        for name in {**self._overlaid, **runs}:
            if self._overlaid.get(name) is not runs.get(name):
                self.charts.overlay(name, runs.get(name, ()))
        self._overlaid = dict(runs)


def _entries(scenes: Mapping[int, Scene]) -> dict[int, CourseEntry]:
    return {
        number: course_entry(scene.problem, scene.step, scene.before, scene.config)
        for number, scene in scenes.items()
    }
