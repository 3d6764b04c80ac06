"""Large arrays that loops work in, kept for the next iteration."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from dcrviz.records import Cube

KEPT_BYTES = 128_000_000
"""What is kept at most of all rooms that nobody is in."""

_lock = threading.Lock()
_free: list[Cube] = []


@contextmanager
def room_of(*shape: int) -> Iterator[Cube]:
    """A float32 array that holds anything, for as long as the block lasts.

    Notes
    -----
    What a program gives back, the system hands out again cleared, page by page, which took a tenth
    of an iteration.
    """
    room = _taken(shape)
    try:
        yield room
    finally:
        with _lock:
            _free.append(room)
            # The newest stay: the next iteration wants their shapes.
            while sum(other.nbytes for other in _free) > KEPT_BYTES:
                del _free[0]


def _taken(shape: tuple[int, ...]) -> Cube:
    with _lock:
        for place in reversed(range(len(_free))):
            if _free[place].shape == shape:
                return _free.pop(place)
    return np.empty(shape, np.float32)
