"""The page as a class sees it: large, few rows of images, and in words what they show."""

from __future__ import annotations

import panel as pn
from panel.viewable import Viewer

from dcrviz.lessons import Lesson
from dcrviz.views.appearance import Appearance
from dcrviz.views.captions import Captions
from dcrviz.views.keys import Keys
from dcrviz.views.lesson_view import NEXT_KEYS, PREVIOUS_KEYS, LessonView
from dcrviz.views.wall import ImageWall
from dcrviz.views.wall_canvas import WallCanvas

# What a class is shown: the planes, and what tells them apart.
_ROWS = ("plane", "minus_mean")
# What of a window's height is not the two rows' images.
_BESIDES_IMAGES_PX = 310


class ClassMode(Viewer):
    """Turns wall, words and keys to what a class needs, and back; what stands beside the wall.

    Parameters
    ----------
    keys
        Which those of a lesson are added to.
    """

    def __init__(
        self,
        appearance: Appearance,
        *,
        wall: ImageWall,
        captions: Captions,
        lesson: LessonView,
        keys: Keys,
    ) -> None:
        super().__init__()
        self._appearance, self._wall, self._keys = appearance, wall, keys
        self.captions, self.lesson = captions, lesson
        self._rows_before: tuple[str, ...] | None = None
        appearance.param.watch(lambda *_: self._turn(), ["teacher", "room"])
        lesson.player.param.watch(lambda _: self._turn_lesson(), "lesson")

    def teach(self, lesson: Lesson | str) -> None:
        """Begin a lesson, as a class sees it."""
        self._appearance.teacher = True
        self.lesson.open(lesson)

    def _turn(self) -> None:
        """Two rows as large as the window lets them be, and what they show; or all as it was."""
        teacher, wall = self._appearance.teacher, self._wall
        self.lesson.bar.visible = teacher
        self._turn_lesson()
        room = max(200, (self._appearance.room - _BESIDES_IMAGES_PX) // 2)
        wall.canvas.side = room if teacher else WallCanvas.param.side.default
        if teacher and self._rows_before is None:
            self._rows_before = wall.rows
            wall.show_rows(*_ROWS)
            self.lesson.set_scene()
        elif not teacher and self._rows_before is not None:
            wall.show_rows(*self._rows_before)
            wall.show_closely(None)
            self._rows_before = None

    def _turn_lesson(self) -> None:
        """A lesson has its own keys, and says itself what is to be seen."""
        player, teacher = self.lesson.player, self._appearance.teacher
        playing = self.lesson.is_open and teacher
        acts = dict.fromkeys(NEXT_KEYS, player.next) | dict.fromkeys(PREVIOUS_KEYS, player.previous)
        if playing:
            self._keys.offer(acts)
        else:
            self._keys.withdraw(acts)
        self.captions.words.visible = teacher and not playing

    def __panel__(self) -> pn.Column:
        return pn.Column(self.lesson, self.captions, sizing_mode="stretch_width", margin=0)
