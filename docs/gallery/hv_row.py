"""A row of images in HoloViews.

Any row of the wall, pixel for pixel, to be laid out, overlaid and linked in a notebook.
"""

import holoviews as hv

import dcrviz
from dcrviz.views import hv as dhv

hv.extension("bokeh")
exposures = dcrviz.read_exposures(dcrviz.bundled("field"))
problem = dcrviz.prepare(exposures, dcrviz.AssembleConfig())
*_, last = dcrviz.assemble(problem)
look = hv.opts.Image(cmap="RdBu_r", clim=(-12, 12), data_aspect=1)
view = dhv.hv_row(problem, last, "minus_mean").opts(look)
