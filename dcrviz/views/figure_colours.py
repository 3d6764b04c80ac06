"""Colours of figures on a light and on a dark page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bokeh.models import ColorBar, Plot, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Colours:
    ground: str
    text: str
    line: str
    grid: str


_LIGHT = _Colours(ground="#ffffff", text="#1c2330", line="#59616e", grid="#e3e6ea")
_DARK = _Colours(ground="#15181c", text="#e6e9ed", line="#9aa3ae", grid="#2c323a")

# Curves on a light page, and lighter ones of the same hue for a dark one.
_CURVES = {
    "#0072b2": "#4fa6e0",
    "#d55e00": "#f2883d",
    "#009e73": "#2cc296",
    "#cc79a7": "#de97c1",
    "#8c8c8c": "#a2a9b2",
}


def _curve_colour(colour: Any, *, dark: bool) -> Any:
    """The same curve's on the page as it is now; what is no colour, as a column's name, stays."""
    pairs = _CURVES.items() if dark else ((there, here) for here, there in _CURVES.items())
    return next((other for one, other in pairs if one == colour), colour)


def paint(plot: Plot, *, dark: bool) -> None:
    """Give a figure the colours of its page, also while it is on show."""
    colours = _DARK if dark else _LIGHT
    plot.update(
        # The page's own shows through.
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=colours.grid,
    )
    plot.title.text_color = colours.text
    for axis in plot.axis:
        axis.update(
            axis_label_text_color=colours.text,
            major_label_text_color=colours.text,
            axis_line_color=colours.line,
            major_tick_line_color=colours.line,
            minor_tick_line_color=colours.line,
        )
    for grid in plot.grid:
        grid.grid_line_color = colours.grid
    for renderer in plot.renderers:
        _paint_glyph(getattr(renderer, "glyph", None), colours, dark=dark)
    for bar in plot.select({"type": ColorBar}):
        bar.update(background_fill_color=None, major_label_text_color=colours.text)
    for legend in plot.legend:
        legend.update(
            label_text_color=colours.text,
            background_fill_color=colours.ground,
            border_line_color=colours.grid,
        )


def _paint_glyph(glyph: Any, colours: _Colours, *, dark: bool) -> None:
    if isinstance(glyph, Text):
        glyph.text_color = colours.line
    for name in ("line_color", "fill_color"):
        if hasattr(glyph, name):
            setattr(glyph, name, _curve_colour(getattr(glyph, name), dark=dark))
