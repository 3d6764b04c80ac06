"""How much of a new solution to believe."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def next_gain(
    metrics: Sequence[float], gains: Sequence[float], *, base: float, progressive: bool
) -> float:
    """Gain of the next iteration from the course so far.

    Parameters
    ----------
    metrics
        Of the starting model and after each iteration.
    gains
        Of each iteration so far.
    base
        Smallest gain; taken for the first two iterations and whenever nothing can be predicted.

    Raises
    ------
    ValueError
        If there is not one metric more than gains.

    Notes
    -----
    ALGORITHM.md section 6: each iteration so far implies a metric that the run tends to; from their
    median the effect of the last gain is predicted. If the model did what was promised, be bolder.
    """
    if len(metrics) != len(gains) + 1:
        raise ValueError(
            "the gain needs one metric more than gains; "
            f"got {len(metrics)} metrics and {len(gains)} gains"
        )
    if len(gains) < 2 or not progressive:
        return base
    course = np.asarray(metrics, dtype=np.float64)
    # An infinite one promises nothing either.
    course[~np.isfinite(course)] = np.nan
    weight = np.asarray(gains, dtype=np.float64)
    ends = np.maximum(0, ((1 + weight) * course[1:] - course[:-1]) / weight)
    end = float(np.median(ends[max(len(course) - 5, 0) :]))
    last, before, now = float(weight[-1]), float(course[-2]), float(course[-1])
    predicted = (end * last + before) / (1 + last)
    promised = (before - end) / (1 + last)
    if promised == 0 or not np.isfinite([predicted, promised, now]).all():
        return base
    surprise = abs((predicted - now) / promised)
    return max(base, (1 - surprise + last) / 2)
