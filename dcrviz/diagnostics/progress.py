"""How a fit goes on, in numbers and in a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dcrviz.diagnostics.course import CourseEntry
from dcrviz.engine import Outcome
from dcrviz.plurals import percent
from dcrviz.records import Floats

LEAST_CHANGE = 1e-4
"""Smaller relative changes of the metric are not seen."""
RISE = 0.01
"""Rise above its best from which a metric, or a visit's, has turned."""


def metric_words(metric: float) -> str:
    """The metric of a step, which is not a number where nobody wants to know it."""
    return "metric not measured" if math.isnan(metric) else f"metric {metric:.5f}"


def progress_sentence(course: Sequence[CourseEntry], outcome: Outcome, *, solver: str) -> str:
    """How the fit goes, or how it has ended."""
    if outcome is not Outcome.RUNNING:
        return outcome.sentence_for(solver)
    metrics = metrics_of(course)
    if metrics.size and math.isnan(metrics[-1]):
        return "Nobody knows whether the fit improves: its metric is not measured."
    known = metrics.size > 1 and metrics[-2] > 0
    change = float(metrics[-1] / metrics[-2] - 1) if known else 0.0
    if change > LEAST_CHANGE:
        return f"The fit gets worse: the metric grew by {percent(change)} in this iteration."
    if change < -LEAST_CHANGE:
        return f"The fit still improves: by {percent(-change)} in this iteration."
    return "The fit hardly changes any more."


def same_tile(course: Sequence[CourseEntry]) -> list[CourseEntry]:
    """The entries of the tile that the last one is of."""
    return [entry for entry in course if entry.tile == course[-1].tile]


def metrics_of(course: Sequence[CourseEntry]) -> Floats:
    """Of that tile, one after the other."""
    return np.array([entry.metric for entry in same_tile(course)])
