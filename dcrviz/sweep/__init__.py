"""Many configurations of one set of visits, on this machine's cores or on a cluster."""

from dcrviz.sweep.plan import SweepPlan, parse_choices, parse_range
from dcrviz.sweep.spread import Lost, spread
from dcrviz.sweep.table import SweepTable
from dcrviz.sweep.trial import Inputs, Trial, run_trial

__all__ = [
    "Inputs",
    "Lost",
    "SweepPlan",
    "SweepTable",
    "Trial",
    "parse_choices",
    "parse_range",
    "run_trial",
    "spread",
]
