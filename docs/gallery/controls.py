"""Control row.

Play, step, back; the Iteration slider; how far the run is, and its outcome in words.
"""

import dcrviz
from dcrviz.views.controls import Controls

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = Controls(session)
