"""The tornado plot of a knob ablation in the browser: a bar about the baseline for each knob."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bokeh.models import ColumnDataSource, FactorRange, HoverTool, Span
from bokeh.plotting import figure

from dcrviz.diagnostics.ablation import AblationRow
from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.diagnostics.tornado import LESS, MORE, Bar, score_title, tornado
from dcrviz.views.charts import GREY, named
from dcrviz.views.figure_room import roomy

_COLUMNS = ("knob", "value", "change", "shown", "left", "right")
_WIDTH_PX, _ROW_PX, _FRAME_PX = 620, 22, 70


class TornadoChart:
    """A figure that stays while rows come in, and shows one score at a time."""

    def __init__(self) -> None:
        self.source = {sign: ColumnDataSource(_columns([], sign=sign)) for sign in ("less", "more")}
        self.figure = self._figure()

    def draw(self, rows: Sequence[AblationRow], score: str) -> None:
        """Show what these rows do to a score."""
        bars, shown = tornado(rows, score), SCORES[score]
        for sign, source in self.source.items():
            source.data = _columns(bars, sign=sign, digits=shown.digits)
        # The first factor is the lowest.
        self.figure.y_range.factors = [bar.knob for bar in reversed(bars)]
        self.figure.height = _FRAME_PX + _ROW_PX * max(3, len(bars))
        self.figure.title.text = f"{score_title(score)}, by knob"

    def _figure(self) -> figure:
        heading = "Change by each knob"
        plot = figure(
            title=heading,
            y_range=FactorRange(factors=[]),
            toolbar_location=None,
            tools="",
            width=_WIDTH_PX,
            height=_FRAME_PX,
            html_attributes=named(heading),
        )
        plot.title.text_font_size = "9.5pt"
        roomy(plot)
        plot.ygrid.visible = False
        bars = [
            plot.hbar(
                y="knob",
                left="left",
                right="right",
                height=0.7,
                source=self.source[sign],
                fill_color=colour,
                line_color=colour,
                fill_alpha=0.65,
            )
            for sign, colour in (("less", LESS), ("more", MORE))
        ]
        tips = [("knob", "@knob"), ("value", "@value"), ("change", "@shown")]
        plot.add_tools(HoverTool(renderers=bars, tooltips=tips))
        plot.add_layout(Span(location=0, dimension="height", line_color=GREY))
        return plot


def tornado_figure(rows: Sequence[AblationRow], score: str) -> figure:
    """The plot of a finished ablation.

    Parameters
    ----------
    score
        Name of a number of `dcrviz.diagnostics.fit_scores.FitScores`.

    Raises
    ------
    ValueError
        If there is no such score.
    """
    chart = TornadoChart()
    chart.draw(rows, score)
    return chart.figure


def _columns(bars: Sequence[Bar], *, sign: str, digits: int = 0) -> dict[str, list[Any]]:
    """One row for each arm to the left, or to the right, of the baseline; longer ones first."""
    arms = [
        (bar.knob, arm.value, arm.change, f"{arm.change:+.{digits}f}")
        for bar in bars
        for arm in sorted(bar.arms, key=lambda arm: -abs(arm.change))
        if (arm.change > 0) == (sign == "more")
    ]
    rows = [(*arm, min(0.0, arm[2]), max(0.0, arm[2])) for arm in arms]
    parts = zip(*rows, strict=True) if rows else [()] * len(_COLUMNS)
    return {name: list(part) for name, part in zip(_COLUMNS, parts, strict=True)}
