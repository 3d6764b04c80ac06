"""Held-out visits.

Each visit predicted by a fit to the others, against the plain coadd: whether the planes hold for
visits they never saw.
"""

import dcrviz
from dcrviz.simulate import library_exposures
from dcrviz.views.holdout_view import HoldOutView

session = dcrviz.Session(library_exposures("healthy"))
session.step(6)
view = HoldOutView(session)
view.start()
