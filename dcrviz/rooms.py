"""Large arrays that loops write into, in memory that is kept for whoever wants some next."""

from __future__ import annotations

import math
import threading
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcrviz.stretches import Store, Stretch

_Floats = NDArray[np.float32]
KEPT_BYTES = 1_300_000_000
"""What is kept at most of all rooms that nobody is in."""
_LEAST_BYTES = 500_000

_lock = threading.Lock()
_left: deque[Stretch] = deque()
_store = Store(kept_bytes=KEPT_BYTES)


def fresh(*shape: int) -> _Floats:
    """A float32 array that holds anything; once nobody has it any more, its room is kept.

    Notes
    -----
    What a program gives back, the system hands out again cleared, page by page, which took a third
    of an iteration on a field of 4096 x 4096 pixels.
    """
    number = math.prod(shape)
    if 4 * number < _LEAST_BYTES:
        return np.empty(shape, np.float32)
    with _lock:
        _settle()
        stretch = _store.take(4 * number)
    return np.asarray(_Lease(stretch, shape))


def fresh_like(array: _Floats) -> _Floats:
    """A float32 array of the same shape that holds anything."""
    return fresh(*array.shape)


def is_whole_room(array: NDArray[Any]) -> bool:
    """Whether the array is all that `fresh` gave: its elements are nobody else's."""
    return isinstance(array.base, _Lease)


def give_up() -> None:
    """Hand all that is kept back to the system, when a large run has ended."""
    with _lock:
        _settle()
        _store.give_up()


class _Lease:
    """Has a room for as long as any array shows a part of it."""

    def __init__(self, stretch: Stretch, shape: tuple[int, ...]) -> None:
        self._stretch = stretch
        self.__array_interface__ = (
            stretch.floats(math.prod(shape)).reshape(shape).__array_interface__
        )

    def __del__(self) -> None:
        # Python may come here amid anything, even in the same thread while it has the lock.
        _left.append(self._stretch)
        if _lock.acquire(blocking=False):
            try:
                _settle()
            finally:
                _lock.release()


def _settle() -> None:
    while _left:
        _store.give_back(_left.popleft())
