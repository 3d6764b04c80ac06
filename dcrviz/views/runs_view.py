"""The runs of a session in a table: named, pinned, shown, compared, saved, deleted."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dcrviz.config_rules import differing_knobs
from dcrviz.diagnostics.panels import rows_of
from dcrviz.records import Exposure
from dcrviz.session import Session
from dcrviz.views.curves import CourseView
from dcrviz.views.messages import TABLE_S, Seldom
from dcrviz.views.run_rows import are_of_other_visits, run_columns, run_row, runs_of, what_follows
from dcrviz.views.scenes import scene_in
from dcrviz.views.table import Table
from dcrviz.views.wall import ImageWall, Shot
from dcrviz.views.words import Words


class RunsView(Viewer):
    """The run on show and those that were left for it, with what they differ in and how they end.

    Parameters
    ----------
    curves
        In which pinned runs are drawn beside the one on show, and which knows their numbers.
    wall
        On which a panel of two runs is compared.
    save
        Called with the index of a branch that somebody wants as a file.
    told
        Called with one sentence when something can't be done.
    visits
        Gives what people read of where the visits of a run are from.
    """

    def __init__(
        self,
        session: Session,
        *,
        curves: CourseView,
        wall: ImageWall,
        save: Callable[[int], None],
        told: Callable[[str], None],
        visits: Callable[[Sequence[Exposure]], str] = lambda _: "",
    ) -> None:
        super().__init__()
        self._visits = visits
        self._session, self._curves, self._wall = session, curves, wall
        self._save, self._told = save, told
        self._overlaid: set[str] = set()
        self.words = Words("", margin=(0, 10))
        self.panel = pn.widgets.Select(
            label="Panel to compare",
            options={},
            width=400,
            margin=(5, 10),
            description="Compare shows this panel of the iteration on show and of the same "
            "iteration of another run, or of both ends, large on the wall: to blink or swipe.",
        )
        self.table = Table(run_columns([]), caption="Runs", margin=(0, 10))
        self.table.listen(self._take)
        watched = ["problem", "moments", "branches", "title", "pinned", "playing", "cursor"]
        self._refresh_soon = Seldom(self.refresh, pause_s=TABLE_S)
        session.param.watch(lambda *_: self._refresh_soon(), watched)
        session.param.watch(lambda _: self._watch_config(), "config")
        curves.tell(self._refresh_soon)
        self._watch_config()

    def refresh(self) -> None:
        """Show all runs, what follows from Play, and the curves of those that are pinned."""
        session = self._session
        runs = runs_of(session)
        differing = differing_knobs([run.knobs for run in runs])
        self.table.arrange(run_columns(differing, visits=are_of_other_visits(runs)))
        self.table.show(
            [
                run_row(
                    run,
                    self._curves.course_of(run.moments),
                    differing,
                    visits=self._visits(run.exposures),
                )
                for run in runs
            ]
        )
        self.words.object = f'<p role="note">{html.escape(what_follows(session))}</p>'
        self._overlay()
        self._offer_panels()

    def compare(self, index: int) -> None:
        """Compare the panel that is chosen in the iteration on show with that of a branch."""
        session = self._session
        branch, shown, key = session.branches[index], session.shown, self.panel.value
        here = (
            None
            if session.problem is None
            else scene_in(session.problem, session.moments, session.cursor)
        )
        at_end = session.cursor == len(session.moments) - 1
        wanted = len(branch.moments) - 1 if at_end else session.cursor
        kept = [place for place, moment in enumerate(branch.moments) if moment.kept]
        if shown is None or here is None or key is None:
            return
        if not kept:
            self._told(f"the images of {branch.name} were let go: Show it, and they are made again")
            return
        place = min(kept, key=lambda one: abs(one - wanted))
        there = scene_in(branch.problem, branch.moments, place)
        assert there is not None
        if there.problem.shape != here.problem.shape or key not in _keys(there.problem):
            self._told(f"{branch.name} has no panel like this one to compare it with")
            return
        pair = [(shown, here, session.title), (branch.moments[place], there, branch.name)]
        shots = [
            Shot(moment=moment, scene=scene, title=f"{name}, iteration {scene.step.iteration}")
            for moment, scene, name in pair
        ]
        self._wall.compare(key, shots)

    def _take(self, message: dict[str, Any]) -> None:
        """What a person does on the table, which may lag behind the runs."""
        session = self._session
        indices = {str(branch.number): index for index, branch in enumerate(session.branches)}
        row, column, value = message["row"], message["column"], message["value"]
        if message["type"] != "turned" or row not in {*indices, str(session.number)}:
            return
        index = indices.get(row)
        try:
            if column == "name":
                session.rename(str(value), index)
            elif column == "pinned":
                session.pin(bool(value), index)
            elif index is not None:
                self._act(column, index)
        except ValueError as error:
            self._told(str(error))
        self._refresh_soon.at_once()

    def _act(self, column: str, index: int) -> None:
        """What a button of a branch does."""
        if column == "show":
            self._session.open_branch(index)
        elif column == "delete":
            self._session.delete(index)
        elif column == "compare":
            self.compare(index)
        elif column == "save":
            self._save(index)

    def _overlay(self) -> None:
        """Draw the pinned runs beside the one on show, and no others."""
        pinned = {
            branch.name: self._curves.course_of(branch.moments)
            for branch in self._session.branches
            if branch.pinned
        }
        for gone in self._overlaid - set(pinned):
            self._curves.overlay(gone, ())
        for name, entries in pinned.items():
            self._curves.overlay(name, entries)
        self._overlaid = set(pinned)

    def _offer_panels(self) -> None:
        problem = self._session.problem
        if problem is None:
            return
        options = {
            f"{row.title.split(':')[0].split(',')[0]}: {panel.title}": panel.key
            for row in rows_of(problem)
            for panel in row.panels
        }
        if options != self.panel.options:
            held = self.panel.value
            value = held if held in options.values() else "minus_mean 0"
            self.panel.param.update(options=options, value=value)

    def _watch_config(self) -> None:
        config = self._session.config
        config.param.watch(lambda *_: self.refresh(), list(config.knobs()))
        self.refresh()

    def __panel__(self) -> pn.Column:
        return pn.Column(self.words, self.table, self.panel, sizing_mode="stretch_width", margin=0)


def _keys(problem: Any) -> set[str]:
    return {panel.key for row in rows_of(problem) for panel in row.panels}
