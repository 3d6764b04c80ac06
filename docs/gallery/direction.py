"""Angles and truth.

Whether the places of sources fit the parallactic angles as they are told, mirrored, or turned;
and colours against the true ones.
"""

import dcrviz
from dcrviz.simulate import scene_beside
from dcrviz.views.direction_view import DirectionView

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = DirectionView(session, sky=lambda: scene_beside(session.exposures))
view.start()
