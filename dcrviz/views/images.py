"""Panels of pixels: planes, their differences, the residual of a visit, model weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from bokeh.models import ColumnDataSource, LinearColorMapper, Range1d
from bokeh.palettes import Cividis256, RdBu11, interp_palette
from bokeh.plotting import figure

from dcrviz.records import Plane

_SIDE_PX = 240
# Blue for what lacks, red for what is too much: told apart by all kinds of colour vision.
_DIVERGING = interp_palette(RdBu11, 255)
_PALETTES = {"flux": Cividis256, "difference": _DIVERGING, "weight": Cividis256}


@dataclass(frozen=True, eq=False, slots=True)
class ImagePanel:
    """One image with its colours; all panels share their ranges, so they pan and zoom together."""

    plot: figure
    source: ColumnDataSource
    colours: LinearColorMapper

    def show(self, shown: Plane, *, values: Plane | None = None, title: str = "") -> None:
        """Replace the pixels; `values` are what the readout tells if the colours are stretched."""
        told = shown if values is None else values
        height, width = shown.shape
        self.source.data = {
            "image": [np.ascontiguousarray(shown, dtype=np.float32)],
            "value": [np.ascontiguousarray(told, dtype=np.float32)],
            "dw": [width],
            "dh": [height],
        }
        if title:
            self.plot.title.text = title

    def limit(self, low: float, high: float) -> None:
        """Set what the ends of the colour scale mean."""
        self.colours.update(low=low, high=high)


def image_panel(name: str, *, kind: str, x_range: Range1d, y_range: Range1d) -> ImagePanel:
    """An empty panel; `kind` is ``flux``, ``difference`` or ``weight``."""
    source = ColumnDataSource({"image": [], "value": [], "dw": [], "dh": []})
    colours = LinearColorMapper(palette=_PALETTES[kind], low=0, high=1, nan_color="#777777")
    plot = figure(
        title=name,
        width=_SIDE_PX,
        height=_SIDE_PX + 26,
        x_range=x_range,
        y_range=y_range,
        tools="pan,wheel_zoom,box_zoom,reset,hover",
        active_scroll="wheel_zoom",
        toolbar_location=None,
        tooltips=[("x, y", "$x{0}, $y{0}"), ("value", "@value{0.00}")],
        match_aspect=True,
        output_backend="canvas",
    )
    plot.image("image", source=source, x=-0.5, y=-0.5, dw="dw", dh="dh", color_mapper=colours)
    plot.axis.visible = False
    plot.grid.visible = False
    plot.min_border = 2
    return ImagePanel(plot=plot, source=source, colours=colours)
