"""Runs.

The run on show and those that were left for it: what they differ in, how they end, and which to
compare.
"""

import dcrviz
from dcrviz.views.curves import CourseView
from dcrviz.views.runs_view import RunsView
from dcrviz.views.wall import ImageWall

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.play()
session.config.solver = "direct"
session.play()
parts = {"curves": CourseView(session), "wall": ImageWall(session)}
view = RunsView(session, **parts, save=print, told=print)
