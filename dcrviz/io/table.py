"""A CSV table of what the headers do not tell, one row per visit."""

from __future__ import annotations

import csv
import difflib
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dcrviz.io.keywords import finite

_log = logging.getLogger(__name__)

TABLE_NAME = "visits.csv"
# As difflib counts likeness: as names with a letter or two wrong are.
_NEARLY = 0.8
# As a lower limit it says: above zero.
ABOVE_ZERO = 1e-30
_ID_COLUMNS = ("visit", "exposure", "id")
# Beside those that begin as the last one does.
_COLUMNS = (
    "band",
    "filter",
    "airmass",
    "zenith_deg",
    "hour_angle_h",
    "fwhm_px",
    "seeing_arcsec",
    "time",
    "weight",
    "scale",
    "sky_rms",
    "noise",
    "parallactic_deg",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table; without a table, one that has nothing to say.

    Parameters
    ----------
    where
        Table and line, for messages.
    cells
        Text by column; an empty cell is as good as none.
    """

    where: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)

    def text(self, *columns: str) -> str:
        """The first of the columns that is filled, else nothing."""
        return next((self.cells[name] for name in columns if self.cells.get(name)), "")

    def number(self, *columns: str, low: float = -math.inf, high: float = math.inf) -> float | None:
        """The first of the columns that is filled, as a number, else None.

        Raises
        ------
        ValueError
            If it is not a finite number from low to high.
        """
        column = next((name for name in columns if self.cells.get(name)), None)
        if column is None:
            return None
        value = finite(self.cells[column])
        if value is None or not low <= value <= high:
            raise ValueError(
                f"{self.where}, column {column}: must be a number{_limits(low, high)}; got "
                f"{self.cells[column]!r}"
            )
        return value

    def column_starting(self, start: str) -> str:
        """Name of the first filled column that starts so, as in ``parallactic_deg_assumed``."""
        filled = (name for name, cell in self.cells.items() if cell)
        return next((name for name in filled if name.startswith(start)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTable:
    """The rows of a table."""

    path: Path
    rows: tuple[Row, ...]

    def row_of(self, file: Path, visit_id: int | str) -> Row:
        """The row whose file is this one's name, else whose visit, exposure or id is this visit's.

        Raises
        ------
        ValueError
            If there is none, or more than one.
        """
        by_file = [row for row in self.rows if Path(row.text("file")).name == file.name]
        by_id = [row for row in self.rows if row.text(*_ID_COLUMNS) == str(visit_id)]
        found = by_file or by_id
        if len(found) != 1:
            raise ValueError(
                f"{file}: must have one row in {self.path}, by file {file.name!r} or by visit "
                f"{visit_id!r}; got {len(found)}"
            )
        return found[0]


def read_table(path: Path) -> VisitTable:
    """Read a CSV table of visits; the first line names the columns.

    Raises
    ------
    ValueError
        If it can't be read, has no rows, or no column that says which visit a row is about.
    """
    columns, rows = read_rows(path)
    if not rows:
        raise ValueError(f"{path}: must have a line of column names and rows; got no row")
    if not {"file", *_ID_COLUMNS} & set(columns):
        raise ValueError(
            f"{path}: must have a column file, {', '.join(_ID_COLUMNS[:-1])} or {_ID_COLUMNS[-1]}; "
            f"got {', '.join(columns)}"
        )
    _tell_misspelt(path, columns)
    return VisitTable(path=path, rows=tuple(rows))


def _tell_misspelt(path: Path, columns: Sequence[str]) -> None:
    """Warn of columns that say nothing and have nearly the name of one that would."""
    for name in columns:
        if name in ("file", *_ID_COLUMNS, *_COLUMNS) or name.startswith(_COLUMNS[-1]):
            continue
        near = difflib.get_close_matches(name.lower(), _COLUMNS, n=1, cutoff=_NEARLY)
        if near:
            _log.warning("%s: column %r says nothing; did you mean %r?", path, name, near[0])


def read_rows(path: Path) -> tuple[list[str], list[Row]]:
    """The names of the columns of any CSV file, of which there may be none, and its rows.

    Raises
    ------
    ValueError
        If it can't be read.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream, restval="")
            lines, columns = list(reader), reader.fieldnames or ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: must be a readable CSV file; got {error}") from error
    rows = [
        Row(
            where=f"{path}, row {number}",
            cells={name.strip(): cell.strip() for name, cell in line.items() if name is not None},
        )
        for number, line in enumerate(lines, start=1)
    ]
    return [name.strip() for name in columns], rows


def _limits(low: float, high: float) -> str:
    lower = " above 0" if low == ABOVE_ZERO else f" of {low:g} or more"
    return ("" if math.isinf(low) else lower) + ("" if math.isinf(high) else f", at most {high:g}")
