"""One knob.

A knob as a widget that follows the configuration, and that the configuration follows.
"""

import dcrviz
from dcrviz.views.knobs import KnobView

view = KnobView(dcrviz.AssembleConfig(), "base_gain", refused=print)
