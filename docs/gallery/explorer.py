"""The explorer.

The whole page: control and slider above, knobs at the left, images in the middle, curves,
diagnosis and sweeps at the right, runs and visits below. In a notebook it is the output of a
cell, else `dcrviz explore` opens it in the browser.
"""

import dcrviz
from dcrviz.views import Explorer

view = Explorer(dcrviz.read_exposures(dcrviz.bundled("field")))
