"""Records whose arrays and mappings nobody can change, wherever they travel."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcrviz.rooms import is_whole_room
from dcrviz.scratch import is_mapped_read_only


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """The array itself if nobody can write to it, else a copy that nobody can write to.

    Of a part of an array, too: else a small record would keep all of it in memory.
    """
    own = array.flags.owndata or is_whole_room(array) or is_mapped_read_only(array)
    if array.flags.writeable or not own:
        array = array.copy()
        array.flags.writeable = False
    return array


class Frozen:
    """Makes the array and mapping fields of a record read-only."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for name in _names(type(self)):  # type: ignore[arg-type]
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                object.__setattr__(self, name, read_only(value))
            elif isinstance(value, dict):
                object.__setattr__(self, name, MappingProxyType(dict(value)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies, and what travels to another process, are made anew, as it is then read-only."""
        values = {name: getattr(self, name) for name in _names(type(self))}  # type: ignore[arg-type]
        plain = {
            name: dict(value) if isinstance(value, MappingProxyType) else value
            for name, value in values.items()
        }
        return _made_anew, (type(self), plain)


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Of the fields of a class of records, of which a fit makes thousands."""
    return tuple(item.name for item in fields(kind))


def _made_anew(kind: type, values: dict[str, Any]) -> Any:
    return kind(**{name: _unwritable(value) for name, value in values.items()})


def _unwritable(value: Any) -> Any:
    """The value, into whose arrays nobody can write; numpy's copies and pickles forget that."""
    if isinstance(value, tuple):
        for item in value:
            _unwritable(item)
    elif isinstance(value, np.ndarray):
        value.flags.writeable = False
    return value
