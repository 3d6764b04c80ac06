"""The table of a sweep: a row for each trial that is done, kept while others still run."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dcrviz.bands import Band
from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.io.atomic import AtomicFiles
from dcrviz.io.knob_values import in_words
from dcrviz.sweep.trial import Inputs

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
    inputs
        Where the visits are; kept for whoever looks at the sweep later.
    """

    folder: Path
    plan: Mapping[str, Any]
    knobs: Sequence[str]
    inputs: Inputs | None = None

    def rows(self) -> dict[int, dict[str, Any]]:
        """Rows that are there already, by the number of their trial.

        Raises
        ------
        ValueError
            If the folder holds another sweep, or its record can't be read.
        """
        if not (self.folder / RECORD_NAME).exists():
            return {}
        plan, known, _ = read_record(self.folder)
        if plan != _plain(self.plan):
            raise ValueError(
                f"{self.folder}: holds another sweep; choose another folder, or remove its "
                f"{RECORD_NAME}"
            )
        return known

    def write(self, rows: Mapping[int, Mapping[str, Any]]) -> None:
        """Write all rows, in order; the record appears whole or stays as it was."""
        ordered = [_plain(rows[number]) for number in sorted(rows)]
        with AtomicFiles() as files:
            files.add(self.folder / RECORD_NAME).write_text(
                record_text(self.plan, ordered, inputs=self.inputs), encoding="utf-8"
            )
            files.add(self.folder / TABLE_NAME).write_text(
                csv_text(ordered, self.knobs), encoding="utf-8"
            )


def described(
    settings: Sequence[Mapping[str, Any]], base: Mapping[str, Any], visits: Sequence[str]
) -> dict[str, Any]:
    """What makes two sweeps the same one: shared knobs, visits, and the knobs of each trial."""
    return {"base": dict(base), "visits": list(visits), "settings": list(settings)}


def read_record(folder: Path) -> tuple[dict[str, Any], dict[int, dict[str, Any]], Inputs | None]:
    """The plan of a sweep, its rows by number, and where its visits are, if that was kept.

    Raises
    ------
    ValueError
        If there is no record, or it can't be read.
    """
    path = folder / RECORD_NAME
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        rows = {int(row["number"]): dict(row) for row in record["rows"]}
        inputs = record.get("inputs")
        return dict(record["plan"]), rows, None if inputs is None else _inputs(inputs)
    except OSError as error:
        raise ValueError(f"{path}: must be the record of a sweep; got {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{path}: must be the record of a sweep; got {error}") from error


def record_text(
    plan: Mapping[str, Any], rows: Iterable[Mapping[str, Any]], *, inputs: Inputs | None = None
) -> str:
    """A sweep as JSON, with all digits."""
    record = {
        "schema": _SCHEMA,
        "plan": _plain(plan),
        "inputs": None if inputs is None else _plain(asdict(inputs)),
        "rows": [_plain(row) for row in rows],
    }
    return json.dumps(record, indent=1, allow_nan=False)


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


def _inputs(entries: Mapping[str, Any]) -> Inputs:
    band = entries.get("band")
    values = {**entries, "paths": tuple(entries["paths"])}
    return Inputs(**values | {"band": None if band is None else Band(**band)})


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
