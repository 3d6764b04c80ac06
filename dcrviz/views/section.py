"""What the parts of the Diagnose tab have in common."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any
from weakref import ref

import panel as pn
from bokeh.plotting import figure
from panel.viewable import Viewer

from dcrviz.engine import Problem
from dcrviz.records import Visit
from dcrviz.session import Session
from dcrviz.views.background import Background, Newest
from dcrviz.views.charts import named
from dcrviz.views.figure_colours import paint
from dcrviz.views.figure_room import roomy
from dcrviz.views.words import Words
from dcrviz.worker import Worker

WIDTH = 302
"""Of figures and fields, CSS pixels: what the right column has room for on a small laptop."""
_CSS = """
p { margin: 4px 0; line-height: 1.4; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Of what somebody wanted to know something; the pixels of that are not kept for it."""

    problem: ref[Problem]
    visits: tuple[Visit, ...]
    run: str

    def outdated(self, shown: Problem) -> str:
        """A paragraph that says so, where something else is on show now; else nothing."""
        if self.problem() is shown:
            return ""
        others = " of other visits than those on show" if self.visits != shown.visits else ""
        run = html.escape(self.run)
        return f"<p role='note'>What is below was found for {run}{others}. Ask again.</p>"


class Section(Viewer):
    """Words, tables and figures about the run on show.

    Parameters
    ----------
    worker
        In whose thread it computes; without one it computes in place.
    """

    def __init__(self, session: Session, *, worker: Worker | None = None) -> None:
        super().__init__()
        self._session = session
        self.words = Words("", sizing_mode="stretch_width", margin=(2, 8), stylesheets=[_CSS])
        self.background = Background(worker, told=self.say)
        self.outdated = Words("", visible=False, margin=(2, 8), stylesheets=[_CSS])
        self.box = pn.Column(self.outdated, sizing_mode="stretch_width", margin=0)
        self._asked: _Asked | None = None
        self._figures: list[figure] = []
        self._dark = False

    def refresh(self) -> None:
        """Look at what the session shows now; called while the section is on show."""
        self._tell_outdated()

    def _tell_outdated(self) -> None:
        asked, problem = self._asked, self._session.problem
        words = "" if asked is None or problem is None else asked.outdated(problem)
        if words != self.outdated.object:
            self.outdated.param.update(object=words, visible=bool(words))

    def ask(self) -> None:
        """Remember of what the findings are that are asked for now."""
        session = self._session
        if session.problem is not None:
            self._asked = _Asked(
                problem=ref(session.problem), visits=session.problem.visits, run=session.title
            )
        self._tell_outdated()

    def say(self, *sentences: str) -> None:
        """Say these sentences in the place of those before."""
        self.words.object = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences)

    def paint(self, *, dark: bool) -> None:
        """Draw on a dark page, or on a light one."""
        self._dark = dark
        for plot in self._figures:
            paint(plot, dark=dark)
        self.push()

    def push(self) -> None:
        """Tell a notebook, which is not told of what changes in a figure as a page is."""
        pn.io.push_notebook(self.box)

    def _shown(self, *plots: figure) -> pn.FlexBox:
        """Figures side by side where there is room, in the colours of the page."""
        self._figures += plots
        for plot in plots:
            paint(plot, dark=self._dark)
        return pn.FlexBox(*(pn.pane.Bokeh(plot, margin=2) for plot in plots), margin=0)

    def __panel__(self) -> pn.Column:
        return self.box


class ProblemSection(Section):
    """A section about what the visits tell: the same for every step, and slow to find out.

    One of these says how it is found, in `_find`, and how it is shown, in `_draw`.
    """

    def __init__(self, session: Session, *, worker: Worker | None = None) -> None:
        super().__init__(session, worker=worker)
        self._newest = Newest(self.background)
        self._problem: Problem | None = None

    def refresh(self) -> None:
        """Find out about the problem on show, if it is another one."""
        problem = self._session.problem
        if problem is None or problem is self._problem:
            return
        self._problem = problem
        self._newest.do(lambda: self._find(problem), self._draw)

    def _find(self, problem: Problem) -> Any:
        raise NotImplementedError

    def _draw(self, found: Any) -> None:
        raise NotImplementedError


def plain_figure(heading: str, *, height: int = 220, **others: Any) -> figure:
    """A figure without tools that tells a screen reader what it is of."""
    plot = figure(
        title=heading,
        toolbar_location=None,
        tools="",
        width=WIDTH,
        height=height,
        html_attributes=named(heading),
        **others,
    )
    plot.title.text_font_size = "9.5pt"
    roomy(plot)
    return plot
