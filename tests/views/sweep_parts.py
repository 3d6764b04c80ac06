"""A plan of six runs, and what tests do to the Sweep tab and read of it."""

from dcrviz.sweep import SweepPlan
from dcrviz.views.data_choice import DataChoice

GRID = SweepPlan(choices={"n_subfilters": (2, 3), "accelerate": (1.0, 2.0, 5.0)})
# Sums of other numbers of threads are rounded otherwise.
ROUNDED = 1e-5
FILES = DataChoice(kind="paths", paths=("warps",))


def type_into(view, place, knob, values):
    view.form.knobs._handle_msg({"type": "knob", "row": place, "value": knob})
    view.form.knobs._handle_msg({"type": "values", "row": place, "value": values})


def cells(view):
    return {int(row["id"]): row["cells"] for row in view.table.rows}


def lines(view):
    return {int(line["id"]): line for line in view.parallel.plot["lines"]}


def axis(view, key):
    return next(one for one in view.parallel.plot["axes"] if one["key"] == key)


def brush(view, key, low, high):
    message = {"type": "brushed", "axis": key, "low": low, "high": high}
    view.parallel._handle_msg(message)
