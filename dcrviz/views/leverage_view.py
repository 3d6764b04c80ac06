"""What the visits can tell of colours, and which of them matters most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from bokeh.models import ColorBar, ColumnDataSource, HoverTool, LinearColorMapper, Range1d
from bokeh.palettes import Cividis256, interp_palette
from bokeh.plotting import figure

from dcrviz.diagnostics.condition_map import ConditionMap, condition_map
from dcrviz.diagnostics.leverage import Leverage, leverage
from dcrviz.diagnostics.pictures import subfilter_middles_nm
from dcrviz.diagnostics.planner import leave_one_out
from dcrviz.diagnostics.plans import LeaveOneOut
from dcrviz.engine import Problem
from dcrviz.records import Floats
from dcrviz.session import Session
from dcrviz.views.charts import GREEN, ORANGE, PINK, SKY
from dcrviz.views.section import ProblemSection, plain_figure
from dcrviz.views.table import Column, Row, Table
from dcrviz.worker import Worker

_TERMS = [
    Column(key="term", title="Colour", kind="text"),
    Column(key="error", title="Error [%]", tip="Expected, in units of the term's usual size."),
    Column(key="lost", title="Lost [%]", tip="Of its amplitude, to the prior of smooth spectra."),
    Column(key="noise", title="Noise", digits=1, tip="In a pixel, over that of the plain coadd."),
]
_PLANES = [
    Column(key="plane", title="Plane", kind="text"),
    Column(key="wavelength", title="[nm]", tip="Middle of the subfilter."),
    Column(key="noise", title="Noise", digits=1, tip="In a pixel, over its share of the coadd's."),
    Column(
        key="sigma", title="Unknown", digits=1, tip="In a pixel, with what is lost, in the same."
    ),
]
_VISITS = [
    Column(key="visit", title="Without visit", kind="text"),
    Column(key="error", title="Error [%]", digits=1, tip="Expected, of all colour, without it."),
    Column(key="loss", title="Grows by [points]", digits=1, tip="Of the error in per cent."),
]
_COLOURS = (SKY, ORANGE, GREEN, PINK)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Findings:
    """All that the section shows."""

    leverage: Leverage
    condition: ConditionMap
    without: LeaveOneOut
    wavelengths_nm: Floats


class LeverageView(ProblemSection):
    """Tables of what each colour and plane comes to, the condition map, and leave one out."""

    def __init__(self, session: Session, *, worker: Worker | None = None) -> None:
        super().__init__(session, worker=worker)
        self.terms = Table(_TERMS, caption="Colours that the visits can tell", margin=(4, 8))
        self.planes = Table(_PLANES, caption="Noise of each plane", margin=(4, 8))
        self.without = Table(_VISITS, caption="What each visit matters", margin=(4, 8))
        self.lines = ColumnDataSource({"frequency": [], "value": [], "colour": [], "number": []})
        self.map = ColumnDataSource({"image": [], "low": [], "size": []})
        figures = self._shown(self._singular_values(), self._condition())
        self.box.extend([self.words, self.terms, self.planes, figures, self.without])
        self.refresh()

    def _find(self, problem: Problem) -> Findings:
        return _found(problem)

    def say(self, *sentences: str) -> None:
        """Say these sentences; what was shown of other visits goes."""
        super().say(*sentences)
        self.terms.show([])
        self.planes.show([])
        self.without.show([])

    def _draw(self, found: Findings) -> None:
        super().say(found.leverage.sentence, found.without.sentence, *found.leverage.assumed)
        self.terms.show(_term_rows(found.leverage))
        self.planes.show(_plane_rows(found))
        self.without.show(_visit_rows(found.without))
        frequency, values = found.condition.by_frequency
        number = len(values)
        self.lines.data = {
            "frequency": [frequency] * number,
            "value": list(values),
            "colour": _line_colours(number),
            "number": [f"{place + 1} of {number}" for place in range(number)],
        }
        highest = float(found.condition.frequency[-1])
        self.map.data = {
            "image": [found.condition.conditioning],
            "low": [-highest],
            "size": [2 * highest],
        }
        self.push()

    def _singular_values(self) -> figure:
        plot = plain_figure(
            "Singular values by spatial frequency",
            y_range=Range1d(0, 1),
            x_axis_label="cycles per pixel",
        )
        lines = plot.multi_line(
            "frequency", "value", source=self.lines, line_color="colour", width=2
        )
        plot.add_tools(HoverTool(renderers=[lines], tooltips=[("singular value", "@number")]))
        return plot

    def _condition(self) -> figure:
        plot = plain_figure(
            "Planes told apart, 0 to 1",
            height=290,
            match_aspect=True,
            x_axis_label="cycles per pixel",
        )
        colours = LinearColorMapper(palette=Cividis256, low=0, high=1)
        image = plot.image(
            "image", x="low", y="low", dw="size", dh="size", source=self.map, color_mapper=colours
        )
        plot.add_tools(HoverTool(renderers=[image], tooltips=[("conditioning", "@image{0.00}")]))
        plot.add_layout(ColorBar(color_mapper=colours, width=8, padding=4), "right")
        return plot


def _found(problem: Problem) -> Findings:
    return Findings(
        leverage=leverage(problem),
        condition=condition_map(problem),
        without=leave_one_out(problem),
        wavelengths_nm=subfilter_middles_nm(problem),
    )


def _term_rows(found: Leverage) -> list[Row]:
    parts = zip(found.terms, found.errors, found.lost, found.term_amplification[1:], strict=True)
    return [
        Row(
            id=term,
            name=term,
            cells={"term": term, "error": 100 * error, "lost": 100 * lost, "noise": float(noise)},
        )
        for term, error, lost, noise in parts
    ]


def _plane_rows(found: Findings) -> list[Row]:
    known = found.leverage
    # In the unit of the amplification: the coadd's equal share.
    share = known.plane_noise / np.where(known.plane_amplification, known.plane_amplification, 1)
    return [
        Row(
            id=f"S{s}",
            name=f"plane S{s}",
            cells={
                "plane": f"S{s}",
                "wavelength": float(found.wavelengths_nm[s]),
                "noise": float(known.plane_amplification[s]),
                "sigma": float(known.plane_sigma[s] / share[s]) if share[s] else None,
            },
        )
        for s in range(len(known.plane_noise))
    ]


def _visit_rows(found: LeaveOneOut) -> list[Row]:
    worst = found.losses.argsort()[::-1]
    return [
        Row(
            id=str(found.visits[v].id),
            name=f"visit {found.visits[v].id}",
            cells={
                "visit": str(found.visits[v].id),
                "error": 100 * float(found.errors[v]),
                "loss": 100 * float(found.losses[v]),
            },
        )
        for v in worst
    ]


def _line_colours(number: int) -> list[str]:
    if number <= len(_COLOURS):
        return list(_COLOURS[:number])
    return list(interp_palette(list(_COLOURS), number))
