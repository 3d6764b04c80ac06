"""Curves in HoloViews.

The curves of a run, to be composed with others.
"""

import dcrviz
from dcrviz.views import hv as dhv

exposures = dcrviz.read_exposures(dcrviz.bundled("field"))
problem = dcrviz.prepare(exposures, dcrviz.AssembleConfig())
view = dhv.hv_course(problem, list(dcrviz.assemble(problem))).cols(3)
