"""Seeing of the visits.

How the fit knows the seeing, star widths by airmass, what each visit tells at each spatial
frequency, and the noise of the planes.
"""

import dcrviz
from dcrviz.simulate import library_exposures
from dcrviz.views.seeing_view import SeeingView

config = dcrviz.AssembleConfig(solver="direct")
session = dcrviz.Session(library_exposures("variable-seeing"), config)
session.step()
view = SeeingView(session)
view.refresh()
