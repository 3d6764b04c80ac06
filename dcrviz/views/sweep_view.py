"""The Sweep tab: many runs beside each other, and what a person picks of them."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.plurals import counted
from dcrviz.session import Session
from dcrviz.views.appearance import in_page_design
from dcrviz.views.buttons import PushButton
from dcrviz.views.figure_colours import paint
from dcrviz.views.handout import Handout, TextDialog
from dcrviz.views.messages import CALM_S, Seldom
from dcrviz.views.parallel import ParallelPlot
from dcrviz.views.section import WIDTH
from dcrviz.views.sweep_charts import SHOWN_COLOURS, CourseChart, ScatterChart
from dcrviz.views.sweep_form import SweepForm
from dcrviz.views.sweep_rows import images_html, sweep_columns, sweep_row
from dcrviz.views.sweeping import Sweeping
from dcrviz.views.table import Table
from dcrviz.views.words import Words

# More rows than a browser draws between two runs.
_MOST_ROWS = 200
# Others are in the table.
_MOST_REFUSALS = 3
_CSS = """
p { margin: 4px 0; line-height: 1.4; }
.runs { display: flex; flex-wrap: wrap; gap: 8px 16px; }
figure { margin: 0; }
figcaption { font-size: 0.9em; margin-bottom: 2px; overflow-wrap: anywhere; }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 5px; }
.planes { display: flex; flex-wrap: wrap; gap: 3px; }
img { width: 90px; height: 90px; object-fit: contain; image-rendering: pixelated; }
"""
_TABLE_CSS = """
.table { max-height: 340px; overflow-y: auto; }
thead th { position: sticky; top: 0; z-index: 2; background: var(--dcrviz-page, Canvas); }
thead th:first-child { z-index: 3; }
"""
_INVITATION = (
    "Fits the visits with every combination of some knobs, or with some drawn at random; all other "
    "knobs stay as they are at the left. Each run is compared with the fit by these alone."
)
_HOW_TO_PICK = (
    "Draw along an axis, or a box in the figure below, to pick runs; a click on the axis lets go. "
    "Shown are at most six of them, those on the front first."
)


class SweepView(Viewer):
    """What a sweep shall try, and below what it found: picked in one picture as in the others.

    Parameters
    ----------
    local
        Whether folders of this machine may be read.
    """

    def __init__(
        self, session: Session, sweeping: Sweeping, *, local: bool = False, dark: bool = False
    ) -> None:
        super().__init__()
        self._sweeping = sweeping
        self.form = SweepForm(session, sweeping, local=local)
        self.invitation = _words(f"<p>{_INVITATION}</p>")
        self.words, self.doing = _words(), _words()
        self.parallel = ParallelPlot(
            label="Runs over their knobs and scores", sizing_mode="stretch_width", margin=(4, 8)
        )
        self.parallel.listen(self._brushed)
        self.sides = {
            name: pn.widgets.Select(label=label, options={}, width=WIDTH - 20)
            for name, label in (("x", "Across"), ("y", "Up"))
        }
        # What a side shows unless somebody chooses.
        self._offered: dict[str, Any] = {}
        self.scatter = ScatterChart(brushed=self._boxed, picked=sweeping.pick)
        self.course = CourseChart()
        self.images = _words()
        self.table = Table(
            [],
            caption="Runs of the sweep",
            margin=(4, 8),
            sizing_mode="stretch_width",
            stylesheets=[_TABLE_CSS],
        )
        self.table.listen(self._turned)
        self.handout, self.dialog = Handout(), TextDialog()
        self.all = PushButton(sweeping.clear, label="All runs", margin=(4, 8))
        self.exports = [
            PushButton(act, label=label, margin=(4, 4))
            for label, act in (
                ("Copy as command", self.show_command),
                ("Table (CSV)", self.give_table),
                ("Record (JSON)", self.give_record),
            )
        ]
        wide: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
        self.results = pn.Column(visible=False, **wide)
        parts = (self.invitation, self.form, self.doing, self.results, self.handout, self.dialog)
        self.box = pn.Column(*parts, **wide)
        self.paint(dark=dark)
        for side in self.sides.values():
            side.param.watch(lambda _: self._draw_scatter(), "value")
        refresh_soon = Seldom(self.refresh, pause_s=CALM_S)
        followed = ["swept", "found", "brushes", "picked"]
        sweeping.param.watch(lambda *_: refresh_soon(), followed)
        sweeping.param.watch(lambda event: self._do(event.new), "opening")
        self.refresh()

    def refresh(self) -> None:
        """Show what is found and picked now."""
        sweeping = self._sweeping
        if sweeping.found and not self.results.objects:
            with in_page_design():
                self._show_results()
        self.results.visible = bool(sweeping.found)
        self.invitation.visible = not self.results.visible
        if sweeping.found:
            self._fill()

    def _fill(self) -> None:
        """Put what is found and picked into every picture."""
        sweeping = self._sweeping
        self._colours = dict(zip(sweeping.shown, SHOWN_COLOURS, strict=False))
        sweeping.look()
        told = [summary(sweeping), *refusals(sweeping), _HOW_TO_PICK]
        self.words.object = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in told)
        self.parallel.show(
            sweeping.axes, sweeping.scored, brushes=sweeping.brushes, colours=self._colours
        )
        self.all.disabled = not sweeping.brushes and sweeping.picked is None
        self._offer_sides()
        self._draw_scatter()
        shown = [sweeping.run(number) for number in self._colours]
        self.course.draw(shown, self._colours)
        self.images.object = images_html(shown, self._knobs, self._colours)
        self._fill_table()
        pn.io.push_notebook(self.box)

    def paint(self, *, dark: bool) -> None:
        """Draw on a dark page, or on a light one."""
        for plot in (self.scatter.figure, self.course.figure):
            paint(plot, dark=dark)
        pn.io.push_notebook(self.box)

    def show_command(self) -> None:
        """Show the command that does the same sweep."""
        text = self._sweeping.command()
        self.dialog.show(
            "Copy as command", text or "# Only the settings of this sweep are known.\n"
        )

    def give_table(self) -> None:
        """Download the runs as a table."""
        self.handout.give("sweep.csv", self._sweeping.table().encode(), kind="text/csv")

    def give_record(self) -> None:
        """Download the runs with all digits, and what was swept."""
        self.handout.give("sweep.json", self._sweeping.record().encode(), kind="application/json")

    @property
    def _knobs(self) -> list[str]:
        swept = self._sweeping.swept
        return list(swept.knobs) if swept else []

    def _fill_table(self) -> None:
        sweeping = self._sweeping
        front, within = sweeping.front, sweeping.within
        ordered = sorted(
            sweeping.found,
            key=lambda one: (bool(sweeping.brushes) and one.number not in within, one.number),
        )
        self.table.arrange(sweep_columns(self._knobs))
        self.table.show(
            [
                sweep_row(
                    one,
                    self._knobs,
                    shown=one.number in self._colours,
                    within=one.number in within,
                    on_front=one.number in front,
                )
                for one in ordered[:_MOST_ROWS]
            ]
        )

    def _offer_sides(self) -> None:
        """The axes that there are; time against what stands for the error until somebody chooses.

        While no run has told that yet, another axis takes its place.
        """
        options = {axis.title: axis.key for axis in self._sweeping.axes}
        there = options.values()
        for name, wanted in zip(self.sides, self._sweeping.objectives, strict=False):
            side = self.sides[name]
            if side.value in there and side.value != self._offered.get(name):
                side.options = options
                continue
            value = self._offered[name] = wanted if wanted in there else next(iter(there), None)
            side.param.update(options=options, value=value)

    def _draw_scatter(self) -> None:
        axes = {axis.key: axis for axis in self._sweeping.axes}
        across, up = (axes.get(side.value) for side in self.sides.values())
        if across is not None and up is not None:
            self.scatter.draw(
                (across, up),
                self._sweeping.scored,
                within=self._sweeping.within,
                colours=self._colours,
            )

    def _brushed(self, message: dict[str, Any]) -> None:
        self._sweeping.brush(message["axis"], message["low"], message["high"])

    def _boxed(self, box: Mapping[str, tuple[float, float]]) -> None:
        for key, (low, high) in box.items():
            self._sweeping.brush(key, low, high)

    def _turned(self, message: dict[str, Any]) -> None:
        sweeping = self._sweeping
        if message["type"] not in ("chosen", "turned"):
            return
        number, column = int(message["row"]), message["column"]
        if column == "open":
            sweeping.open(number)
        elif column == "pin":
            sweeping.pin(number)
        elif column == "show":
            sweeping.tick(number, bool(message["value"]))
        else:
            sweeping.pick(number)

    def _do(self, sentence: str) -> None:
        self.doing.object = f"<p role='status'>{html.escape(sentence)}</p>" if sentence else ""

    def _show_results(self) -> None:
        """Put the pictures on the page, which opens sooner without them."""
        figures = [
            pn.pane.Bokeh(plot, margin=2) for plot in (self.scatter.figure, self.course.figure)
        ]
        self.results.extend(
            [
                self.words,
                self.parallel,
                self.all,
                pn.FlexBox(*self.sides.values(), margin=0),
                pn.FlexBox(*figures, margin=0),
                self.table,
                pn.FlexBox(*self.exports, margin=(0, 4)),
                self.images,
            ]
        )

    def __panel__(self) -> pn.Column:
        return self.box


def summary(sweeping: Sweeping) -> str:
    """How many runs of what there are, and which of them no other beats."""
    refused = len(sweeping.found) - len(sweeping.scored)
    number = len(sweeping.found)
    of = sweeping.swept.title if sweeping.swept else ""
    parts = [f"{counted(number, 'run')} of {of}"]
    if refused:
        parts.append(f"{refused} refused")
    if sweeping.brushes:
        parts.append(f"{len(sweeping.within)} picked")
    first, *others = [_in_a_sentence(SCORES[name].title) for name in sweeping.objectives]
    front = (
        f"{len(sweeping.front)} on the front of {first} against {' against '.join(others)}: no "
        "other run is better in one without being worse in another."
    )
    return f"{', '.join(parts)}. {front}"


def refusals(sweeping: Sweeping) -> list[str]:
    """What was refused, each reason once, with the first run that it met."""
    reasons: dict[str, int] = {}
    for found in sweeping.found:
        if found.refused:
            reasons.setdefault(str(found.row["refusal"]), found.number)
    told = [f"Run {number} was refused: {reason}." for reason, number in reasons.items()]
    return told[:_MOST_REFUSALS]


def _in_a_sentence(title: str) -> str:
    """A title within a sentence: small, unless it is an abbreviation."""
    return title if title[1].isupper() else title[0].lower() + title[1:]


def _words(text: str = "") -> Words:
    return Words(text, sizing_mode="stretch_width", margin=(2, 10), stylesheets=[_CSS])
