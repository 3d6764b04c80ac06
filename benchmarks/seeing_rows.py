"""What was measured beside what was asked of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from published_page import table

SOLVERS = ("direct", "pcg")
_HEAD = ["what", "asked", *SOLVERS, "holds"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A number by each solver, None where there was nothing to measure, and where it must lie."""

    what: str
    measured: Mapping[str, float | None]
    least: float = -math.inf
    most: float = math.inf

    @property
    def asked(self):
        """The range in words."""
        if self.least == self.most:
            return f"{self.most:g}"
        if math.isinf(self.least):
            return f"<= {self.most:g}"
        if math.isinf(self.most):
            return f">= {self.least:g}"
        return f"{self.least:g} to {self.most:g}"

    @property
    def holds(self):
        """Whether all lie there; None where nothing was measured."""
        known = [value for value in self.measured.values() if value is not None]
        return all(self.least <= value <= self.most for value in known) if known else None

    @property
    def cells(self):
        """As a line of a table."""
        numbers = [_shown(self.measured.get(solver)) for solver in SOLVERS]
        return [self.what, self.asked, *numbers, {True: "yes", False: "NO", None: "-"}[self.holds]]

    @property
    def record(self):
        """As JSON."""
        return {
            "what": self.what,
            "asked": self.asked,
            "measured": dict(self.measured),
            "holds": self.holds,
        }


def _shown(value):
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def table_of(rows):
    """All of them as Markdown."""
    return table(_HEAD, [row.cells for row in rows])


def as_text(rows):
    """The same in columns, for a terminal."""
    lines = [_HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
