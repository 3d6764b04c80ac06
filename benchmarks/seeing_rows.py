"""What was measured beside what was asked of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from published_page import table


@dataclass(frozen=True, kw_only=True)
class Row:
    """A number, and the range in which it must lie; None where there was nothing to measure."""

    what: str
    measured: float | None
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
        """Whether it lies there; None where it was not measured."""
        return None if self.measured is None else self.least <= self.measured <= self.most

    @property
    def cells(self):
        """As a line of a table."""
        shown = "-" if self.measured is None else f"{self.measured:.3f}".rstrip("0").rstrip(".")
        return [self.what, self.asked, shown, {True: "yes", False: "NO", None: "-"}[self.holds]]

    @property
    def record(self):
        """As JSON."""
        return {
            "what": self.what,
            "asked": self.asked,
            "measured": self.measured,
            "holds": self.holds,
        }


def table_of(rows):
    """All of them as Markdown."""
    return table(["what", "asked", "measured", "holds"], [row.cells for row in rows])


def as_text(rows):
    """The same in columns, for a terminal."""
    lines = [["what", "asked", "measured", "holds"], *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
