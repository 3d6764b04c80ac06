"""Tabs.

Parts under their headings, each made when it is first looked at.
"""

import dcrviz
from dcrviz.views.curves import CourseView
from dcrviz.views.tabs import Tabs
from dcrviz.views.visits import VisitsView

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
parts = {"Curves": lambda: CourseView(session), "Visits": lambda: VisitsView(session)}
view = Tabs("Parts of a run", parts)
