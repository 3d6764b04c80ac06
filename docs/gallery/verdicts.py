"""Verdicts.

All that is wrong, or right, each with its rule, its confidence, places to look at and knobs to
try.
"""

import dcrviz
from dcrviz.simulate import library_exposures
from dcrviz.views.curves import CourseView
from dcrviz.views.verdicts import Verdicts, VerdictsView

session = dcrviz.Session(library_exposures("bad-astrometry"))
session.play()
verdicts = Verdicts(session, curves=CourseView(session))
view = VerdictsView(session, verdicts, show=print, try_knobs=print)
