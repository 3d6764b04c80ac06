"""Where visits come from.

Bundled scenes, made fields, files and uploads.
"""

import dcrviz
from dcrviz.views.background import Background
from dcrviz.views.data import DataView

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = DataView(session, Background(None, told=print))
