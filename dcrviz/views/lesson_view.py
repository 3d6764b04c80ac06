"""A lesson before a class: which one, how far it is, what is asked, and what is to be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.viewable import Viewer

from dcrviz.lessons import Lesson, lesson_names, read_lesson
from dcrviz.records import Exposure
from dcrviz.session import Session
from dcrviz.session.lesson_player import LessonPlayer
from dcrviz.views.background import Background
from dcrviz.views.telling import BUTTON_CSS, Message, Telling

_JS = Path(__file__).parent / "js"
_CSS = """
/* No wider than its place, whatever the longest title is. */
.lesson { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; }
p { font-size: calc(1.15 * var(--dcrviz-size, 14px)); line-height: 1.45; }
.bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
select {
  font: var(--dcrviz-size, 14px)/1.2 system-ui, sans-serif; height: 2.3em; color: inherit;
  background: var(--dcrviz-page, Canvas); flex: 1 1 100%; min-width: 0;
  border: 1px solid var(--dcrviz-edge, #8886); border-radius: 4px;
}
.bar button { padding: 0 12px; background: #8882; }
.bar button.next {
  background: var(--dcrviz-fill, #1f6f8b); border-color: var(--dcrviz-fill, #1f6f8b); color: #fff;
}
.count { white-space: nowrap; font-size: 0.85em; font-variant-numeric: tabular-nums; }
p { margin: 0; }
.question { font-style: italic; }
.caption { padding-left: 14px; border-left: 5px solid var(--dcrviz-accent, #1f6f8b); }
[hidden] { display: none; }
"""
NEXT_KEYS, PREVIOUS_KEYS = ("n", "PageDown"), ("p", "PageUp")
"""Keys of a lesson; clickers send the second of each."""


class LessonBar(Telling):
    """The choice of a lesson, its buttons and its words."""

    lessons = param.List([], doc="Name and title of each that can be chosen.")
    name_on_show = param.String("", doc="Of the lesson on show; empty without one.")
    count = param.String("", doc="Which step of how many.")
    question = param.String("", doc="What is asked, or was asked before the caption.")
    caption = param.String("", doc="What is to be seen; empty while a question is open.")
    at_start = param.Boolean(True, doc="Whether there is nothing before.")
    at_end = param.Boolean(True, doc="Whether there is nothing after.")

    _esm = _JS / "lesson.js"
    _stylesheets: ClassVar[list[str]] = [BUTTON_CSS, _CSS]


class LessonView(Viewer):
    """Plays lessons on a session.

    Parameters
    ----------
    show_rows
        Makes rows of the wall visible.
    look
        Shows a pixel (x, y) closely in every panel, or with None the whole field.
    loaded
        Called with visits that are about to be shown, and the scene that they are of.
    """

    def __init__(
        self,
        session: Session,
        background: Background,
        *,
        show_rows: Callable[..., None],
        look: Callable[[tuple[int, int] | None], None],
        loaded: Callable[[Sequence[Exposure], str], None],
    ) -> None:
        super().__init__()
        self._background, self._show_rows, self._look = background, show_rows, look
        self._own: dict[str, Lesson] = {}
        self.player = LessonPlayer(session, do=background.do, loaded=loaded)
        self.bar = LessonBar(
            lessons=[[name, read_lesson(name).title] for name in lesson_names()],
            visible=False,
            sizing_mode="stretch_width",
            margin=(20, 24, 0, 24),
        )
        self.bar.listen(self._take)
        self.player.param.watch(lambda *_: self._tell(), ["lesson", "place", "asked"])

    @property
    def is_open(self) -> bool:
        """Whether a lesson is being played."""
        return self.player.lesson is not None

    def open(self, lesson: Lesson | str) -> None:
        """Begin a lesson; of one that comes with the package the name will do."""
        if isinstance(lesson, str):
            lesson = self._own.get(lesson) or read_lesson(lesson)
        if lesson.name not in lesson_names():
            self._own[lesson.name] = lesson
            own = [[one.name, one.title] for one in self._own.values()]
            included = [[name, read_lesson(name).title] for name in lesson_names()]
            self.bar.lessons = [*included, *own]
        self.player.open(lesson)

    def set_scene(self) -> None:
        """Make visible what the step on show names."""
        pictured = self.player.pictured
        if pictured is not None:
            self._show_rows(*pictured.rows)
            self._look(pictured.look)

    def _take(self, message: Message) -> None:
        """What a person does on the bar."""
        act = str(message.get("act"))
        if act == "next":
            self.player.next()
        elif act == "previous":
            self.player.previous()
        elif act == "choose":
            self._choose(str(message.get("name")))

    def _choose(self, name: str) -> None:
        known = [one for one, _ in self.bar.lessons]
        if name in known:
            self.open(name)
        else:
            self.player.leave()

    def _tell(self) -> None:
        player, step = self.player, self.player.step
        values: dict[str, Any] = {"at_start": player.at_start, "at_end": player.at_end}
        if step is None or player.lesson is None:
            self.bar.param.update(name_on_show="", count="", question="", caption="", **values)
            return
        self.set_scene()
        self.bar.param.update(
            name_on_show=player.lesson.name,
            count=f"{player.place + 1} of {len(player.lesson.steps)}",
            question=step.question,
            caption="" if player.asked else step.caption,
            **values,
        )

    def __panel__(self) -> LessonBar:
        return self.bar
