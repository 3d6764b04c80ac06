"""Beside the wall, in a class.

Without a lesson a line for each thing that is seen; with one its question and its words.
"""

import dcrviz
from dcrviz.views.appearance import Appearance
from dcrviz.views.background import Background
from dcrviz.views.captions import Captions
from dcrviz.views.class_mode import ClassMode
from dcrviz.views.controls import Controls
from dcrviz.views.curves import CourseView
from dcrviz.views.lesson_view import LessonView
from dcrviz.views.wall import ImageWall

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
wall, appearance = ImageWall(session), Appearance(alone=True)
view = ClassMode(
    appearance,
    wall=wall,
    captions=Captions(session, curves=CourseView(session)),
    lesson=LessonView(
        session,
        Background(None, told=print),
        show_rows=wall.show_rows,
        look=wall.show_closely,
        loaded=print,
    ),
    keys=Controls(session).keys,
)
appearance.teacher = True
