"""A lesson.

A script of scenes, knobs and iterations that is played before a class: a question, then what is to
be seen.
"""

import dcrviz
from dcrviz.views.background import Background
from dcrviz.views.lesson_view import LessonView
from dcrviz.views.wall import ImageWall

session = dcrviz.Session()
wall = ImageWall(session)
view = LessonView(
    session,
    Background(None, told=print),
    show_rows=wall.show_rows,
    look=wall.show_closely,
    loaded=print,
)
view.bar.visible = True
view.open("refraction")
