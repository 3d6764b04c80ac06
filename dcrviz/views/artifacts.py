"""What deviates from the static sky in a table: where, in which visit, and why it was clipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dcrviz.engine.candidates import Candidate, Fate
from dcrviz.session import Session
from dcrviz.views.table import Column, Row, Table
from dcrviz.views.words import Words

_COLUMNS = [
    Column(key="visit", title="Visit", kind="text"),
    Column(key="why", title="What became of it", kind="text"),
    Column(
        key="epochs",
        title="Seen in",
        kind="text",
        tip="Visits that deviate there, of those with data, and in how many an artifact may.",
    ),
    Column(key="x", title="x [px]"),
    Column(key="y", title="y [px]"),
    Column(key="pixels", title="Pixels"),
    Column(
        key="peak", title="Peak", digits=1, tip="Largest deviation from the static sky, in sigma."
    ),
    Column(
        key="gained",
        title="Light [%]",
        tip="More light than in the static sky, all around it; refraction only moves light.",
    ),
]
# Of more, those that stand out most are told.
_MOST = 30
_OFF = "Nobody looked for artifacts: the knob find artifacts does."


class ArtifactsView(Viewer):
    """Candidates with their fate, what was clipped first.

    Parameters
    ----------
    chosen
        Called with the index of the visit and the place (x, y) of the candidate somebody chose.
    """

    def __init__(
        self, session: Session, *, chosen: Callable[[int, float, float], None] | None = None
    ) -> None:
        super().__init__()
        self._session, self._told = session, chosen
        self._shown: list[Candidate] = []
        self.words = Words(_OFF, margin=(0, 10))
        self.table = Table(_COLUMNS, caption="Artifacts", margin=(0, 10), visible=False)
        self.table.listen(self._take)
        session.param.watch(lambda _: self.refresh(), "problem")
        self.refresh()

    def refresh(self) -> None:
        """Show what was found in the visits of the run on show."""
        problem = self._session.problem
        artifacts = None if problem is None else problem.artifacts
        found = () if artifacts is None else artifacts.candidates
        self._shown = sorted(
            found, key=lambda one: (one.fate is not Fate.CLIPPED, -abs(one.peak_sigma))
        )[:_MOST]
        words = (
            _OFF
            if artifacts is None
            else f"{artifacts.sentence[0].upper()}{artifacts.sentence[1:]}."
        )
        if len(found) > _MOST:
            words += f" The {_MOST} that stand out most:"
        self.words.object = words
        self.table.show([self._row(number, one) for number, one in enumerate(self._shown)])
        self.table.visible = bool(self._shown)

    def _row(self, number: int, one: Candidate) -> Row:
        visit = str(self._session.problem.visits[one.visit].id)
        return Row(
            id=str(number),
            name=f"visit {visit} at {one.x:.0f}, {one.y:.0f}",
            look="" if one.fate is Fate.CLIPPED else "off",
            cells={
                "visit": visit,
                "x": one.x,
                "y": one.y,
                "pixels": int(one.places.size),
                "peak": one.peak_sigma,
                "gained": round(100 * one.gained),
                "epochs": f"{one.epochs} of {one.n_visits:.0f} (at most {one.most_epochs})",
                "why": one.fate.value,
            },
        )

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "chosen" and self._told is not None:
            one = self._shown[int(message["row"])]
            self._told(one.visit, one.x, one.y)

    def __panel__(self) -> pn.Column:
        return pn.Column(self.words, self.table, margin=0)
