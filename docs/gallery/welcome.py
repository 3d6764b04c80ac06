"""Welcome.

What `dcrviz explore` begins with: the bundled field, scenes that each have something wrong,
lessons, and the way to your own files.
"""

import dcrviz
from dcrviz.views.background import Background
from dcrviz.views.data import DataView
from dcrviz.views.welcome import Welcome

data = DataView(dcrviz.Session(), Background(None, told=print))
view = Welcome(data, teach=print, local=True)
view.open()
