"""The curves of a run in the browser: one row of numbers for each step, sent once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from bokeh.events import Tap
from bokeh.models import ColumnDataSource, DataRange1d, HoverTool, Range1d, Span
from bokeh.plotting import figure

from dcrviz.diagnostics.course import CourseEntry

# Told apart by all kinds of colour vision, on light and dark pages (Okabe and Ito 2008).
BLUE, ORANGE, GREEN, PINK, SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9"
GREY = "#8c8c8c"
_NUMBERS = (
    *("index", "tile", "iteration", "metric", "best", "threshold", "gain", "residual"),
    *("tolerance", "holes", "wings", "clamped", "flux_ratio", "template_flux", "change_sigma"),
)
_OVERLAID = (PINK, GREEN, SKY, ORANGE)
_SIZE = {"width": 302, "height": 205}


class Charts:
    """Six figures that share their steps; made anew for each place where they are shown.

    Parameters
    ----------
    visits
        Names of the visits, in the order of their metrics.
    by_equations
        Whether the solver is judged by the residual of its equations, which then takes the place
        of the gain.
    jump
        Called with the index of the step on which somebody clicked.
    """

    def __init__(
        self, visits: Sequence[str], *, by_equations: bool, jump: Callable[[int], None]
    ) -> None:
        self._jump = jump
        self._visits = list(visits)
        self._drawn: list[CourseEntry] = []
        self.source = ColumnDataSource(self._columns([]))
        self.overlaid: dict[str, ColumnDataSource] = {}
        self.marks: list[Span] = []
        self._steps = Range1d(-0.3, 6.3)
        self._lines: dict[str, tuple[str, ...]] = {}
        self.figures = {
            "metric": self._metric(),
            "gain": self._residual() if by_equations else self._gain(),
            "holes": self._holes(),
            "clamped": self._clamped(),
            "flux": self._flux(),
            "change": self._change(),
        }

    def draw(self, entries: Sequence[CourseEntry]) -> None:
        """Show these steps: only those that follow the ones on show are sent, if that is all."""
        known = len(self._drawn)
        if entries[:known] == self._drawn and known:
            if len(entries) > known:
                self.source.stream(self._columns(entries[known:]))
        else:
            self.source.data = self._columns(entries)
        self._drawn = list(entries)
        last = max((entry.index for entry in entries), default=0)
        self._steps.update(start=-0.3, end=max(6, last) + 0.3)

    def mark(self, index: int) -> None:
        """Draw the line at the step on show."""
        for line in self.marks:
            line.location = index

    def overlay(self, name: str, entries: Sequence[CourseEntry]) -> None:
        """Draw another run, dashed, under its name; without entries it goes away."""
        # Another run may have other visits: their metrics stay out.
        columns = _columns(entries)
        if name in self.overlaid:
            self.overlaid[name].data = columns
            return
        source = self.overlaid[name] = ColumnDataSource(columns)
        colour = _OVERLAID[(len(self.overlaid) - 1) % len(_OVERLAID)]
        for key, plot in self.figures.items():
            for column in self._lines[key]:
                plot.line(
                    "index",
                    column,
                    source=source,
                    color=colour,
                    line_dash="dashed",
                    width=2,
                    name=name,
                )

    def _columns(self, entries: Sequence[CourseEntry]) -> dict[str, list[float]]:
        columns = _columns(entries)
        for place in range(len(self._visits)):
            columns[f"visit {place}"] = [float(entry.visit_metrics[place]) for entry in entries]
        return columns

    def _metric(self) -> figure:
        plot = self._figure("Metric: all visits, and each (thin)")
        for place, name in enumerate(self._visits):
            thin = plot.line(
                "index", f"visit {place}", source=self.source, color=GREY, alpha=0.55, name=name
            )
            tip = [("visit", "$name"), ("metric", f"@{{visit {place}}}{{0.00000}}")]
            plot.add_tools(HoverTool(renderers=[thin], tooltips=tip))
        plot.line("index", "best", source=self.source, color=GREEN, width=2, legend_label="best")
        plot.line(
            "index",
            "threshold",
            source=self.source,
            color=ORANGE,
            line_dash="dotted",
            width=2,
            legend_label="must fall below",
        )
        self._line(plot, "metric", colour=BLUE, tip="@metric{0.00000}", key="metric")
        small_legend(plot)
        return plot

    def _gain(self) -> figure:
        plot = self._figure("Gain")
        self._line(plot, "gain", colour=ORANGE, tip="@gain{0.000}", key="gain")
        return plot

    def _residual(self) -> figure:
        plot = self._figure("Residual of the equations", y_axis_type="log")
        plot.line(
            "index", "tolerance", source=self.source, color=ORANGE, line_dash="dotted", width=2
        )
        self._line(plot, "residual", colour=BLUE, tip="@residual{0.0e+0}", key="gain")
        return plot

    def _holes(self) -> figure:
        plot = self._figure("Holes and wings, % of source pixels")
        tip = "@holes holes, @hole_percent{0.000} %"
        self._line(plot, "hole_percent", colour=BLUE, tip=tip, key="holes", legend="holes")
        tip = "@wings wings, @wing_percent{0.000} %"
        self._line(plot, "wing_percent", colour=ORANGE, tip=tip, key="holes", legend="wings")
        small_legend(plot)
        return plot

    def _clamped(self) -> figure:
        plot = self._figure("Clamped, fraction of the pixels")
        self._line(plot, "clamped", colour=PINK, tip="@clamped{0.0000}", key="clamped")
        return plot

    def _flux(self) -> figure:
        plot = self._figure("Flux of the planes over the coadd's", from_zero=False)
        unity = Span(location=1, dimension="width", line_color=GREY, line_dash="dotted")
        plot.add_layout(unity)
        tip = "@flux_ratio{0.0000}: @planes_flux{0,0} of @template_flux{0,0}"
        self._line(plot, "flux_ratio", colour=GREEN, tip=tip, key="flux")
        return plot

    def _change(self) -> figure:
        plot = self._figure("Change of an iteration, sky sigma")
        self._line(plot, "change_sigma", colour=BLUE, tip="@change_sigma{0.000}", key="change")
        return plot

    def _line(
        self, plot: figure, column: str, *, colour: str, tip: str, key: str, legend: str = ""
    ) -> None:
        named = {"legend_label": legend} if legend else {}
        plot.line("index", column, source=self.source, width=3, color=colour, **named)
        dots = plot.scatter("index", column, source=self.source, size=6, color=colour)
        tips = [("subregion, iteration", "@tile, @iteration"), (legend or key, tip)]
        plot.add_tools(HoverTool(renderers=[dots], tooltips=tips, mode="vline"))
        self._lines[key] = (*self._lines.get(key, ()), column)

    def _figure(self, heading: str, *, from_zero: bool = True, **others: str) -> figure:
        linear = others.get("y_axis_type") != "log"
        plot = figure(
            title=heading,
            x_range=self._steps,
            y_range=DataRange1d(start=0) if from_zero and linear else DataRange1d(),
            toolbar_location=None,
            tools="",
            **_SIZE,
            **others,
        )
        plot.title.text_font_size = "9.5pt"
        plot.on_event(Tap, self._tapped)
        mark = Span(location=0, dimension="height", line_color="#888888", line_dash="dashed")
        plot.add_layout(mark)
        self.marks.append(mark)
        return plot

    def _tapped(self, event: Tap) -> None:
        if event.x is not None and self._drawn and np.isfinite(event.x):
            self._jump(min(self._drawn, key=lambda entry: abs(entry.index - event.x)).index)


def _columns(entries: Sequence[CourseEntry]) -> dict[str, list[float]]:
    columns = {name: [float(getattr(entry, name)) for entry in entries] for name in _NUMBERS}
    columns["hole_percent"] = [100 * entry.hole_fraction for entry in entries]
    columns["wing_percent"] = [100 * entry.wing_fraction for entry in entries]
    columns["planes_flux"] = [float(entry.plane_flux.sum()) for entry in entries]
    return columns


def small_legend(plot: figure) -> None:
    """Make a legend small enough for a figure of this size."""
    plot.legend.update(label_text_font_size="8pt", padding=2, spacing=0, glyph_height=10)
    plot.legend.background_fill_alpha = 0.5
