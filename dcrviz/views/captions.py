"""What the step on show shows, in sentences for a class."""

from __future__ import annotations

import html

from panel.viewable import Viewer

from dcrviz.diagnostics.during import during_verdicts
from dcrviz.session import Session
from dcrviz.views.curves import CourseView
from dcrviz.views.messages import Seldom
from dcrviz.views.words import Words

_CSS = """
ul {
  display: grid; gap: 18px; margin: 0; padding: 0; list-style: none;
  font-size: calc(1.15 * var(--dcrviz-size, 14px)); line-height: 1.45;
}
li { padding-left: 14px; border-left: 5px solid var(--dcrviz-edge, #888); }
li.holes { border-color: #00a5b8; }
li.wings { border-color: #ffb000; }
li.ping_pong, li.diverging, li.visit_misfits, li.planes_exchange_flux { border-color: #d55e00; }
li.healthy { border-color: #009e73; }
"""


class Captions(Viewer):
    """A line for each verdict on the step on show, the rings' colours beside theirs."""

    def __init__(self, session: Session, *, curves: CourseView) -> None:
        super().__init__()
        self._session, self._curves = session, curves
        self.words = Words(
            "", sizing_mode="stretch_width", margin=(32, 24), stylesheets=[_CSS], visible=False
        )
        self._refresh_soon = Seldom(self.refresh)
        session.param.watch(lambda *_: self._when_seen(), ["problem", "moments", "cursor"])
        curves.tell(self._when_seen)
        self.words.param.watch(lambda _: self.refresh(), "visible")
        self.refresh()

    def _when_seen(self) -> None:
        """Nobody reads what is hidden, and each change of it is a message."""
        if self.words.visible:
            self._refresh_soon()

    def refresh(self) -> None:
        """Say what is seen now, as soon as its numbers are known."""
        session = self._session
        if session.problem is None or session.current is None:
            self.words.object = ""
            return
        moments = session.moments[: session.cursor + 1]
        course = self._curves.course_of(moments)
        if not course or course[-1].index != session.current.index:
            return
        found = during_verdicts(session.problem, course, session.current.outcome, session.config)
        lines = "".join(f'<li class="{s.kind}">{html.escape(s.sentence)}</li>' for s in found)
        self.words.object = f'<ul aria-label="What this shows">{lines}</ul>'

    def __panel__(self) -> Words:
        return self.words
