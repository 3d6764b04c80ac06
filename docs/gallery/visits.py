"""Visits.

A table in which visits can be switched off or given another weight, and a map of where on the sky
they were taken.
"""

import dcrviz
from dcrviz.views.visits import VisitsView

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = VisitsView(session)
