"""When in a night of a telescope the next visit would help most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import (
    ColumnDataSource,
    HoverTool,
    LinearAxis,
    Range1d,
)
from bokeh.plotting import figure

from dcrviz.diagnostics.night import night_of, target_of
from dcrviz.diagnostics.planner import plan_night
from dcrviz.diagnostics.plans import Plan
from dcrviz.engine import Problem
from dcrviz.physics.geometry import airmass_of
from dcrviz.session import Session
from dcrviz.views.background import Newest
from dcrviz.views.buttons import PushButton
from dcrviz.views.charts import BLUE, ORANGE
from dcrviz.views.section import Section, plain_figure
from dcrviz.worker import Worker

_HALF = 132
_FIELDS: dict[str, tuple[str, float, float]] = {
    "airmass": ("Airmass at most", 1.0, 10.0),
    "ra": ("RA [deg]", -360.0, 360.0),
    "dec": ("Dec [deg]", -90.0, 90.0),
    "latitude": ("Latitude [deg]", -90.0, 90.0),
    "longitude": ("Longitude, east [deg]", -360.0, 360.0),
}


class NightPlanView(Section):
    """Fields for a night, and what a visit at each of its times would gain."""

    def __init__(self, session: Session, *, worker: Worker | None = None) -> None:
        super().__init__(session, worker=worker)
        self._newest = Newest(self.background)
        self._filled_for: Problem | None = None
        self.date = pn.widgets.TextInput(label="Evening of", placeholder="YYYY-MM-DD", width=_HALF)
        self.numbers = {
            # Without limits: the browser would drop what is beyond them without a word.
            name: pn.widgets.FloatInput(label=label, value=0.0, width=_HALF)
            for name, (label, _, _) in _FIELDS.items()
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
        super().refresh()
        problem, before = self._session.problem, self._filled_for
        if problem is None or (before is not None and problem.visits[0] is before.visits[0]):
            return
        self._filled_for = problem
        visit, target = problem.visits[0], target_of(problem)
        if target is not None:
            self.numbers["ra"].value, self.numbers["dec"].value = (round(v, 5) for v in target)
        assert visit.site is not None
        self.numbers["latitude"].value = visit.site.latitude_deg
        self.numbers["longitude"].value = visit.site.longitude_deg
        self.date.value = datetime.now(UTC).strftime("%Y-%m-%d")

    def start(self) -> None:
        """Plan the night that the fields describe."""
        problem = self._session.problem
        if problem is None:
            return
        self.ask()
        date = self.date.value.strip()
        values = {name: field.value for name, field in self.numbers.items()}
        for name, (label, low, high) in _FIELDS.items():
            if values[name] is None or not low <= values[name] <= high:
                self.say(f"{label} must be a number from {low:g} to {high:g}; got {values[name]}")
                return
        own = problem.visits[0].site
        assert own is not None
        site = replace(own, longitude_deg=values["longitude"], latitude_deg=values["latitude"])

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
            "Gain in % (blue), airmass (orange)",
            height=240,
            x_axis_type="datetime",
            y_range=self.gains,
            x_axis_label="UTC",
        )
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
