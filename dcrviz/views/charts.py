"""The curves of a run in the browser: one row of numbers for each step, sent once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from bokeh.events import Tap
from bokeh.models import CDSView, ColumnDataSource, DataRange1d, HoverTool, Range1d, Span
from bokeh.plotting import figure

from dcrviz.diagnostics.course import CourseEntry
from dcrviz.views.messages import is_served

# Told apart by all kinds of colour vision, on light and dark pages (Okabe and Ito 2008).
BLUE, ORANGE, GREEN, PINK, SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#3d8fc4"
GREY = "#8c8c8c"
_NUMBERS = (
    *("index", "tile", "iteration", "metric", "best", "threshold", "gain", "residual"),
    *("tolerance", "holes", "wings", "clamped", "flux_ratio", "template_flux", "change_sigma"),
)
_METRIC = "Metric: all visits, and each (thin)"
_UNMEASURED = "Metric: not measured in this run"
_OVERLAID = (PINK, GREEN, SKY, ORANGE)
_SIZE = {"width": 302, "height": 205}


class Charts:
    """Seven figures that share their steps; made anew for each place where they are shown.

    Figures and renderers stay as they are while a page lives, whatever run it shows: only rows of
    numbers change. A browser may still speak of a figure that was taken away.

    Parameters
    ----------
    jump
        Called with the index of the step on which somebody clicked.
    """

    def __init__(self, *, jump: Callable[[int], None]) -> None:
        self._jump = jump
        self._drawn: list[CourseEntry] = []
        self._names: list[str] = []
        self._runs: dict[str, Sequence[CourseEntry]] = {}
        self.source = ColumnDataSource(_columns([]))
        self.visits = ColumnDataSource(_visit_segments([], names=[]))
        self.overlaid = ColumnDataSource(_overlay({}))
        self.marks: list[Span] = []
        self._steps = Range1d(-0.3, 6.3)
        self.figures = {
            "metric": self._metric(),
            "gain": self._gain(),
            "residual": self._residual(),
            "holes": self._holes(),
            "clamped": self._clamped(),
            "flux": self._flux(),
            "change": self._change(),
        }
        for plot in self.figures.values():
            lighten(plot)

    def draw(self, entries: Sequence[CourseEntry], *, visits: Sequence[str]) -> None:
        """Show these steps: only those that follow the ones on show are sent, if that is all.

        Parameters
        ----------
        visits
            Names of the visits, in the order of their metrics.
        """
        known = len(self._drawn)
        follows = known and entries[:known] == self._drawn and list(visits) == self._names
        if follows and len(entries) > known and self._in_session():
            self.source.stream(_columns(entries[known:]))
            # From the last that is drawn already.
            self.visits.stream(_visit_segments(entries[known - 1 :], names=visits))
        elif not follows or len(entries) > known:
            self.source.data = _columns(entries)
            self.visits.data = _visit_segments(entries, names=visits)
        self._drawn, self._names = list(entries), list(visits)
        unmeasured = entries and not any(math.isfinite(entry.metric) for entry in entries)
        self.figures["metric"].title.text = _UNMEASURED if unmeasured else _METRIC
        self._make_room()

    def _in_session(self) -> bool:
        """Whether a browser has all that was sent: a notebook may have missed the first."""
        document = self.source.document
        return document is None or is_served(document)

    def mark(self, index: int) -> None:
        """Draw the line at the step on show."""
        for line in self.marks:
            line.location = index

    def overlay(self, name: str, entries: Sequence[CourseEntry]) -> None:
        """Draw another run, dashed, under its name; without entries it goes away."""
        self._runs = {**self._runs, name: tuple(entries)}
        if not entries:
            del self._runs[name]
        self.overlaid.data = _overlay(self._runs)
        self._make_room()

    def _make_room(self) -> None:
        """For the longest of the runs that are drawn."""
        runs = (self._drawn, *self._runs.values())
        last = max((entry.index for run in runs for entry in run), default=0)
        self._steps.update(start=-0.3, end=max(6, last) + 0.3)

    def _metric(self) -> figure:
        plot = self._figure(_METRIC)
        thin = plot.segment(
            "index_before",
            "metric_before",
            "index",
            "metric",
            source=self.visits,
            color=GREY,
            alpha=0.55,
        )
        tip = [("visit", "@visit"), ("metric", "@metric{0.00000}")]
        plot.add_tools(HoverTool(renderers=[thin], tooltips=tip))
        plot.line("index", "best", source=self.source, color=GREEN, width=2, legend_label="best")
        self._limit(plot, "threshold", legend_label="must fall below")
        self._line(plot, "metric", colour=BLUE, tip="@metric{0.00000}", key="metric")
        small_legend(plot)
        return plot

    def _gain(self) -> figure:
        plot = self._figure("Gain")
        self._line(plot, "gain", colour=ORANGE, tip="@gain{0.000}", key="gain")
        return plot

    def _residual(self) -> figure:
        plot = self._figure("Residual of the equations", y_axis_type="log")
        self._limit(plot, "tolerance")
        self._line(plot, "residual", colour=BLUE, tip="@residual{0.0e+0}", key="residual")
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

    def _limit(self, plot: figure, column: str, **legend: str) -> None:
        """What the metric or residual must fall below, dotted."""
        plot.line(
            "index", column, source=self.source, color=ORANGE, line_dash="dotted", width=2, **legend
        )

    def _line(
        self, plot: figure, column: str, *, colour: str, tip: str, key: str, legend: str = ""
    ) -> None:
        named = {"legend_label": legend} if legend else {}
        plot.line("index", column, source=self.source, width=3, color=colour, **named)
        dots = plot.scatter("index", column, source=self.source, size=6, color=colour)
        tips = [("subregion, iteration", "@tile, @iteration"), (legend or key, tip)]
        plot.add_tools(HoverTool(renderers=[dots], tooltips=tips, mode="vline"))
        other = plot.multi_line(
            "index",
            column,
            source=self.overlaid,
            line_color="colour",
            line_dash="dashed",
            line_width=2,
        )
        plot.add_tools(HoverTool(renderers=[other], tooltips=[("run", "@run")]))

    def _figure(self, heading: str, *, from_zero: bool = True, **others: str) -> figure:
        linear = others.get("y_axis_type") != "log"
        plot = figure(
            title=heading,
            x_range=self._steps,
            y_range=DataRange1d(start=0) if from_zero and linear else DataRange1d(),
            toolbar_location=None,
            tools="",
            html_attributes=named(heading),
            **_SIZE,
            **others,
        )
        plot.title.text_font_size = "9.5pt"
        # Without a single number a browser draws no axes, either.
        plot.scatter([0], [0.0 if from_zero and linear else 1.0], size=0, alpha=0)
        plot.on_event(Tap, self._tapped)
        mark = Span(location=0, dimension="height", line_color="#888888", line_dash="dashed")
        plot.add_layout(mark)
        self.marks.append(mark)
        return plot

    def _tapped(self, event: Tap) -> None:
        if event.x is not None and self._drawn and np.isfinite(event.x):
            self._jump(min(self._drawn, key=lambda entry: abs(entry.index - event.x)).index)


def _columns(entries: Sequence[CourseEntry]) -> dict[str, list[float]]:
    """One row for each step."""
    columns = {name: [float(getattr(entry, name)) for entry in entries] for name in _NUMBERS}
    columns["hole_percent"] = [100 * entry.hole_fraction for entry in entries]
    columns["wing_percent"] = [100 * entry.wing_fraction for entry in entries]
    columns["planes_flux"] = [float(entry.plane_flux.sum()) for entry in entries]
    return columns


def _visit_segments(
    entries: Sequence[CourseEntry], *, names: Sequence[str]
) -> dict[str, list[Any]]:
    """One row for each visit from each step to the next, so that new steps are only added."""
    rows = [
        (float(before.index), before.visit_metrics[v], float(after.index), after.visit_metrics[v])
        for before, after in pairwise(entries)
        for v in range(len(names))
    ]
    columns = ("index_before", "metric_before", "index", "metric")
    parts = zip(*rows, strict=True) if rows else [()] * len(columns)
    segments: dict[str, list[Any]] = {
        name: [float(number) for number in part] for name, part in zip(columns, parts, strict=True)
    }
    return segments | {"visit": list(names) * max(0, len(entries) - 1)}


def _overlay(runs: Mapping[str, Sequence[CourseEntry]]) -> dict[str, list[Any]]:
    """One row for each run; their visits stay out, as they may be others."""
    courses = [_columns(entries) for entries in runs.values()]
    names = list(_columns([]))
    columns: dict[str, list[Any]] = {name: [course[name] for course in courses] for name in names}
    colours = [_OVERLAID[place % len(_OVERLAID)] for place in range(len(runs))]
    return columns | {"run": list(runs), "colour": colours}


def lighten(plot: figure) -> None:
    """Leave out what Bokeh makes for selected and muted glyphs, where nobody selects or mutes.

    Every part of a page is walked over with each message that it sends or gets.
    """
    views: dict[str, CDSView] = {}
    for renderer in plot.renderers:
        # A view counts the rows of its source.
        view = views.setdefault(renderer.data_source.id, renderer.view)
        renderer.update(nonselection_glyph=None, muted_glyph=None, view=view)


def named(heading: str) -> dict[str, str]:
    """What tells a screen reader that a figure is one picture, and of what."""
    return {"role": "img", "aria-label": heading}


def small_legend(plot: figure) -> None:
    """Make a legend small enough for a figure of this size."""
    plot.legend.update(label_text_font_size="8pt", padding=2, spacing=0, glyph_height=10)
    plot.legend.background_fill_alpha = 0.5
