"""Next visit: the sky.

What one more visit would gain, by hour angle and declination.
"""

import dcrviz
from dcrviz.views.sky_plan_view import SkyPlanView

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = SkyPlanView(session)
view.start()
