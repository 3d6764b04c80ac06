"""What the visits can tell.

Before any fit: how well slope and curvature of spectra can be told, which planes are told at all,
and what each visit contributes.
"""

import dcrviz
from dcrviz.views.leverage_view import LeverageView

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = LeverageView(session)
view.refresh()
