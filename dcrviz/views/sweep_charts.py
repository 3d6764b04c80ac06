"""Two figures of a sweep: any two of its numbers against each other, and courses of the metric."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

import numpy as np
from bokeh.events import SelectionGeometry, Tap
from bokeh.models import (
    BoxSelectTool,
    ColumnDataSource,
    DataRange1d,
    FixedTicker,
    HoverTool,
    Range1d,
)
from bokeh.plotting import figure

from dcrviz.sweep import Axis, Found, front_steps
from dcrviz.views.charts import BLUE, GREEN, GREY, ORANGE, PINK, SKY
from dcrviz.views.section import plain_figure

# Told apart by all kinds of colour vision, and seen on light and dark pages.
SHOWN_COLOURS = (PINK, GREEN, SKY, ORANGE, "#9b72c8", "#a8841a")
_POINTS = ("x", "y", "run", "words", "colour", "size", "alpha")
_PAD = 0.06
# A click further from all runs than this part of the figure picks none.
_NEAR = 0.06


class ScatterChart:
    """Runs as points on two axes, with the front of these two where less is better.

    Parameters
    ----------
    brushed
        Called with the axis and the ends of each side of a box that somebody drew.
    picked
        Called with the number of the run on which somebody clicked.
    """

    def __init__(
        self,
        *,
        brushed: Callable[[Mapping[str, tuple[float, float]]], None],
        picked: Callable[[int], None],
    ) -> None:
        self._brushed, self._picked = brushed, picked
        self._axes: tuple[Axis, Axis] | None = None
        self.source = ColumnDataSource({name: [] for name in _POINTS})
        self.front = ColumnDataSource({"x": [], "y": []})
        self.figure = self._figure()

    def draw(
        self,
        axes: tuple[Axis, Axis],
        rows: Sequence[Mapping[str, Any]],
        *,
        within: Set[int],
        colours: Mapping[int, str],
    ) -> None:
        """Show these runs on two axes; those that are looked at in their colours, on top."""
        self._axes = across, up = axes
        by_number = {int(row["number"]): row for row in rows}
        places = {
            number: (across.place(row.get(across.key)), up.place(row.get(up.key)))
            for number, row in by_number.items()
        }
        known = {n: at for n, at in places.items() if all(map(math.isfinite, at))}
        order = sorted(known, key=lambda n: (n in colours, n in within, n))
        self.source.data = {
            "x": [known[n][0] for n in order],
            "y": [known[n][1] for n in order],
            "run": order,
            "words": [_words(axes, by_number[n]) for n in order],
            "colour": [colours.get(n, GREY) for n in order],
            "size": [11 if n in colours else 7 for n in order],
            "alpha": [1.0 if n in colours else 0.75 if n in within else 0.2 for n in order],
        }
        self.front.data = _front_line(axes, known)
        for axis, line, ends in zip(
            axes,
            (self.figure.xaxis[0], self.figure.yaxis[0]),
            (self.figure.x_range, self.figure.y_range),
            strict=True,
        ):
            pad = _PAD * (axis.high - axis.low)
            ends.update(start=axis.low - pad, end=axis.high + pad)
            line.ticker.ticks = [place for place, _ in axis.ticks()]
            line.major_label_overrides = {place: label for place, label in axis.ticks()}
            line.axis_label = axis.title

    def _figure(self) -> figure:
        plot = plain_figure(
            "Front of two numbers",
            height=250,
            x_range=Range1d(0, 1),
            y_range=Range1d(0, 1),
        )
        for axis in (*plot.xaxis, *plot.yaxis):
            axis.update(ticker=FixedTicker(ticks=[]), axis_label_text_font_size="8.5pt")
        plot.line("x", "y", source=self.front, color=BLUE, width=2)
        points = plot.scatter(
            "x",
            "y",
            source=self.source,
            size="size",
            fill_color="colour",
            line_color="colour",
            fill_alpha="alpha",
            line_alpha="alpha",
            # What is picked is told by the colours of the data.
            nonselection_fill_alpha="alpha",
            nonselection_line_alpha="alpha",
        )
        plot.add_tools(HoverTool(renderers=[points], tooltips=[("run", "@run"), ("", "@words")]))
        plot.add_tools(box := BoxSelectTool())
        plot.toolbar.active_drag = box
        plot.on_event(SelectionGeometry, self._boxed)
        plot.on_event(Tap, self._tapped)
        return plot

    def _boxed(self, event: SelectionGeometry) -> None:
        box = event.geometry
        if self._axes is None or box.get("type") != "rect" or not event.final:
            return
        ends = zip(self._axes, (("x0", "x1"), ("y0", "y1")), strict=True)
        self._brushed({axis.key: (box[low], box[high]) for axis, (low, high) in ends})

    def _tapped(self, event: Tap) -> None:
        runs = self.source.data["run"]
        if self._axes is None or not len(runs) or event.x is None or event.y is None:
            return
        distance = np.hypot(
            *(
                (np.asarray(self.source.data[name]) - at) / (axis.high - axis.low)
                for name, at, axis in zip("xy", (event.x, event.y), self._axes, strict=True)
            )
        )
        # The last of those that lie above each other is seen.
        nearest = len(runs) - 1 - int(np.argmin(distance[::-1]))
        if distance[nearest] <= _NEAR:
            self._picked(int(runs[nearest]))


class CourseChart:
    """The metric of some runs against the iteration."""

    def __init__(self) -> None:
        self.source = ColumnDataSource({"x": [], "y": [], "run": [], "colour": []})
        self.figure = plain_figure(
            "Metric against iteration", height=200, y_range=DataRange1d(start=0)
        )
        # Without a single number a browser draws no axes, either.
        self.figure.scatter([0], [0.0], size=0, alpha=0)
        lines = self.figure.multi_line(
            "x", "y", source=self.source, line_color="colour", line_width=2.5
        )
        self.figure.add_tools(HoverTool(renderers=[lines], tooltips=[("run", "@run")]))

    def draw(self, runs: Sequence[Found], colours: Mapping[int, str]) -> None:
        """Show the courses of these runs."""
        known = [found for found in runs if found.curve]
        self.source.data = {
            "x": [list(map(float, range(len(found.curve)))) for found in known],
            "y": [list(found.curve) for found in known],
            "run": [found.number for found in known],
            "colour": [colours[found.number] for found in known],
        }


def _words(axes: tuple[Axis, Axis], row: Mapping[str, Any]) -> str:
    return ", ".join(f"{axis.title} {axis.written(row.get(axis.key))}" for axis in axes)


def _front_line(
    axes: tuple[Axis, Axis], known: Mapping[int, tuple[float, float]]
) -> dict[str, list[float]]:
    """The steps of the front; empty where an axis has words, of which none is less."""
    if any(axis.words for axis in axes) or axes[0].key == axes[1].key:
        return {"x": [], "y": []}
    corners = front_steps(known)
    return {"x": [x for x, _ in corners], "y": [y for _, y in corners]}
