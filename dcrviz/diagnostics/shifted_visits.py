"""Visits whose astrometry is off: all their sources lie aside by as much, whatever their colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dcrviz.diagnostics.places import left, misfit
from dcrviz.engine.noise import robust_sigma
from dcrviz.records import Floats

_LEAST_SIGMA = 5.0
LEAST_SHIFT_PX = 0.06
"""Median offset of its sources from which on a visit counts as shifted."""
_LEAST_SHRINK = 1.1
_LEAST_SOURCES = 3
# If more visits than this were off, nobody could say which are right.
_MOST_SHIFTED = 0.25
# Of a median, over that of a mean.
_MEDIAN_ERROR = 1.2533


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftedVisit:
    """A visit that lies off the others.

    Parameters
    ----------
    index
        Of the visit in its problem.
    x_px, y_px
        By which its sources lie off.
    error_px
        Of each.
    shrink
        Residuals of all visits over those without this one.
    """

    index: int
    x_px: float
    y_px: float
    error_px: float
    shrink: float


def shifted_visits(seen: Floats, weight: Floats, spans: Floats) -> tuple[ShiftedVisit, ...]:
    """Visits that lie off the places that the other visits predict, the worst first.

    Parameters
    ----------
    seen, weight, spans
        As in `left`.

    Notes
    -----
    One by one: the visit without which the others agree best, if the median of what its sources
    are off is 0.06 px or more and 5 times its error, and residuals shrink by a tenth without it.
    """
    found: list[ShiftedVisit] = []
    while len(found) < int(_MOST_SHIFTED * len(spans)):
        before = misfit(seen, weight, spans)
        on = [visit for visit in range(len(spans)) if (weight[:, visit] > 0).any()]
        rests = {visit: _without(weight, [visit]) for visit in on}
        misfits = {visit: misfit(seen, rest, spans) for visit, rest in rests.items()}
        visit = min(misfits, key=lambda v: misfits[v])
        off, error = _common_shift(left(seen, rests[visit], spans)[weight[:, visit] > 0, visit])
        shrink = math.sqrt(before / max(misfits[visit], 1e-30))
        size = float(np.hypot(*off))
        # False for NaN, too: planes that have run away put sources nowhere.
        far = size >= max(LEAST_SHIFT_PX, _LEAST_SIGMA * error)
        if not (far and shrink >= _LEAST_SHRINK):
            break
        found.append(
            ShiftedVisit(
                index=visit,
                x_px=float(off[1]),
                y_px=float(off[0]),
                error_px=error,
                shrink=shrink,
            )
        )
        weight = rests[visit]
    return tuple(found)


def without_shifted(weight: Floats, shifted: Sequence[ShiftedVisit]) -> Floats:
    """The weights with those of the shifted visits 0."""
    return _without(weight, [visit.index for visit in shifted])


def put_back(seen: Floats, weight: Floats, spans: Floats, visits: Sequence[int]) -> Floats:
    """The offsets (N, V, 2), with those of some visits back where the others predict them."""
    back = seen.copy()
    rest = left(seen, _without(weight, visits), spans)
    for visit in visits:
        told = weight[:, visit] > 0
        if told.any():
            back[:, visit] -= np.median(rest[told, visit], axis=0)
    return back


def _without(weight: Floats, visits: Sequence[int]) -> Floats:
    rest = weight.copy()
    rest[:, list(visits)] = 0
    return rest


def _common_shift(off: Floats) -> tuple[Floats, float]:
    """(2,) median of what the sources of a visit are off, and its error by their scatter."""
    if len(off) < _LEAST_SOURCES:
        return np.zeros(2), math.inf
    middle: Floats = np.median(off, axis=0)
    return middle, _MEDIAN_ERROR * robust_sigma(off, middle=middle) / math.sqrt(len(off))
