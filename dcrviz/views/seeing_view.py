"""How sharp each visit is, what it tells at each spatial frequency, and how the fit knows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from bokeh.models import ColorBar, ColumnDataSource, HoverTool, LinearColorMapper, Range1d
from bokeh.palettes import Cividis256
from bokeh.plotting import figure

from dcrviz.diagnostics.seeing_words import seeing_words
from dcrviz.diagnostics.sharpness import Sharpness, VisitSharpness, sharpness
from dcrviz.engine import Problem
from dcrviz.records import Floats
from dcrviz.session import Session
from dcrviz.views.charts import BLUE, GREY, ORANGE, SKY, small_legend
from dcrviz.views.section import ProblemSection, plain_figure
from dcrviz.views.table import Column, Row, Table
from dcrviz.worker import Worker

_COLUMNS = [
    Column(key="visit", title="Visit", kind="text"),
    Column(key="fwhm", title="FWHM", digits=2, tip="Of its stars, without refraction [px]."),
    Column(
        key="ellipticity",
        title="Ell.",
        digits=2,
        tip="Ellipticity, (a - b) / (a + b) of its star image's axes; 0 for a bare FWHM.",
    ),
    Column(key="weight", title="Weight [%]", digits=1, tip="Of all visits' statistical weight."),
    Column(
        key="share",
        title="Detail [%]",
        digits=1,
        tip="Of what all visits tell, where the planes' stars have half their light.",
    ),
]
_SIZE_PX = 13
_LEAST_SPAN_PX = 0.5
_SHARED = ("xs", "ys", "fwhm", "visit")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Findings:
    """All that the section shows."""

    words: tuple[str, ...]
    sharpness: Sharpness


class SeeingView(ProblemSection):
    """Star widths by airmass, what visits tell by frequency, and the noise of the planes."""

    def __init__(self, session: Session, *, worker: Worker | None = None) -> None:
        super().__init__(session, worker=worker)
        self.visits = ColumnDataSource({name: [] for name in _marks(())})
        self.planes = ColumnDataSource({"airmass": [], "fwhm": []})
        self.shares = ColumnDataSource({name: [] for name in _SHARED})
        self.noise = ColumnDataSource({"frequency": [], "noise": []})
        # From the sharpest visit to the most blurred one.
        self.widths = LinearColorMapper(palette=Cividis256[::-1], low=0, high=1)
        self.frequencies, self.heights = Range1d(0, 0.5), Range1d(0, 8)
        self.table = Table(_COLUMNS, caption="Sharpness of each visit", margin=(4, 8))
        figures = self._shown(self._by_airmass(), self._by_frequency(), self._noise())
        self.box.extend([self.words, figures, self.table])
        self.refresh()

    def _find(self, problem: Problem) -> Findings:
        return _found(problem)

    def _draw(self, found: Findings) -> None:
        self.say(*found.words)
        known = found.sharpness
        self.visits.data = _marks(known.visits)
        self.planes.data = _planes_line(known)
        widths = [visit.fwhm_px for visit in known.visits if visit.fwhm_px is not None]
        low, high = (min(widths), max(widths)) if widths else (0.0, 1.0)
        self.widths.update(low=low, high=high if high > low else low + 1)
        span = max(high - low, _LEAST_SPAN_PX)
        # Above is room for the legend.
        self.heights.update(start=low - 0.15 * span, end=high + 0.45 * span)
        self.frequencies.end = float(known.frequency[-1])
        self.shares.data = _stacked(known)
        self.noise.data = {"frequency": known.frequency, "noise": known.noise}
        self.table.show([_row(visit) for visit in known.visits])
        self.push()

    def _by_airmass(self) -> figure:
        plot = plain_figure(
            "Star width of each visit",
            y_range=self.heights,
            x_axis_label="airmass",
            y_axis_label="FWHM [px]",
        )
        marks = plot.ellipse(
            "airmass",
            "fwhm",
            width="width",
            width_units="screen",
            height="height",
            height_units="screen",
            source=self.visits,
            color="colour",
            fill_alpha="fill",
            legend_label="visits",
        )
        plot.line(
            "airmass",
            "fwhm",
            source=self.planes,
            color=ORANGE,
            line_dash="dashed",
            width=2,
            legend_label="planes",
        )
        tips = [
            ("visit", "@visit"),
            ("FWHM", "@fwhm{0.00} px at airmass @airmass{0.00}"),
            ("ellipticity", "@ellipticity{0.00}"),
        ]
        plot.add_tools(HoverTool(renderers=[marks], tooltips=tips))
        small_legend(plot)
        plot.legend.update(orientation="horizontal", spacing=10)
        return plot

    def _by_frequency(self) -> figure:
        plot = plain_figure(
            "What each visit tells, by FWHM [px]",
            height=260,
            x_range=self.frequencies,
            y_range=Range1d(0, 1),
            x_axis_label="cycles per pixel",
        )
        parts = plot.patches(
            "xs",
            "ys",
            source=self.shares,
            fill_color={"field": "fwhm", "transform": self.widths},
            line_color=GREY,
            line_width=0.7,
        )
        tips = [("visit", "@visit"), ("FWHM", "@fwhm{0.00} px")]
        plot.add_tools(HoverTool(renderers=[parts], tooltips=tips))
        bar = ColorBar(color_mapper=self.widths, width=8, padding=4)
        plot.add_layout(bar, "right")
        return plot

    def _noise(self) -> figure:
        plot = plain_figure(
            "Noise of planes over the coadd's",
            height=170,
            x_range=self.frequencies,
            x_axis_label="cycles per pixel",
        )
        line = plot.line("frequency", "noise", source=self.noise, color=BLUE, width=3)
        tips = [("noise", "@noise{0.00}"), ("cycles per pixel", "@frequency{0.00}")]
        plot.add_tools(HoverTool(renderers=[line], tooltips=tips, mode="vline"))
        return plot


def _found(problem: Problem) -> Findings:
    found = sharpness(problem)
    return Findings(words=(*seeing_words(problem), *found.sentences), sharpness=found)


def _is_off(visit: VisitSharpness) -> bool:
    return visit.weight_share == 0


def _marks(visits: tuple[VisitSharpness, ...]) -> dict[str, list[object]]:
    """One ellipse for each visit of known width, as flat as its stars; hollow if it is off."""
    told = [visit for visit in visits if visit.fwhm_px is not None]
    return {
        "visit": [f"{visit.id}{', off' if _is_off(visit) else ''}" for visit in told],
        "airmass": [visit.airmass for visit in told],
        "fwhm": [visit.fwhm_px for visit in told],
        "ellipticity": [visit.ellipticity for visit in told],
        "width": [_SIZE_PX] * len(told),
        "height": [_SIZE_PX * (1 - v.ellipticity) / (1 + v.ellipticity) for v in told],
        "colour": [GREY if _is_off(visit) else SKY for visit in told],
        "fill": [0.0 if _is_off(visit) else 0.75 for visit in told],
    }


def _planes_line(known: Sharpness) -> dict[str, list[float]]:
    """Across all airmasses; nothing where the fit does not know the seeing."""
    if known.planes_fwhm_px is None:
        return {"airmass": [], "fwhm": []}
    airmass = [visit.airmass for visit in known.visits]
    return {"airmass": [min(airmass), max(airmass)], "fwhm": [known.planes_fwhm_px] * 2}


def _stacked(known: Sharpness) -> dict[str, list[object]]:
    """One band for each visit that counts, the sharpest at the bottom."""
    widths = [visit.fwhm_px or np.inf for visit in known.visits]
    order = [v for v in np.argsort(widths, kind="stable") if not _is_off(known.visits[v])]
    edges = np.vstack([np.zeros_like(known.frequency), np.cumsum(known.shares[order], axis=0)])
    there_and_back = np.concatenate([known.frequency, known.frequency[::-1]])
    bands: list[Floats] = [np.concatenate([low, high[::-1]]) for low, high in pairwise(edges)]
    return {
        "xs": [there_and_back] * len(order),
        "ys": list(bands),
        "fwhm": [known.visits[v].fwhm_px for v in order],
        "visit": [str(known.visits[v].id) for v in order],
    }


def _row(visit: VisitSharpness) -> Row:
    return Row(
        id=str(visit.id),
        name=f"visit {visit.id}",
        look="off" if _is_off(visit) else "",
        cells={
            "visit": str(visit.id),
            "fwhm": visit.fwhm_px,
            "ellipticity": visit.ellipticity,
            "weight": 100 * visit.weight_share,
            "share": 100 * visit.share,
        },
    )
