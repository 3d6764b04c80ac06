"""The visits in a table and on the sky: what each counts, and how well it fits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dcrviz.diagnostics.visit_entries import VisitEntry, tan_z, visit_entries
from dcrviz.session import Session
from dcrviz.views.messages import TABLE_S, Seldom
from dcrviz.views.table import Column, Mark, Row, SkyMap, Table

_COLUMNS = [
    Column(key="visit", title="Visit", kind="text"),
    Column(key="on", title="On", kind="check", tip="Off: the visit is left out, in a new run."),
    Column(
        key="weight",
        title="Weight",
        kind="field",
        tip="Factor on the visit's statistical weight; a change starts a new run.",
    ),
    Column(key="airmass", title="Airmass", digits=3),
    Column(
        key="angle", title="Angle [deg]", digits=1, tip="Parallactic angle: north through east."
    ),
    Column(key="seeing", title='Seeing ["]', digits=2, tip="Full width at half maximum."),
    Column(key="time", title="Time (UTC)", kind="text"),
    Column(
        key="metric",
        title="Metric",
        digits=5,
        tip="How badly the visit fits in the iteration on show; of one that is off, how badly the "
        "others predict it.",
    ),
    Column(key="share", title="Share [%]", digits=1, tip="Of all visits' statistical weight."),
]
_AIRMASSES = (1.1, 1.25, 1.5, 2.0, 2.5)
_SIZES = (3.0, 9.0)
_OFF_SIZE = 6.0


class VisitsView(Viewer):
    """A table whose visits can be switched off or given another weight, and a map of the sky.

    Parameters
    ----------
    chosen
        Called with the index of the visit that somebody chose, or None for none any more.
    """

    def __init__(
        self, session: Session, *, chosen: Callable[[int | None], None] | None = None
    ) -> None:
        super().__init__()
        self._session, self._told = session, chosen
        self._entries: tuple[VisitEntry, ...] = ()
        self._chosen = self._hovered = ""
        self.table = Table(_COLUMNS, caption="Visits", margin=(0, 10), styles={"flex": "0 1 600px"})
        self.sky = SkyMap(
            label="Visits on the sky: direction to the zenith, distance tan z",
            margin=(0, 10),
            styles={"flex": "0 1 270px"},
        )
        self.table.listen(self._take)
        self.sky.listen(self._take)
        refresh_soon = Seldom(self.refresh, pause_s=TABLE_S)
        session.param.watch(lambda *_: refresh_soon(), ["problem", "moments", "cursor", "error"])
        session.param.watch(lambda _: self._watch_config(), "config")
        self._watch_config()

    def refresh(self) -> None:
        """Show the visits with their metrics in the iteration on show."""
        problem = self._session.problem
        # While another problem is prepared the visits of the last one stay.
        if problem is not None:
            self._entries = visit_entries(problem, self._session.current)
        elif self._session.error:
            # Others were refused: then the last ones are gone, and would be turned in vain.
            here = {str(exposure.visit.id) for exposure in self._session.exposures}
            self._entries = tuple(entry for entry in self._entries if entry.id in here)
        self._draw()

    def choose(self, visit: str) -> None:
        """Mark a visit in the table and on the sky, or none where it is marked already."""
        self._chosen = "" if visit == self._chosen else visit
        self._draw()
        if self._told is not None:
            ids = [entry.id for entry in self._entries]
            self._told(ids.index(self._chosen) if self._chosen in ids else None)

    def turn(self, visit: str, factor: float) -> None:
        """Give a visit another weight: 0 is off, 1 as it was taken."""
        factors = {**self._session.config.visit_factors, visit: factor}
        if factor == 1:
            del factors[visit]
        self._session.config.visit_factors = factors

    def _take(self, message: dict[str, Any]) -> None:
        """What a person does on the table or the map."""
        visit, kind = str(message["row"]), message["type"]
        if kind == "chosen":
            self.choose(visit)
        elif kind == "hovered" and visit != self._hovered:
            self._hovered = visit
            self._draw()
        elif kind == "turned" and message["column"] == "on":
            self.turn(visit, 1.0 if message["value"] else 0.0)
        elif kind == "turned" and message["column"] == "weight":
            self.turn(visit, float(message["value"]))

    def _watch_config(self) -> None:
        self._session.config.param.watch(lambda _: self._draw(), "visit_factors")
        self.refresh()

    def _draw(self) -> None:
        self.table.show([self._row(entry) for entry in self._entries])
        largest = max((entry.tan_z for entry in self._entries), default=0.0)
        inside = sum(tan_z(airmass) < largest for airmass in _AIRMASSES)
        rings = _AIRMASSES[: inside + 1]
        self.sky.rings = [
            {"radius": tan_z(x), "label": f"airmass {x:g}" if x == rings[-1] else f"{x:g}"}
            for x in rings
        ]
        self.sky.show([self._mark(e) for e in self._entries if e.parallactic_deg is not None])

    def _row(self, entry: VisitEntry) -> Row:
        factor = self._factor(entry)
        return Row(
            id=entry.id,
            name=f"visit {entry.id}",
            look=self._look(entry),
            cells={
                "visit": entry.id,
                "on": factor > 0,
                "weight": factor,
                "airmass": entry.airmass,
                "angle": entry.parallactic_deg,
                "seeing": entry.seeing_arcsec,
                "time": entry.time,
                "metric": entry.metric,
                "share": 100 * entry.share,
            },
        )

    def _mark(self, entry: VisitEntry) -> Mark:
        factor = self._factor(entry)
        least, most = _SIZES
        greatest = max(other.share for other in self._entries) or 1.0
        size = least + (most - least) * math.sqrt(entry.share / greatest)
        assert entry.parallactic_deg is not None
        weight = f"weight {factor:g}" if factor else "off"
        return Mark(
            id=entry.id,
            label=f"visit {entry.id}: airmass {entry.airmass:.3f}, parallactic angle "
            f"{entry.parallactic_deg:.1f} deg, {weight}",
            angle=entry.parallactic_deg,
            radius=entry.tan_z,
            size=size if factor else _OFF_SIZE,
            look=f"{self._look(entry)} {'' if factor else 'off'}".strip(),
        )

    def _factor(self, entry: VisitEntry) -> float:
        return float(self._session.config.visit_factors.get(entry.id, 1.0))

    def _look(self, entry: VisitEntry) -> str:
        if entry.id == self._chosen:
            return "chosen"
        if entry.id == self._hovered:
            return "hovered"
        return "" if self._factor(entry) else "off"

    def __panel__(self) -> pn.FlexBox:
        return pn.FlexBox(self.table, self.sky, margin=0)
