"""What the wall is made of: its rows, which of them are visible, and how panels are called."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from dcrviz.diagnostics.panels import Panel, Row
from dcrviz.diagnostics.pictures import sky_noise
from dcrviz.diagnostics.remembered import remembered
from dcrviz.diagnostics.zenith import zenith_directions
from dcrviz.engine import Problem

FIRST_ROWS = ("plane", "minus_mean", "residual", "omega")
"""Names of the rows that are visible before a person has chosen any."""
_BY_VISIT = ("residual", "template", "artifact")


def plan_of(
    problem: Problem, rows: Sequence[Row], *, visible: Collection[str], marked: int | None
) -> dict[str, Any]:
    """The plan as the browser takes it.

    Parameters
    ----------
    visible
        Names of rows.
    marked
        Visit whose panels are marked.
    """
    arrows = zenith_directions(problem)
    return {
        "visits": visits_key(problem),
        "field": list(problem.shape),
        "visible": [row.name for row in rows if row.name in visible],
        "rows": [
            {
                "name": row.name,
                "title": row.title,
                "scale": row.scale,
                "panels": [
                    {
                        "key": panel.key,
                        "title": _title(panel, marked),
                        "arrow": arrows[panel.index] if row.name in _BY_VISIT else None,
                    }
                    for panel in row.panels
                ],
            }
            for row in rows
        ],
    }


@remembered
def visits_key(problem: Problem) -> str:
    """By what the browser knows other visits from the same ones with other knobs."""
    ids = " ".join(str(visit.id) for visit in problem.visits)
    return f"{ids} {sky_noise(problem):.2g}"


def _title(panel: Panel, marked: int | None) -> str:
    if panel.row in _BY_VISIT and panel.index == marked:
        return f"\N{BLACK RIGHT-POINTING TRIANGLE} {panel.title}"
    return panel.title
