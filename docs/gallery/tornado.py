"""Tornado plot.

What an ablation found, as a figure for a notebook; `dcrviz ablate --svg` writes the same as SVG.
"""

import dcrviz
from dcrviz.views.tornado import tornado_figure

exposures = dcrviz.read_exposures(dcrviz.bundled("field"))
knobs = ["n_subfilters", "clamp_subfilters"]
found = dcrviz.ablation(exposures, dcrviz.AssembleConfig(), knobs=knobs)
view = tornado_figure(list(found), "planes_change")
