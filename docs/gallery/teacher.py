"""For a class.

The explorer as a class sees it (`?teacher=1`, or the button Teacher): two rows, large type, a
sentence for each thing that is seen.
"""

import dcrviz
from dcrviz.views import Explorer

view = Explorer(dcrviz.read_exposures(dcrviz.bundled("field")))
view.appearance.teacher = True
