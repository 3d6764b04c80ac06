"""Parts of a preparation, taken again for as long as they are made of the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from dcrviz.scratch import Room

_Part = TypeVar("_Part")
# Told by their value; all else, as images and visits are, by being the same object.
_PLAIN = (str, bytes, int, float, list, dict)


class Reuse:
    """The last result of each part, with what it was made of.

    One is kept for each run of preparations that only some knobs tell apart. Not to be shared
    between threads.

    Parameters
    ----------
    room
        Where large parts are kept; in memory if None.
    """

    def __init__(self, room: Room | None = None) -> None:
        self.room = room or Room()
        self._parts: dict[str, tuple[tuple[Any, ...], Any]] = {}

    def copy(self) -> Reuse:
        """The same parts for a preparation whose own need not be remembered."""
        other = Reuse(self.room)
        other._parts = dict(self._parts)
        return other

    def part(self, name: str, made_of: tuple[Any, ...], make: Callable[[], _Part]) -> _Part:
        """The part as it was made last, or made now if it is made of something else.

        Parameters
        ----------
        made_of
            All that the result depends on: arrays and records that nobody changes, and plain
            values.
        """
        known = self._parts.get(name)
        if known is not None and _same(known[0], made_of):
            result: _Part = known[1]
            return result
        made = make()
        self._parts[name] = (made_of, made)
        return made


def _same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    return len(before) == len(now) and all(
        old is new or (isinstance(old, _PLAIN) and type(old) is type(new) and old == new)
        for old, new in zip(before, now, strict=True)
    )
