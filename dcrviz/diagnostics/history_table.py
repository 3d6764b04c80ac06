"""The course of a run as a table: one row for each stored step."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from dcrviz.engine import Problem, Step
from dcrviz.engine.step import ClampReport


def history_rows(
    problem: Problem, steps: Sequence[Step], knobs: Sequence[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Rows with the same columns; None for what was not measured.

    Parameters
    ----------
    knobs
        The solver's knobs that made each step; each row tells those that differ from the row
        before.
    """
    rows = []
    for number, step in enumerate(steps):
        measured = step.history.visit_metrics
        per_visit = measured[step.iteration] if measured else [math.nan] * len(problem.visits)
        before = knobs[number - 1] if knobs and number else {}
        turned = knobs[number] if knobs and number else {}
        rows.append(
            {
                "step": step.index,
                "subregion": step.tile + 1,
                "iteration": step.iteration,
                "returned": step.returned,
                "outcome": step.outcome.name,
                "metric": _known(step.metric),
                "gain": _known(step.history.gains[step.iteration - 1] if step.iteration else None),
                **_clamped(step.clamps),
                "turned": "; ".join(
                    f"{name}={value}" for name, value in turned.items() if before[name] != value
                ),
                **{
                    f"metric of {visit.id}": _known(float(metric))
                    for visit, metric in zip(problem.visits, per_visit, strict=True)
                },
            }
        )
    return rows


def history_csv(
    problem: Problem, steps: Sequence[Step], knobs: Sequence[Mapping[str, Any]] = ()
) -> str:
    """The same as the text of a CSV file, with all digits; empty where nothing was measured."""
    rows = history_rows(problem, steps, knobs)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    """Numbers in full; text that a spreadsheet would take for a formula as text."""
    if isinstance(value, float):
        return repr(value)
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def _clamped(report: ClampReport | None) -> dict[str, float | None]:
    """Mean fraction of the pixels of all planes that each clamp moved."""
    fractions = {
        "clamped between iterations": ("iteration_high", "iteration_low"),
        "clamped between subfilters": ("subfilter_high", "subfilter_low"),
    }
    return {
        name: None if report is None else float(sum(getattr(report, part).mean() for part in parts))
        for name, parts in fractions.items()
    }


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
