"""What each knob does.

The fit again with each knob at its neighbours, one at a time, as a tornado plot and a table.
"""

import dcrviz
from dcrviz.views.ablation_view import AblationView

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = AblationView(session, try_knobs=print)
view.knobs.value = ["n_subfilters", "clamp_subfilters"]
view.start()
