"""A source, closely.

Its spectrum at every step, its profile, a cut towards the zenith, and what each visit is left
with; the truth where it is known.
"""

import dcrviz
from dcrviz.simulate import scene_beside
from dcrviz.views.inspector import Inspector

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = Inspector(session, sky=lambda: scene_beside(session.exposures))
view.look_at(31, 78)
