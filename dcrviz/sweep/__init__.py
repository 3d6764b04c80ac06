"""Many configurations of one set of visits, on this machine's cores or on a cluster."""

from dcrviz.sweep.axes import Axis, Brush, axes_of, within
from dcrviz.sweep.bench import Bench
from dcrviz.sweep.fits import Visits, try_knobs
from dcrviz.sweep.folder import SweptFolder, grid_of, read_sweep
from dcrviz.sweep.found import Found, StampPlace, found_of
from dcrviz.sweep.front import front_of, front_steps, objectives, on_front
from dcrviz.sweep.plan import SweepPlan, parse_choices, parse_range
from dcrviz.sweep.spread import Lost, spread
from dcrviz.sweep.table import SweepTable
from dcrviz.sweep.trial import Inputs, Trial, read_visits, run_trial
from dcrviz.sweep.typed import TypedPlan, typed_plan

__all__ = [
    "Axis",
    "Bench",
    "Brush",
    "Found",
    "Inputs",
    "Lost",
    "StampPlace",
    "SweepPlan",
    "SweepTable",
    "SweptFolder",
    "Trial",
    "TypedPlan",
    "Visits",
    "axes_of",
    "found_of",
    "front_of",
    "front_steps",
    "grid_of",
    "objectives",
    "on_front",
    "parse_choices",
    "parse_range",
    "read_sweep",
    "read_visits",
    "run_trial",
    "spread",
    "try_knobs",
    "typed_plan",
    "within",
]
