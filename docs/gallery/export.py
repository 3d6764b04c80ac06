"""Export.

Everything that can be taken away: coadds, pictures, tables, configuration, a script that makes
the same run, a link.
"""

import dcrviz
from dcrviz.views.background import Background
from dcrviz.views.data_choice import FIELD
from dcrviz.views.export import ExportView

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.step(6)
view = ExportView(session, Background(None, told=print), choice=lambda: FIELD)
