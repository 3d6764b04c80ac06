"""Places of sources under refraction: one colour and one place for each, by linear least squares.

N sources, V visits; offsets and spans are ``(y, x)`` in pixels. A span is the way from the red end
of the band to its blue end in a visit.
"""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.places import unexplained
from dcrviz.records import Floats

_PARAMETERS = 3


def left(seen: Floats, weight: Floats, spans: Floats) -> Floats:
    """What colour and place of each source don't explain of its offsets.

    Parameters
    ----------
    seen : (N, V, 2)
    weight : (N, V)
        One over the squared error; 0 where nothing is known. Such offsets are predicted all the
        same, by the other visits.
    spans : (V, 2)

    Returns
    -------
    (N, V, 2)
    """
    return unexplained(seen, weight, spans)[0]


def misfit(seen: Floats, weight: Floats, spans: Floats) -> float:
    """Weighted mean square of what is left, for each number that is not fitted."""
    return unexplained(seen, weight, spans)[1] / freedom(weight)


def freedom(weight: Floats) -> int:
    """How many numbers are left to judge by: two for each offset less what is fitted."""
    told = weight > 0
    return max(1, 2 * int(told.sum()) - _PARAMETERS * int(told.any(axis=1).sum()))


def about_mean(offsets: Floats, weight: Floats) -> Floats:
    """(N, V, 2) offsets of each source about its own weighted mean."""
    total = np.maximum(weight.sum(axis=1), 1e-30)[:, None]
    about: Floats = offsets - (np.einsum("nv,nvk->nk", weight, offsets) / total)[:, None]
    return about
