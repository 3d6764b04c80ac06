"""Where in the sky a next visit would help most."""

from __future__ import annotations

import numpy as np
from bokeh.models import (
    ColorBar,
    ColumnDataSource,
    HoverTool,
    LinearColorMapper,
    Range1d,
    Span,
)
from bokeh.palettes import Cividis256
from bokeh.plotting import figure

from dcrviz.diagnostics.night import path_of, target_of
from dcrviz.diagnostics.planner import plan_sky
from dcrviz.diagnostics.plans import GainMap
from dcrviz.engine import Problem
from dcrviz.plurals import percent
from dcrviz.session import Session
from dcrviz.views.background import Newest
from dcrviz.views.buttons import PushButton
from dcrviz.views.charts import ORANGE
from dcrviz.views.section import Section, plain_figure
from dcrviz.worker import Worker

_HOURS = np.linspace(-6, 6, 49)
_DECS_DEG = np.linspace(-88, 88, 45)
_MAP_INVITATION = (
    "By how much one more visit, as deep as a typical one, would lower the error of colours, "
    "wherever in the sky it were taken from this site."
)


class SkyPlanView(Section):
    """A map of what a next visit would gain, by hour angle and declination."""

    def __init__(self, session: Session, *, worker: Worker | None = None) -> None:
        super().__init__(session, worker=worker)
        self._newest = Newest(self.background)
        self.button = PushButton(self.start, label="Map the sky", margin=(4, 8))
        self.source = ColumnDataSource({"gain": [], "altitude": [], "angle": []})
        self.target = Span(dimension="width", line_color=ORANGE, line_width=2, visible=False)
        self.colours = LinearColorMapper(palette=Cividis256, low=0, high=1, nan_color=(0, 0, 0, 0))
        self.figures = self._shown(self._map())
        self.figures.visible = False
        self.box.extend([self.words, self.button, self.figures])
        self.say(_MAP_INVITATION)

    def start(self) -> None:
        """Make the map for the visits on show."""
        problem = self._session.problem
        if problem is not None:
            self.ask()
            self._newest.do(lambda: (_map_of(problem), target_of(problem)), self._draw)

    def _draw(self, found: tuple[GainMap, tuple[float, float] | None]) -> None:
        gains, target = found
        shown = np.where(gains.reachable, 100 * gains.gains, np.nan)
        highest = float(np.nanmax(shown, initial=0.0))
        self.colours.high = max(highest, 1e-3)
        self.source.data = {
            "gain": [shown],
            "altitude": [gains.altitude_deg],
            "angle": [gains.parallactic_deg],
        }
        self.say(*_map_sentences(gains, target))
        self.target.visible = target is not None
        if target is not None:
            self.target.location = target[1]
        self.figures.visible = True
        self.push()

    def _map(self) -> figure:
        plot = plain_figure(
            "Gain in %; line: this field",
            height=290,
            x_range=Range1d(_HOURS[0], _HOURS[-1]),
            y_range=Range1d(_DECS_DEG[0], _DECS_DEG[-1]),
            x_axis_label="hour angle [h]",
            y_axis_label="declination [deg]",
        )
        image = plot.image(
            "gain",
            x=_HOURS[0],
            y=_DECS_DEG[0],
            dw=_HOURS[-1] - _HOURS[0],
            dh=_DECS_DEG[-1] - _DECS_DEG[0],
            source=self.source,
            color_mapper=self.colours,
        )
        tips = [
            ("hour angle, declination", "$x{0.0} h, $y{0} deg"),
            ("gain", "@gain{0.0} %"),
            ("altitude", "@altitude{0} deg"),
            ("parallactic angle", "@angle{0} deg"),
        ]
        plot.add_tools(HoverTool(renderers=[image], tooltips=tips))
        plot.add_layout(self.target)
        plot.add_layout(ColorBar(color_mapper=self.colours, width=8, padding=4), "right")
        return plot


def _map_of(problem: Problem) -> GainMap:
    site = problem.visits[0].site
    assert site is not None
    return plan_sky(problem, [path_of(_HOURS, dec_deg=float(dec), site=site) for dec in _DECS_DEG])


def _map_sentences(gains: GainMap, target: tuple[float, float] | None) -> list[str]:
    now = f"The error of colours is {percent(gains.before)} now."
    if target is None or not gains.reachable.any():
        return [now]
    row = int(np.abs(gains.dec_deg - target[1]).argmin())
    if not gains.reachable[row].any():
        return [now, "This field never comes within airmass 2 here."]
    best = int(gains.gains[row].argmax())
    return [
        now,
        f"On this field's own path a visit at hour angle {gains.hour_angle_h[best]:+.1f} h gains "
        f"most: {percent(float(gains.gains[row, best]))} of it.",
    ]
