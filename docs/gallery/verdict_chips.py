"""Chips.

A chip for each thing that is wrong with the step on show, in the control row.
"""

import dcrviz
from dcrviz.simulate import library_exposures
from dcrviz.views.curves import CourseView
from dcrviz.views.verdicts import ChipsView, Verdicts

session = dcrviz.Session(library_exposures("bad-astrometry"))
session.play()
view = ChipsView(Verdicts(session, curves=CourseView(session)), chosen=print)
