"""Convergence, and gain or residual, against iteration, for the tile on show."""

from __future__ import annotations

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, Range1d, Span
from bokeh.plotting import figure
from panel.viewable import Viewer

from dcrviz.engine.step import History
from dcrviz.session import Session

_HAVE_GAINS = ("iterative", "anderson")
_HAVE_RESIDUALS = ("pcg",)


class ConvergenceView(Viewer):
    """Metric of all visits and of each, and what the solver goes by; a line marks the step on show.

    That is the gain, or the relative residual of solvers of equations, whose gain is always 1; the
    closed form has neither.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._total = ColumnDataSource({"iteration": [], "metric": []})
        self._visits = ColumnDataSource({"iteration": [], "metric": [], "visit": []})
        self._gains = ColumnDataSource({"iteration": [], "gain": []})
        self._residuals = ColumnDataSource({"iteration": [], "residual": []})
        self._marks: list[Span] = []
        self._goals: list[Span] = []
        self._panes: list[tuple[pn.pane.Bokeh, tuple[str, ...]]] = []
        self._x_range, self._metric_range = Range1d(-0.3, 6.3), Range1d(0, 1)
        self._residual_range = Range1d(1e-5, 1)
        session.param.watch(lambda *_: self.refresh(), ["moments", "cursor"])
        self.refresh()

    def refresh(self) -> None:
        """Take over the course of the tile on show."""
        steps, step = self._session.steps, self._session.current
        if step is None:
            return
        course = steps[-1].histories[step.tile]
        numbers = list(range(len(course.metrics)))
        visits = [str(visit.id) for visit in self._session.problem.visits]
        self._total.data = {"iteration": numbers, "metric": list(course.metrics)}
        self._visits.data = {
            "iteration": [numbers] * len(visits),
            "metric": [[values[i] for values in course.visit_metrics] for i in range(len(visits))],
            "visit": visits,
        }
        self._gains.data = {"iteration": numbers[1:], "gain": list(course.gains)}
        self._x_range.update(start=-0.3, end=max(6, len(numbers) - 1) + 0.3)
        highest = np.nanmax([0.0, *course.metrics, *np.ravel(course.visit_metrics)])
        self._metric_range.end = 1.08 * highest if highest > 0 else 1
        for mark in self._marks:
            mark.location = step.iteration
        self._refresh_residuals(course)
        for pane, solvers in self._panes:
            pane.visible = self._session.problem.config.solver in solvers

    def _refresh_residuals(self, course: History) -> None:
        # A logarithmic axis has no place for 0.
        residuals = [value if value > 0 else np.nan for value in course.residuals]
        numbers = list(range(1, len(residuals) + 1))
        self._residuals.data = {"iteration": numbers, "residual": residuals}
        goal = self._session.moments[-1].knobs["tolerance"]
        for line in self._goals:
            line.location = goal
        ends = [goal, *(value for value in residuals if np.isfinite(value))]
        self._residual_range.update(start=min(ends) / 2, end=max(ends) * 2)

    def __panel__(self) -> pn.Row:
        metric = self._figure(
            "Convergence metric: all visits (thick) and each", "metric", self._metric_range
        )
        thin = metric.multi_line("iteration", "metric", source=self._visits, color="#8aa4c8")
        thick = metric.line("iteration", "metric", source=self._total, width=3, color="#1f4e8c")
        metric.scatter("iteration", "metric", source=self._total, size=6, color="#1f4e8c")
        metric.add_tools(
            HoverTool(renderers=[thin], tooltips=[("visit", "@visit")]),
            HoverTool(
                renderers=[thick],
                tooltips=[("iteration", "@iteration"), ("metric", "@metric{0.00000}")],
            ),
        )
        second = [
            (pn.pane.Bokeh(self._gain_plot()), _HAVE_GAINS),
            (pn.pane.Bokeh(self._residual_plot()), _HAVE_RESIDUALS),
        ]
        self._panes += second
        self.refresh()
        return pn.FlexBox(pn.pane.Bokeh(metric), *(pane for pane, _ in second), margin=0)

    def _gain_plot(self) -> figure:
        gain = self._figure("Gain", "gain", Range1d(0, 1.05))
        line = gain.line("iteration", "gain", source=self._gains, width=3, color="#b5651d")
        gain.scatter("iteration", "gain", source=self._gains, size=6, color="#b5651d")
        gain.add_tools(HoverTool(renderers=[line], tooltips=[("gain", "@gain{0.000}")]))
        return gain

    def _residual_plot(self) -> figure:
        plot = self._figure(
            "Relative residual; the tolerance is dotted",
            "residual",
            self._residual_range,
            y_axis_type="log",
        )
        line = plot.line("iteration", "residual", source=self._residuals, width=3, color="#2e7d4f")
        plot.scatter("iteration", "residual", source=self._residuals, size=6, color="#2e7d4f")
        plot.add_tools(HoverTool(renderers=[line], tooltips=[("residual", "@residual{0.0e+0}")]))
        goal = Span(location=1e-4, dimension="width", line_color="#555555", line_dash="dotted")
        plot.add_layout(goal)
        self._goals.append(goal)
        return plot

    def _figure(
        self, heading: str, name: str, y_range: Range1d, *, y_axis_type: str = "linear"
    ) -> figure:
        plot = figure(
            title=heading,
            width=455,
            height=240,
            x_range=self._x_range,
            y_range=y_range,
            y_axis_type=y_axis_type,
            toolbar_location=None,
            tools="",
            x_axis_label="iteration",
            y_axis_label=name,
        )
        mark = Span(location=0, dimension="height", line_color="#888888", line_dash="dashed")
        plot.add_layout(mark)
        self._marks.append(mark)
        return plot
