"""Knobs.

Every knob in its group, made from its declaration, with presets and reset above.
"""

import dcrviz
from dcrviz.views.groups import KnobPanel

view = KnobPanel(dcrviz.AssembleConfig(), refused=print)
