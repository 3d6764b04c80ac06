"""Room for what is written in narrow figures."""

from __future__ import annotations

from bokeh.models import ContinuousTicker
from bokeh.plotting import figure


def roomy(plot: figure, *, ticks: int = 4) -> None:
    """Have the heading end where the frame ends, and few numbers below it.

    A heading that begins at the frame would be cut where long names stand to the left of it.
    """
    plot.title.align = "right"
    for axis in plot.xaxis:
        if isinstance(axis.ticker, ContinuousTicker):
            axis.ticker.desired_num_ticks = ticks
