"""Artifacts.

What deviates from the static sky in few visits, and what became of it: clipped, or kept and why.
"""

import dcrviz
from dcrviz.simulate import library_exposures
from dcrviz.views.artifacts import ArtifactsView

session = dcrviz.Session(library_exposures("transient"))
session.config.find_artifacts = True
session.start()
view = ArtifactsView(session)
