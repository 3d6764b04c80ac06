"""A row of images in HoloViews

Any row of the wall, pixel for pixel, to be laid out, overlaid and linked in a notebook.
"""

import dcrviz
from dcrviz.views import hv as dhv

exposures = dcrviz.read_exposures(dcrviz.bundled("field"))
problem = dcrviz.prepare(exposures, dcrviz.AssembleConfig())
*_, last = dcrviz.assemble(problem)
view = dhv.hv_row(problem, last, "minus_mean")
