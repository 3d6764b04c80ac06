"""Captions for a class.

In Teacher mode: a line for each verdict on the step on show, in words for those who see it for
the first time.
"""

import dcrviz
from dcrviz.views.captions import Captions
from dcrviz.views.curves import CourseView

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = Captions(session, curves=CourseView(session))
view.words.visible = True
