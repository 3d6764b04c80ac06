"""Image wall.

All images of a step, in rows that share one view: planes, planes minus their mean, residuals of
each visit, and more. Stretch, zoom and blinking happen in the browser.
"""

import dcrviz
from dcrviz.views.wall import ImageWall

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = ImageWall(session)
