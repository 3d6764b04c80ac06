"""Each knob at its neighbours: what changes, in a table and a tornado plot."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import panel as pn

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.ablation import Ablation, AblationRow, ablation, by_effect
from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.io.knob_values import in_words
from dcrviz.runs import Run
from dcrviz.session import Session
from dcrviz.simulate import Scene as Sky
from dcrviz.views.section import WIDTH
from dcrviz.views.series_section import SeriesSection
from dcrviz.views.table import Column, Row, Table
from dcrviz.views.tornado import TornadoChart
from dcrviz.worker import Worker

_COLUMNS = [
    Column(key="knob", title="Knob", kind="text"),
    Column(key="value", title="Value", kind="text"),
    Column(key="try", title="Try", kind="button"),
    Column(key="effect", title="Effect", digits=2, tip="Change of the planes, sky sigma."),
    Column(key="metric", title="Metric", digits=4, tip="Change of it; less is better."),
    Column(key="holes", title="Holes", tip="How many more."),
    Column(key="cpu", title="CPU [s]", digits=2, tip="How much more of the fit."),
]
_INVITATION = (
    "Fits the visits anew with each of the chosen knobs a little lower and a little higher; Try "
    "plays a run with such a value. Without a choice, all knobs are turned."
)


class AblationView(SeriesSection):
    """Which knobs to turn, how far it is, and what each does.

    Parameters
    ----------
    sky
        Gives what is truly there, where the visits are of a made field.
    try_knobs
        Called with the knobs that somebody wants to see a run of.
    """

    def __init__(
        self,
        session: Session,
        *,
        try_knobs: Callable[[Mapping[str, Any]], None],
        sky: Callable[[], Sky | None] = lambda: None,
        worker: Worker | None = None,
    ) -> None:
        super().__init__(
            session, begin="Ablate", progress="Progress of the ablation", worker=worker
        )
        self._sky, self._try = sky, try_knobs
        self._rows: list[AblationRow] = []
        self._total = 0
        self.knobs = pn.widgets.MultiSelect(
            label="Knobs to turn",
            options=_options(),
            size=6,
            width=WIDTH - 20,
            description="Several with Ctrl or Shift.",
        )
        self.score = pn.widgets.Select(
            label="What changes",
            options={score.title: name for name, score in SCORES.items()},
            width=WIDTH - 20,
        )
        self.score.param.watch(lambda _: self._draw(), "value")
        self.table = Table(_COLUMNS, caption="What each knob does", margin=(4, 8))
        self.table.listen(self._told)
        self.chart = TornadoChart()
        self.chart.figure.width = WIDTH
        self.chart.figure.title.text_font_size = "8pt"
        figures = self._shown(self.chart.figure)
        self.found = pn.Column(self.score, figures, self.table, visible=False, margin=0)
        self.box.extend([self.words, self.knobs, self.buttons, self.progress, self.found])
        self.say(_INVITATION)

    def _findings(self, run: Run) -> Callable[[], Iterator[Ablation | AblationRow]]:
        """What each of the chosen knobs does, after how many fits that takes."""
        knobs, scene = list(self.knobs.value), self._sky()
        self._rows, self._total = [], 0
        self.progress.param.update(value=0, words="The fit as it is")
        self.found.visible = False

        def each() -> Iterator[Ablation | AblationRow]:
            found = ablation(
                run.exposures,
                run.config,
                knobs=knobs or None,
                template=run.template,
                bright_objects=run.bright_objects,
                scene=scene,
            )
            yield found
            yield from found

        return each

    def _take(self, found: Ablation | AblationRow) -> None:
        if isinstance(found, Ablation):
            self._total = len(found)
            skipped = [f"{knob}: {why}." for knob, why in found.skipped.items()]
            self.say(f"About the knobs of {self._of}.", *skipped[: len(self.knobs.value)])
        else:
            self._rows.append(found)
            self.found.visible = True
            self._draw()
        done = len(self._rows)
        words = f"{done} of {self._total} fits" if self._total else "Nothing to turn"
        self.progress.param.update(value=done / max(1, self._total), words=words)

    def _draw(self) -> None:
        rows = by_effect(self._rows)
        self.table.show([_row(row, number=self._rows.index(row)) for row in rows])
        self.chart.draw(rows, self.score.value)
        self.push()

    def _told(self, message: dict[str, Any]) -> None:
        if message["type"] == "turned":
            row = self._rows[int(message["row"])]
            self._try({row.knob: row.value})


def _options() -> dict[str, str]:
    """Knobs under their groups."""
    return {
        f"{knob.group}: {name.replace('_', ' ')}": name
        for name, knob in AssembleConfig.knobs().items()
    }


def _row(row: AblationRow, *, number: int) -> Row:
    changes = {"metric": row.change("metric"), "holes": row.change("holes")}
    numbers = {"effect": row.effect, **changes, "cpu": row.change("cpu_s")}
    return Row(
        id=str(number),
        name=row.title,
        cells={
            "knob": row.knob.replace("_", " "),
            "value": in_words(row.value),
            **{key: None if math.isnan(value) else value for key, value in numbers.items()},
            "try": "Try" if row.scores else "",
        },
    )
