"""One colour and one place of each source, by linear least squares from where it lies in visits."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import compiled, unwritable
from dcrviz.records import Floats

# In place of no weight, and of no lever.
_NONE = 1e-30


def unexplained(seen: Floats, weight: Floats, spans: Floats) -> tuple[Floats, float]:
    """What colour and place of each source don't explain, and the weighted sum of its squares.

    Parameters
    ----------
    seen : (N, V, 2)
        Where N sources lie in V visits.
    weight : (N, V)
    spans : (V, 2)
        Where a unit of colour moves any of them.

    Returns
    -------
    (N, V, 2), float
    """
    rest = np.empty(seen.shape)
    seen, weight, spans = (unwritable(np.ascontiguousarray(a)) for a in (seen, weight, spans))
    return rest, _leave(seen, weight, spans, rest)


@compiled
def _leave(seen: Floats, weight: Floats, spans: Floats, rest: Floats) -> float:
    total = 0.0
    for n in range(len(seen)):
        places, known, left = seen[n], weight[n], rest[n]
        sum_, y, x, along, across = 0.0, 0.0, 0.0, 0.0, 0.0
        for v in range(len(known)):
            sum_ += known[v]
            y += known[v] * places[v, 0]
            x += known[v] * places[v, 1]
            along += known[v] * spans[v, 0]
            across += known[v] * spans[v, 1]
        sum_ = max(sum_, _NONE)
        y, x, along, across = y / sum_, x / sum_, along / sum_, across / sum_
        information, colour = 0.0, 0.0
        for v in range(len(known)):
            dy, dx = spans[v, 0] - along, spans[v, 1] - across
            information += known[v] * (dy * dy + dx * dx)
            colour += known[v] * (dy * places[v, 0] + dx * places[v, 1])
        colour /= max(information, _NONE)
        for v in range(len(known)):
            left[v, 0] = places[v, 0] - y - colour * (spans[v, 0] - along)
            left[v, 1] = places[v, 1] - x - colour * (spans[v, 1] - across)
            total += known[v] * (left[v, 0] ** 2 + left[v, 1] ** 2)
    return total
