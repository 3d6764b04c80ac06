"""The Diagnose tab.

Verdicts above, and a card for each question below; what is in a card is made when it is opened.
"""

import dcrviz
from dcrviz.simulate import library_exposures
from dcrviz.views.curves import CourseView
from dcrviz.views.diagnose import DiagnoseView
from dcrviz.views.verdicts import Verdicts

session = dcrviz.Session(library_exposures("bad-astrometry"))
session.play()
verdicts = Verdicts(session, curves=CourseView(session))
view = DiagnoseView(session, verdicts, show=print, told=print, sky=lambda: None)
