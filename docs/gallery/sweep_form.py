"""What a sweep tries.

Knobs and the values to try, how many runs that makes, Start and Cancel.
"""

import dcrviz
from dcrviz.views.data_choice import FIELD
from dcrviz.views.sweep_form import SweepForm
from dcrviz.views.sweeping import Surroundings, Sweeping

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.start()
around = Surroundings(choice=lambda: FIELD, remember=print, sky=lambda: None, told=print)
view = SweepForm(session, Sweeping(session, around))
