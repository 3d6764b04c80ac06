"""Records that are values of knobs, as plain text formats know them: by name or as a mapping."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

from dcrviz.bands import Band
from dcrviz.io.filters import within_refraction
from dcrviz.io.throughput import filter_throughput
from dcrviz.suggest import unknown
from dcrviz.throughput import Throughput


def record_of(kind: type, value: Any) -> Any:
    """The record that a name or a mapping stands for; anything else is left as it is.

    Parameters
    ----------
    kind
        `Band` or `Throughput`.

    Raises
    ------
    ValueError
        If the name is unknown, or the mapping is incomplete or breaks a rule of the record.
    """
    if isinstance(value, str):
        return _NAMED[kind](value)
    return _MAPPED[kind](value) if isinstance(value, Mapping) else value


def record_rule(kind: type) -> str:
    """What is accepted, to follow "must be"."""
    names = ", ".join(field.name for field in fields(kind))
    return f"a {_WORDS[kind]}'s name or its {names}"


def _band(value: Mapping[Any, Any]) -> Band:
    needed = _entries(Band, value)
    numbers = {name: _wavelength_nm(name, value[name]) for name in needed}
    return within_refraction(Band(name=_name(value), **numbers))


def _throughput(value: Mapping[Any, Any]) -> Throughput:
    columns = {name: _numbers(name, value[name]) for name in _entries(Throughput, value)}
    return Throughput(name=_name(value), **columns)


def _entries(kind: type, value: Mapping[Any, Any]) -> list[str]:
    """Names of the entries that the mapping must have, and does; the record's name it may have."""
    known = [field.name for field in fields(kind)]
    for key in value:
        if key not in known:
            raise ValueError(unknown(f"entry of a {_WORDS[kind]}", str(key), known))
    needed = [name for name in known if name != "name"]
    lacking = [name for name in needed if name not in value]
    if lacking:
        raise ValueError(
            f"a {_WORDS[kind]} needs {', '.join(needed)}; missing: {', '.join(lacking)}"
        )
    return needed


def _name(value: Mapping[Any, Any]) -> str:
    return str(value.get("name", "custom"))


def _wavelength_nm(name: str, value: Any) -> float:
    number = _number(value)
    if number is None or not 0 < number < math.inf:
        raise ValueError(f"{name} must be a wavelength of more than 0 nm; got {value!r}")
    return number


def _numbers(name: str, values: Any) -> tuple[float, ...]:
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        raise ValueError(f"{name} must be a list of numbers; got {values!r}")
    numbers = []
    for value in values:
        number = _number(value)
        if number is None:
            raise ValueError(f"{name} must be a list of numbers; got {value!r} in it")
        numbers.append(number)
    return tuple(numbers)


def _number(value: Any) -> float | None:
    """YAML 1.1 takes 1e-3 for a string; people do not."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


_WORDS: dict[type, str] = {Band: "band", Throughput: "throughput"}
_NAMED: dict[type, Callable[[str], Any]] = {Band: Band.named, Throughput: filter_throughput}
_MAPPED: dict[type, Callable[[Mapping[Any, Any]], Any]] = {Band: _band, Throughput: _throughput}
