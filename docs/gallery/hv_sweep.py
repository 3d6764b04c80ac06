"""A sweep in HoloViews.

Runs of a sweep over their knobs and scores, and two of these with their front; `rows` may also be
the trials of a `sweep.json`.
"""

import dcrviz
from dcrviz.simulate import scene_beside
from dcrviz.sweep import Bench, SweepPlan, Visits
from dcrviz.views import hv as dhv

exposures = dcrviz.read_exposures(dcrviz.bundled("field"))
visits, base = Visits(exposures=exposures), dcrviz.AssembleConfig()
bench = Bench.set_up(visits, base, scene=scene_beside(exposures))
plan = SweepPlan(choices={"accelerate": (1.0, 3.0, 5.0)})
rows = [bench.find(number, knobs).row for number, knobs in enumerate(plan.settings())]
view = dhv.hv_sweep(rows, plan.knobs, x="accelerate", y="colour_error")
