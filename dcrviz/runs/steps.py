"""Steps as plain values and back: their planes stay in files, their course goes into lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeAlias

import numpy as np

from dcrviz.engine import Outcome, Step
from dcrviz.engine.step import ClampReport, History
from dcrviz.io.entries import Entries, encoded
from dcrviz.records import Cube

Named: TypeAlias = Callable[[Cube], str]
"""The name of the file that holds these planes."""
Stored: TypeAlias = Callable[[str], Cube]
"""The planes in the file of this name."""

_COURSES = ("gains", "metrics", "residuals", "visit_metrics")
_OUTCOMES = tuple(outcome.name for outcome in Outcome)


def step_values(step: Step, before: Step | None, *, named: Named) -> dict[str, Any]:
    """A step without memory and correction; of its course only what the step before has not.

    Parameters
    ----------
    before
        The stored step before this one; None for the first.
    """
    earlier = (None,) * len(step.histories) if before is None else before.histories
    return {
        "index": step.index,
        "tile": step.tile,
        "planes": named(step.planes),
        "accelerate": step.accelerate,
        "outcome": step.outcome.name,
        "covariance": None if step.covariance is None else encoded(step.covariance),
        "clamps": None if step.clamps is None else _clamp_values(step.clamps),
        "histories": [
            _history_values(history, known, named=named)
            for history, known in zip(step.histories, earlier, strict=True)
        ],
    }


def step_from(values: Entries, before: Step | None, *, stored: Stored) -> Step:
    """The step of such values.

    Raises
    ------
    ValueError
        If one lacks, or breaks its rule; names it.
    """
    histories = list(values.each("histories"))
    tile = values.whole("tile", high=len(histories) - 1)
    earlier = (None,) * len(histories) if before is None else before.histories
    if len(earlier) != len(histories):
        raise ValueError(
            f"{values.where}: histories must be {len(earlier)}, as of the step before; got "
            f"{len(histories)}"
        )
    return Step(
        index=values.whole("index"),
        tile=tile,
        planes=stored(values.text("planes")),
        accelerate=values.number("accelerate"),
        outcome=Outcome[values.one_of("outcome", _OUTCOMES)],
        covariance=_optional(values, "covariance", lambda: values.array("covariance", n_axes=2)),
        clamps=_optional(values, "clamps", lambda: _clamps(values.inner("clamps"))),
        histories=tuple(
            _history(entry, known, stored=stored)
            for entry, known in zip(histories, earlier, strict=True)
        ),
    )


def _optional(values: Entries, key: str, read: Callable[[], Any]) -> Any:
    return None if values.value(key) is None else read()


def _clamp_values(report: ClampReport) -> dict[str, Any]:
    return {item.name: encoded(getattr(report, item.name)) for item in fields(ClampReport)}


def _clamps(values: Entries) -> ClampReport:
    arrays = {item.name: values.array(item.name, n_axes=1) for item in fields(ClampReport)}
    return ClampReport(**arrays)


def _history_values(history: History, known: History | None, *, named: Named) -> dict[str, Any]:
    course = {}
    for name in _COURSES:
        values = getattr(history, name)
        kept = 0 if known is None else _in_common(values, getattr(known, name))
        course[name] = {"kept": kept, "new": encoded(values[kept:])}
    best = history.best_planes
    return course | {
        "best_planes": None if best is None else named(best),
        "ending": None if history.ending is None else history.ending.name,
        "outcome": history.outcome.name,
        "lsst_ending": history.lsst_ending,
    }


def _history(values: Entries, known: History | None, *, stored: Stored) -> History:
    course: dict[str, Any] = {}
    for name in _COURSES:
        part = values.inner(name)
        earlier = () if known is None else getattr(known, name)
        kept = part.whole("kept", high=len(earlier))
        n_axes = 2 if name == "visit_metrics" else 1
        new = part.array("new", n_axes=n_axes)
        course[name] = (*earlier[:kept], *(new if n_axes == 2 else new.tolist()))
    if course["metrics"] and len(course["metrics"]) != len(course["gains"]) + 1:
        raise ValueError(
            f"{values.where}: metrics must be one more than the {len(course['gains'])} gains; got "
            f"{len(course['metrics'])}"
        )
    ending = _optional(values, "ending", lambda: Outcome[values.one_of("ending", _OUTCOMES)])
    return History(
        best_planes=_optional(values, "best_planes", lambda: stored(values.text("best_planes"))),
        ending=ending,
        outcome=Outcome[values.one_of("outcome", _OUTCOMES)],
        lsst_ending=values.text("lsst_ending"),
        **course,
    )


def _in_common(values: Sequence[Any], others: Sequence[Any]) -> int:
    """How many values are the same from the beginning on."""
    same = [
        one is other or np.array_equal(one, other, equal_nan=True)
        for one, other in zip(values, others, strict=False)
    ]
    return same.index(False) if False in same else len(same)
