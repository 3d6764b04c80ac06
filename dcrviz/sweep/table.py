"""The table of a sweep: a row for each trial that is done, kept while others still run."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.io.atomic import AtomicFiles
from dcrviz.io.knob_values import in_words

TABLE_NAME, RECORD_NAME = "sweep.csv", "sweep.json"
_SCHEMA = 1
_ENDS = ("outcome", *SCORES, "prepare_s")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class SweepTable:
    """Where the rows of a sweep are.

    Parameters
    ----------
    folder
        Receives ``sweep.json``, which says what is swept and holds every row with all digits, and
        ``sweep.csv``, the same for spreadsheets.
    plan
        What the sweep is, as plain values: a folder holds one sweep only.
    knobs
        Those that are turned: the first columns.
    """

    folder: Path
    plan: Mapping[str, Any]
    knobs: Sequence[str]

    def rows(self) -> dict[int, dict[str, Any]]:
        """Rows that are there already, by the number of their trial.

        Raises
        ------
        ValueError
            If the folder holds another sweep, or its record can't be read.
        """
        path = self.folder / RECORD_NAME
        if not path.exists():
            return {}
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            known = {int(row["number"]): dict(row) for row in record["rows"]}
            plan = record["plan"]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{path}: must be the record of a sweep; got {error}") from error
        if plan != _plain(self.plan):
            raise ValueError(
                f"{self.folder}: holds another sweep; choose another folder, or remove its "
                f"{RECORD_NAME}"
            )
        return known

    def write(self, rows: Mapping[int, Mapping[str, Any]]) -> None:
        """Write all rows, in order; the record appears whole or stays as it was."""
        ordered = [_plain(rows[number]) for number in sorted(rows)]
        record = {"schema": _SCHEMA, "plan": _plain(self.plan), "rows": ordered}
        with AtomicFiles() as files:
            text = json.dumps(record, indent=1, allow_nan=False)
            files.add(self.folder / RECORD_NAME).write_text(text, encoding="utf-8")
            files.add(self.folder / TABLE_NAME).write_text(
                csv_text(ordered, self.knobs), encoding="utf-8"
            )


def csv_text(rows: Iterable[Mapping[str, Any]], knobs: Sequence[str]) -> str:
    """The rows as CSV: number, knobs, scores, refusal; an empty cell where there is no number."""
    text = io.StringIO()
    names = ["number", *knobs, *_ENDS, "refusal"]
    writer = csv.DictWriter(text, fieldnames=names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, **{knob: _cell(row.get(knob)) for knob in knobs}})
    return text.getvalue()


def best_first(rows: Iterable[Mapping[str, Any]], score: str) -> list[Mapping[str, Any]]:
    """The rows by a score, the lowest first; those without it last."""
    return sorted(rows, key=lambda row: _number(row.get(score)))


def _cell(value: Any) -> Any:
    return value if isinstance(value, int | float | str) else in_words(value)


def _number(value: Any) -> float:
    number = float(value) if isinstance(value, int | float) else math.inf
    return number if math.isfinite(number) else math.inf


def _plain(value: Any) -> Any:
    """As JSON gives it back: lists for tuples, None for numbers that are not finite."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
