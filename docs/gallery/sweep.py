"""The Sweep tab.

Many runs side by side: a line for each over knobs and scores, two scores with their Pareto front,
curves and planes of the runs that are picked, and a table.
"""

import dcrviz
from dcrviz.sweep import SweepPlan
from dcrviz.views.data_choice import FIELD
from dcrviz.views.sweep_view import SweepView
from dcrviz.views.sweeping import Surroundings, Sweeping

session = dcrviz.Session(dcrviz.read_exposures(dcrviz.bundled("field")))
session.start()
around = Surroundings(choice=lambda: FIELD, remember=print, sky=lambda: None, told=print)
sweeping = Sweeping(session, around)
sweeping.start(SweepPlan(choices={"accelerate": (1.0, 2.0, 3.0, 5.0)}), lanes=1)
view = SweepView(session, sweeping)
