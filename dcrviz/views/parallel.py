"""Runs as lines over the axes of their knobs and scores, on which a person picks pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import param

from dcrviz.finite import finite_or_none
from dcrviz.sweep import Axis, Brush
from dcrviz.views.modules import one_module
from dcrviz.views.telling import Telling

_JS = Path(__file__).parent / "js" / "parallel"
_CSS = """
.parallel { width: 100%; }
svg { display: block; overflow: visible; touch-action: pan-y; }
text { fill: currentColor; font: 11px system-ui, sans-serif; pointer-events: none;
  paint-order: stroke; stroke: var(--dcrviz-page, Canvas); stroke-width: 3px; }
text.title { font-weight: 600; }
.rail, .mark { stroke: var(--dcrviz-edge, #868e99); }
.lines path { fill: none; stroke: var(--dcrviz-accent, #1f6f8b); stroke-opacity: 0.55; }
.lines path.out { stroke: var(--dcrviz-edge, #868e99); stroke-opacity: 0.22; }
.lines path.shown { stroke-width: 2.5; stroke-opacity: 1; }
.brush { fill: var(--dcrviz-accent, #1f6f8b); fill-opacity: 0; }
.brushed .brush { fill-opacity: 0.3; }
.field { fill: transparent; cursor: crosshair; }
.end { fill: var(--dcrviz-page, Canvas); stroke: var(--dcrviz-edge, #868e99); cursor: ew-resize; }
.brushed .end { fill: var(--dcrviz-accent, #1f6f8b); stroke: var(--dcrviz-accent, #1f6f8b); }
:focus-visible { outline: 2px solid var(--dcrviz-accent, #1f6f8b); outline-offset: 2px; }
"""


class ParallelPlot(Telling):
    """Parallel coordinates, lying, as the column is narrow.

    It tells an axis with the lowest and highest place that were picked on it, or none.
    """

    label = param.String("Parallel coordinates", doc="Accessible name.")
    plot = param.Dict(
        {"axes": [], "lines": []},
        doc="The axes from top to bottom; the runs with their places on them, and a colour each.",
    )

    _esm = one_module(_JS)
    _stylesheets: ClassVar[list[str]] = [_CSS]

    def show(
        self,
        axes: Sequence[Axis],
        rows: Sequence[Mapping[str, Any]],
        *,
        brushes: Mapping[str, Brush],
        colours: Mapping[int, str],
    ) -> None:
        """Draw these runs over these axes.

        Parameters
        ----------
        colours
            Of the runs that are looked at, by their numbers.
        """
        lines = [
            {
                "id": str(row["number"]),
                "places": [finite_or_none(axis.place(row.get(axis.key))) for axis in axes],
                "colour": colours.get(int(row["number"]), ""),
            }
            for row in rows
        ]
        self.plot = {
            "axes": [_axis(axis, brushes.get(axis.key)) for axis in axes],
            "lines": lines,
        }


def _axis(axis: Axis, brush: Brush | None) -> dict[str, Any]:
    return {
        "key": axis.key,
        "title": axis.title,
        "low": axis.low,
        "high": axis.high,
        "words": bool(axis.words),
        "logarithmic": axis.logarithmic,
        "scale": axis.scale,
        "ticks": [{"place": place, "label": label} for place, label in axis.ticks()],
        "brush": None if brush is None else list(axis.span(brush)),
    }
