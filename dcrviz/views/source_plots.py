"""The inspected source in the browser: spectrum, profile, cut, and residuals of all visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bokeh.models import ColumnDataSource, DataRange1d, HoverTool, LinearColorMapper, Range1d
from bokeh.palettes import interp_palette
from bokeh.plotting import figure

from dcrviz.diagnostics.source import CUTOUT_PX
from dcrviz.records import Cube, Floats
from dcrviz.views.charts import BLUE, GREY, ORANGE, named, small_legend

# As the wall's, so that a residual looks the same here and there.
DIVERGING = interp_palette(
    ["#053061", "#2f79b5", "#94c4de", "#f7f7f7", "#f5a886", "#c53e3d", "#67001f"], 256
)
LIMIT_SIGMA = 12.0
# As many as are square beside knobs and curves on a page of 1280 px.
_COLUMNS = 5
_STRIDE_X, _STRIDE_Y = CUTOUT_PX + 2, CUTOUT_PX + 8
_SIZE = {"width": 302, "height": 225}
_NAMES = {
    "spectra": ("wavelength", "flux", "alpha", "step"),
    "shown": ("wavelength", "flux"),
    "truth": ("wavelength", "flux"),
    "profile": ("distance", "value", "plane", "colour"),
    "cut": ("distance", "value", "plane", "colour"),
    "stamps": ("image", "x", "y", "title"),
}
_SHORT_TO_LONG = ["#5068e0", "#2ca02c", "#d62728"]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Findings:
    """What there is to know of a source.

    Parameters
    ----------
    spectra
        (S,) flux at each stored step.
    steps
        Index of each of them, and which is on show.
    truth
        (S,) true flux, if it is known.
    profile
        (S, R).
    along, cut
        (L,) and (S, L) towards the zenith of the chosen visit; empty where that isn't known.
    residuals, titles
        (V, Y, X) cutouts in sigma, and the names of the visits.
    """

    x: int
    y: int
    wavelengths_nm: Floats
    spectra: Sequence[Floats]
    steps: Sequence[int]
    shown: int
    truth: Floats | None
    profile: Floats
    along: Floats
    cut: Floats
    residuals: Cube
    titles: Sequence[str]


class SourcePlots:
    """Four figures of one source; made anew for each place where they are shown."""

    def __init__(self) -> None:
        # A browser refuses to draw columns that it hasn't heard of.
        self.sources = {
            source: ColumnDataSource({name: [] for name in names})
            for source, names in _NAMES.items()
        }
        self.spectrum = self._spectrum()
        self.profile = self._lines("Radial profile", "profile", "distance from the centre, px")
        self.cut = self._lines("Cut towards the zenith", "cut", "distance, px")
        self.stamps = self._stamps()

    @property
    def figures(self) -> list[figure]:
        """In the order in which they are shown."""
        return [self.spectrum, self.profile, self.cut, self.stamps]

    def draw(self, found: Findings) -> None:
        """Show a source."""
        for name, columns in _columns(found).items():
            self.sources[name].data = columns
        (truth,) = (item for item in self.spectrum.legend.items if item.label.value == "truth")
        truth.visible = found.truth is not None
        number = len(found.titles)
        rows = -(-number // _COLUMNS)
        self.stamps.x_range.update(start=-1, end=min(number, _COLUMNS) * _STRIDE_X)
        self.stamps.y_range.update(start=-rows * _STRIDE_Y, end=1)
        self.stamps.update(width=24 + 112 * min(number, _COLUMNS), height=40 + 132 * rows)

    def _spectrum(self) -> figure:
        plot = _figure("Flux within 4 px in each subfilter", "wavelength, nm")
        before = plot.multi_line(
            "wavelength", "flux", source=self.sources["spectra"], color=GREY, alpha="alpha"
        )
        plot.add_tools(HoverTool(renderers=[before], tooltips=[("step", "@step")]))
        plot.line(
            "wavelength",
            "flux",
            source=self.sources["truth"],
            color=ORANGE,
            line_dash="dashed",
            width=2,
            legend_label="truth",
        )
        options = {"source": self.sources["shown"], "color": BLUE}
        plot.line("wavelength", "flux", width=3, legend_label="on show", **options)
        dots = plot.scatter("wavelength", "flux", size=7, **options)
        tips = [("wavelength", "@wavelength{0} nm"), ("flux", "@flux{0,0.0}")]
        plot.add_tools(HoverTool(renderers=[dots], tooltips=tips))
        small_legend(plot)
        plot.legend.location = "bottom_right"
        return plot

    def _lines(self, heading: str, name: str, axis: str) -> figure:
        plot = _figure(heading, axis)
        lines = plot.multi_line(
            "distance", "value", source=self.sources[name], color="colour", width=2
        )
        plot.add_tools(HoverTool(renderers=[lines], tooltips=[("plane", "@plane")]))
        return plot

    def _stamps(self) -> figure:
        heading = f"Residuals of all visits, -{LIMIT_SIGMA:.0f} to {LIMIT_SIGMA:.0f} sigma"
        plot = figure(
            title=heading,
            html_attributes=named(heading),
            x_range=Range1d(0, 1),
            y_range=Range1d(0, 1),
            toolbar_location=None,
            tools="",
            width=400,
            height=170,
        )
        plot.axis.visible = plot.grid.visible = False
        plot.title.text_font_size = "9.5pt"
        images = plot.image(
            "image",
            x="x",
            y="y",
            dw=CUTOUT_PX,
            dh=CUTOUT_PX,
            source=self.sources["stamps"],
            color_mapper=LinearColorMapper(
                palette=DIVERGING, low=-LIMIT_SIGMA, high=LIMIT_SIGMA, nan_color="#777777"
            ),
        )
        plot.text(
            "x",
            "y",
            text="title",
            source=self.sources["stamps"],
            text_font_size="7.5pt",
            y_offset=12,
            text_color=GREY,
        )
        tips = [("visit", "@title"), ("residual", "@image{0.0} sigma")]
        plot.add_tools(HoverTool(renderers=[images], tooltips=tips))
        return plot


def _columns(found: Findings) -> dict[str, dict[str, list[object]]]:
    """The columns of every figure."""
    number, wavelengths = len(found.spectra), list(found.wavelengths_nm)
    truth = [] if found.truth is None else list(found.truth)
    places = range(len(found.titles))
    return {
        "spectra": {
            "wavelength": [wavelengths] * number,
            "flux": [list(flux) for flux in found.spectra],
            # The later, the plainer.
            "alpha": list(np.linspace(0.25, 0.9, number)),
            "step": list(found.steps),
        },
        "shown": {"wavelength": wavelengths, "flux": list(found.spectra[found.shown])},
        "truth": {"wavelength": wavelengths[: len(truth)], "flux": truth},
        "profile": _per_plane(np.arange(found.profile.shape[1]), found.profile, wavelengths),
        "cut": _per_plane(found.along, found.cut, wavelengths),
        "stamps": {
            "image": list(found.residuals),
            "x": [(place % _COLUMNS) * _STRIDE_X for place in places],
            "y": [-(place // _COLUMNS) * _STRIDE_Y - CUTOUT_PX for place in places],
            "title": list(found.titles),
        },
    }


def _per_plane(
    distance: Floats, values: Floats, wavelengths_nm: Sequence[float]
) -> dict[str, list[object]]:
    colours = interp_palette(_SHORT_TO_LONG, max(2, len(values)))
    return {
        "distance": [distance] * len(values),
        "value": list(values),
        "plane": [f"S{a}  {wavelengths_nm[a]:.0f} nm" for a in range(len(values))],
        "colour": list(colours[: len(values)]),
    }


def _figure(heading: str, axis: str) -> figure:
    plot = figure(
        title=heading,
        x_range=DataRange1d(),
        y_range=DataRange1d(),
        toolbar_location=None,
        tools="",
        x_axis_label=axis,
        html_attributes=named(heading),
        **_SIZE,
    )
    plot.title.text_font_size = "9.5pt"
    return plot
