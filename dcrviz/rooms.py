"""Large arrays that loops write into, kept for whoever wants as many bytes next."""

from __future__ import annotations

import math
import threading
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float32]
KEPT_BYTES = 700_000_000
"""What is kept at most of all rooms that nobody is in."""
_LEAST_BYTES = 500_000
# By this much a room may be larger than what is wanted.
_SPARE = 1.05

_lock = threading.Lock()
_left: deque[_Floats] = deque()
_free: list[_Floats] = []


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
        room = _taken(number)
    return np.asarray(_Lease(np.empty(number, np.float32) if room is None else room, shape))


def fresh_like(array: _Floats) -> _Floats:
    """A float32 array of the same shape that holds anything."""
    return fresh(*array.shape)


def is_whole_room(array: NDArray[Any]) -> bool:
    """Whether the array is all that `fresh` gave: its elements are nobody else's."""
    return isinstance(array.base, _Lease)


def give_up() -> None:
    """Hand all that is kept back to the system, when a large run has ended."""
    with _lock:
        _left.clear()
        _free.clear()


class _Lease:
    """Has a room for as long as any array shows a part of it."""

    def __init__(self, room: _Floats, shape: tuple[int, ...]) -> None:
        self._room = room
        shown = room[: math.prod(shape)].reshape(shape)
        self.__array_interface__ = shown.__array_interface__

    def __del__(self) -> None:
        # Python may come here amid anything, even in the same thread while it has the lock.
        _left.append(self._room)
        if _lock.acquire(blocking=False):
            try:
                _settle()
            finally:
                _lock.release()


def _settle() -> None:
    """Keep the newest of what was left, as the next iteration wants as much."""
    while _left:
        _free.append(_left.popleft())
    while sum(room.nbytes for room in _free) > KEPT_BYTES:
        del _free[0]


def _taken(number: int) -> _Floats | None:
    for place in reversed(range(len(_free))):
        if number <= _free[place].size <= _SPARE * number:
            return _free.pop(place)
    return None
