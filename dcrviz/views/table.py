"""A table and a map of the sky in the browser, whose rows and marks a person turns and chooses."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

import param

from dcrviz.views.telling import Telling

_JS = Path(__file__).parent / "js"
_TABLE_CSS = """
.table { overflow-x: auto; width: 100%; scrollbar-width: thin; }
table { border-collapse: collapse; font-size: 0.9em; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
:host { min-width: 0; max-width: 100%; }
th, td { padding: 2px 4px; text-align: left; border-bottom: 1px solid #8883; font-weight: 400;
  white-space: nowrap; }
thead th { border-bottom: 1px solid #888; vertical-align: bottom; }
thead button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0;
  padding: 0; cursor: pointer; text-align: left; }
th[aria-sort=ascending] button::after { content: " \\25B4"; }
th[aria-sort=descending] button::after { content: " \\25BE"; }
/* A table that is wider than its place scrolls, and its rows keep their names. */
thead th:first-child, tbody th { position: sticky; left: 0; z-index: 1;
  background: var(--dcrviz-page, Canvas); }
tr.chosen th { background: color-mix(in srgb, var(--dcrviz-accent, #1f6f8b) 20%,
  var(--dcrviz-page, Canvas)); }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
tbody tr:hover, tr.hovered { background: #8882; }
tr.chosen { background: color-mix(in srgb, var(--dcrviz-accent, #1f6f8b) 20%, transparent); }
tr.off { opacity: 0.6; }
input[type=number] { width: 4.5em; }
input[type=text] { width: 9em; }
input { font: inherit; color: inherit; background: transparent; border: 1px solid #8886;
  border-radius: 4px; padding: 0 3px; accent-color: var(--dcrviz-accent, #1f6f8b); }
td button { font: inherit; color: inherit; background: #8881; border: 1px solid #8886;
  border-radius: 4px; padding: 0 8px; cursor: pointer; }
:focus-visible { outline: 2px solid var(--dcrviz-accent, #1f6f8b); outline-offset: 1px; }
"""
_SKY_CSS = """
svg { width: 100%; max-width: 320px; aspect-ratio: 1; display: block; overflow: visible; }
.rings circle, .rings line { fill: none; stroke: currentColor; stroke-opacity: 0.25; }
text { fill: currentColor; font: 9px system-ui, sans-serif; opacity: 0.75; }
text.ring { text-anchor: end; }
text.way { text-anchor: middle; font-size: 11px; font-weight: 600; }
.dots circle { fill: var(--dcrviz-accent, #1f6f8b); fill-opacity: 0.7;
  stroke: var(--dcrviz-accent, #1f6f8b); stroke-width: 1.5; cursor: pointer; }
.dots circle.off { fill: transparent; stroke-dasharray: 3 2; }
.dots circle.hovered, .dots circle:hover { fill: #d55e00; fill-opacity: 0.6; }
.dots circle.chosen { stroke: #d55e00; stroke-width: 3; }
.dots circle:focus-visible { outline: 2px solid #d55e00; outline-offset: 2px; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    kind
        ``text`` and ``number`` to read, ``check``, ``field`` for a number and ``name`` to change,
        ``button`` to press: its cells hold the words on it, or nothing.
    digits
        After the decimal point.
    """

    key: str
    title: str
    kind: Literal["text", "number", "check", "field", "name", "button"] = "number"
    digits: int = 0
    tip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table.

    Parameters
    ----------
    name
        What its fields are called by screen readers.
    look
        ``chosen``, ``hovered``, ``off`` or nothing.
    cells
        By the column's key; None where there is nothing to tell.
    """

    id: str
    name: str
    look: str = ""
    cells: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A visit on the map of the sky.

    Parameters
    ----------
    angle
        North through east, degrees.
    radius
        In the unit of the rings.
    size
        Radius of the mark, pixels.
    """

    id: str
    label: str
    angle: float
    radius: float
    size: float
    look: str = ""


class Table(Telling):
    """Rows that can be sorted by any column, chosen, and changed where a column lets them.

    It tells the type of what was done, the row's id, and the column and value if any.
    """

    caption = param.String("", doc="What the table is of.")
    columns = param.List([], doc="The columns, as dicts.")
    rows = param.List([], doc="The rows, as dicts.")

    _esm = _JS / "table.js"
    _stylesheets: ClassVar[list[str]] = [_TABLE_CSS]

    def __init__(self, columns: list[Column], **values: Any) -> None:
        super().__init__(columns=[asdict(column) for column in columns], **values)

    def arrange(self, columns: list[Column]) -> None:
        """Have these columns, if they are others."""
        self.columns = [asdict(column) for column in columns]

    def show(self, rows: list[Row]) -> None:
        """Put these rows into the table; fields that somebody is in keep the focus."""
        self.rows = [asdict(row) for row in rows]


class SkyMap(Telling):
    """Marks around the zenith angle zero, north up and east left.

    It tells the type of what was done, and the mark's id as the row.
    """

    label = param.String("", doc="Accessible name.")
    rings = param.List([], doc="Radius and label of each ring.")
    marks = param.List([], doc="The marks, as dicts.")

    _esm = _JS / "sky.js"
    _stylesheets: ClassVar[list[str]] = [_SKY_CSS]

    def show(self, marks: list[Mark]) -> None:
        """Draw these marks."""
        self.marks = [asdict(mark) for mark in marks]
