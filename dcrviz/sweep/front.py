"""The Pareto front: runs to which no other is preferred in every respect."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from dcrviz.records import Bools, Floats

_WITH_TRUTH = ("cpu_s", "colour_error", "holes")
_WITHOUT_TRUTH = ("cpu_s", "template_sigma", "holes")


def on_front(scores: Floats) -> Bools:
    """Which runs no other one beats.

    A run beats another if it is no worse by any score, and better by one.

    Parameters
    ----------
    scores
        (N, K), less is better. A run of which one is not finite neither beats nor is on the front.

    Returns
    -------
    (N,)
    """
    front = np.zeros(len(scores), dtype=bool)
    known = np.flatnonzero(np.isfinite(scores).all(axis=1))
    # By the first score, then the next: a run is beaten by one before it, or by none.
    order = known[np.lexsort(scores[known].T[::-1])]
    for run in order.tolist():
        others = scores[front]
        beaten = (others <= scores[run]).all(axis=1) & (others < scores[run]).any(axis=1)
        front[run] = not beaten.any()
    return front


def objectives(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The scores that are weighed against each other: time, error of colours, holes.

    Where no truth is known, what the templates leave of the visits stands for the colours.
    """
    told = any(row.get("colour_error") is not None for row in rows)
    return _WITH_TRUTH if told else _WITHOUT_TRUTH


def front_of(rows: Sequence[Mapping[str, Any]], scores: Sequence[str]) -> set[int]:
    """Numbers of the rows that are on the front of these scores."""
    table = np.array([[_number(row.get(score)) for score in scores] for row in rows])
    marks = on_front(table.reshape(len(rows), len(scores)))
    return {int(row["number"]) for row, mark in zip(rows, marks, strict=True) if mark}


def front_steps(places: Mapping[int, tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners of the line that is the front of runs on two axes, from left to right.

    Parameters
    ----------
    places
        x and y of each run, by its number.
    """
    rows = [{"number": number, "x": x, "y": y} for number, (x, y) in places.items()]
    held = sorted(places[number] for number in front_of(rows, ("x", "y")))
    between = [(x, before) for (_, before), (x, _) in pairwise(held)]
    return sorted([*held, *between], key=lambda corner: (corner[0], -corner[1]))


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
