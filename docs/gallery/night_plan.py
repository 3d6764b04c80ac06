"""Next visit: a night.

What a visit at each time of a night would gain, with the airmass of the field.
"""

import dcrviz
from dcrviz.views.night_plan_view import NightPlanView

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = NightPlanView(session)
view.refresh()
view.start()
