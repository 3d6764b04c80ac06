"""Which visit to take next: anywhere in the sky, or in a night of a telescope."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import (
    ColorBar,
    ColumnDataSource,
    HoverTool,
    LinearAxis,
    LinearColorMapper,
    Range1d,
    Span,
)
from bokeh.palettes import Cividis256
from bokeh.plotting import figure

from dcrviz.diagnostics.night import night_of, path_of, target_of
from dcrviz.diagnostics.planner import plan_night, plan_sky
from dcrviz.diagnostics.plans import GainMap, Plan
from dcrviz.engine import Problem
from dcrviz.physics.geometry import airmass_of
from dcrviz.records import Site
from dcrviz.session import Session
from dcrviz.views.background import Newest
from dcrviz.views.buttons import PushButton
from dcrviz.views.charts import BLUE, ORANGE
from dcrviz.views.section import Section, plain_figure
from dcrviz.worker import Worker

_HOURS = np.linspace(-6, 6, 49)
_DECS_DEG = np.linspace(-88, 88, 45)
_MAP_INVITATION = (
    "By how much one more visit, as deep as a typical one, would lower the error of colours, "
    "wherever in the sky it were taken from this site."
)
_HALF = 138
_FIELDS: dict[str, tuple[str, float, float]] = {
    "ra": ("RA [deg]", 0.0, 360.0),
    "dec": ("Dec [deg]", -90.0, 90.0),
    "latitude": ("Site: latitude [deg]", -90.0, 90.0),
    "longitude": ("longitude, east [deg]", -360.0, 360.0),
    "airmass": ("Airmass at most", 1.0, 10.0),
}


class SkyPlanView(Section):
    """A map of what a next visit would gain, by hour angle and declination."""

    def __init__(self, session: Session, *, worker: Worker | None = None) -> None:
        super().__init__(session, worker=worker)
        self._newest = Newest(self.background)
        self._problem: Problem | None = None
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
            "Gain of a next visit [%]; line: this field",
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


class NightPlanView(Section):
    """Fields for a night, and what a visit at each of its times would gain."""

    def __init__(self, session: Session, *, worker: Worker | None = None) -> None:
        super().__init__(session, worker=worker)
        self._newest = Newest(self.background)
        self._filled_for: Problem | None = None
        self.date = pn.widgets.TextInput(label="Evening of (YYYY-MM-DD)", width=_HALF)
        self.numbers = {
            name: pn.widgets.FloatInput(label=label, start=low, end=high, value=0.0, width=_HALF)
            for name, (label, low, high) in _FIELDS.items()
        }
        self.numbers["airmass"].value = 2.0
        self.button = PushButton(self.start, label="Plan the night", margin=(4, 8))
        self.source = ColumnDataSource(_columns([]))
        self.gains = Range1d(0, 1)
        self.figures = self._shown(self._course())
        self.figures.visible = False
        fields = pn.GridBox(self.date, *self.numbers.values(), ncols=2, margin=0)
        self.box.extend([fields, self.button, self.words, self.figures])
        self.refresh()

    def refresh(self) -> None:
        """Fill in target, site and date of other visits; what was typed for the same stays."""
        problem, before = self._session.problem, self._filled_for
        if problem is None or (before is not None and problem.visits[0] is before.visits[0]):
            return
        self._filled_for = problem
        visit, target = problem.visits[0], target_of(problem)
        if target is not None:
            self.numbers["ra"].value, self.numbers["dec"].value = (round(v, 5) for v in target)
        if visit.site is not None:
            self.numbers["latitude"].value = visit.site.latitude_deg
            self.numbers["longitude"].value = visit.site.longitude_deg
        self.date.value = datetime.now(UTC).strftime("%Y-%m-%d")

    def start(self) -> None:
        """Plan the night that the fields describe."""
        problem = self._session.problem
        if problem is None:
            return
        date = self.date.value.strip()
        values = {name: float(field.value or 0.0) for name, field in self.numbers.items()}
        height_m = problem.visits[0].site.height_m if problem.visits[0].site else 0.0
        site = Site(
            longitude_deg=values["longitude"], latitude_deg=values["latitude"], height_m=height_m
        )

        def planned() -> Plan:
            night = night_of(date, ra_deg=values["ra"], dec_deg=values["dec"], site=site)
            return plan_night(problem, night, airmass_limit=values["airmass"])

        self._newest.do(planned, self._draw)

    def say(self, *sentences: str) -> None:
        """Say these sentences; without a plan there is nothing to draw."""
        super().say(*sentences)
        self.figures.visible = False

    def _draw(self, plan: Plan) -> None:
        self.say(plan.sentence)
        self.source.data = _columns(_rows(plan))
        self.gains.end = max(1.0, 120 * float(plan.gains.max(initial=0.0)))
        self.figures.visible = bool(plan.visits)
        self.push()

    def _course(self) -> figure:
        plot = plain_figure(
            "Gain [%] (blue) and airmass (orange) through the night",
            height=240,
            x_axis_type="datetime",
            y_range=self.gains,
            x_axis_label="UTC",
        )
        plot.title.text_font_size = "8.5pt"
        plot.extra_y_ranges = {"airmass": Range1d(2.5, 0.95)}
        plot.add_layout(LinearAxis(y_range_name="airmass"), "right")
        plot.line(
            "time", "airmass", source=self.source, color=ORANGE, width=2, y_range_name="airmass"
        )
        plot.line("time", "gain", source=self.source, color=BLUE, width=3)
        dots = plot.scatter("time", "gain", source=self.source, color=BLUE, size=6)
        tips = [
            ("UTC", "@name"),
            ("gain", "@gain{0.0} %"),
            ("airmass", "@airmass{0.00}"),
            ("parallactic angle", "@angle{0} deg"),
        ]
        plot.add_tools(HoverTool(renderers=[dots], tooltips=tips, mode="vline"))
        return plot


def _map_of(problem: Problem) -> GainMap:
    site = next((visit.site for visit in problem.visits if visit.site is not None), None)
    if site is None:
        raise ValueError("a map of the sky needs the site of the visits, which nobody gave")
    return plan_sky(problem, [path_of(_HOURS, dec_deg=float(dec), site=site) for dec in _DECS_DEG])


def _map_sentences(gains: GainMap, target: tuple[float, float] | None) -> list[str]:
    now = f"The error of colours is {100 * gains.before:.2g} % now."
    if target is None or not gains.reachable.any():
        return [now]
    row = int(np.abs(gains.dec_deg - target[1]).argmin())
    if not gains.reachable[row].any():
        return [now, "This field never comes within airmass 2 here."]
    best = int(gains.gains[row].argmax())
    return [
        now,
        f"On this field's own path a visit at hour angle {gains.hour_angle_h[best]:+.1f} h gains "
        f"most: {100 * gains.gains[row, best]:.2g} % of it.",
    ]


def _rows(plan: Plan) -> list[tuple[Any, ...]]:
    return [
        (
            np.datetime64(str(visit.id).replace(" ", "T")),
            str(visit.id),
            100 * float(gain),
            airmass_of(visit),
            math.degrees(visit.parallactic_rad or 0.0),
        )
        for visit, gain in zip(plan.visits, plan.gains, strict=True)
    ]


def _columns(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    names = ("time", "name", "gain", "airmass", "angle")
    parts = zip(*rows, strict=True) if rows else [()] * len(names)
    return {name: list(part) for name, part in zip(names, parts, strict=True)}
