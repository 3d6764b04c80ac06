"""Curves of a run.

Metric of all visits and of each, gain, holes and wings, clamped pixels, flux and change against
iteration.
"""

import dcrviz
from dcrviz.views.curves import CourseView

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = CourseView(session)
