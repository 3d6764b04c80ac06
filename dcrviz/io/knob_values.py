"""Values of knobs as plain text formats know them, and the rule that each knob sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.io.record_values import record_of, record_rule
from dcrviz.knobs import (
    Choice,
    Factor,
    Fractions,
    Integer,
    Names,
    Number,
    Pair,
    Record,
    Switch,
    VisitFactors,
    by_visit_name,
)

_AUTO = {"auto", "none", "null"}


def lsst_names() -> dict[str, str]:
    """Our name of each knob by LSST's name of it."""
    return {knob.lsst: name for name, knob in AssembleConfig.knobs().items() if knob.lsst}


def plain(value: Any) -> Any:
    """A knob's value in numbers, strings, lists, tuples and dicts only."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value)
    return value


def in_words(value: Any) -> str:
    """A knob's value in few words."""
    if value is None:
        return "auto"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {in_words(item)}" for key, item in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    if is_dataclass(value) and not isinstance(value, type):
        return str(asdict(value).get("name") or value)
    return str(value)


def from_plain(knob: Any, value: Any) -> Any:
    """The value as the knob holds it; what cannot be converted is left for the knob to refuse.

    Raises
    ------
    ValueError
        If a band or a throughput is unknown, incomplete or breaks a rule of its own.
    """
    if knob.allow_None and str(value).strip().lower() in _AUTO:
        return None
    convert = _CONVERSIONS.get(type(knob))
    return convert(knob, value) if convert else value


def with_knob(config: AssembleConfig, name: str, value: Any, *, where: str = "") -> AssembleConfig:
    """A copy of the configuration with one knob set from a plain value.

    Parameters
    ----------
    where
        Beginning of the error sentence: the file or line that the value is from.

    Raises
    ------
    ValueError
        If the value breaks the knob's rule; names knob, rule and value.
    """
    knob = AssembleConfig.knobs()[name]
    try:
        converted = from_plain(knob, value)
    except ValueError as error:
        raise ValueError(f"{where}knob {name}: {error}") from error
    try:
        return config.with_values(**{name: converted})
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"{where}knob {name} must be {rule(knob)}; got {value!r}") from error


def with_knobs(
    config: AssembleConfig, values: Mapping[str, Any], *, where: str = ""
) -> AssembleConfig:
    """As `with_knob`, with many at once, which takes no longer than one."""
    knobs = AssembleConfig.knobs()
    try:
        converted = {name: from_plain(knobs[name], value) for name, value in values.items()}
        return config.with_values(**converted)
    except (ValueError, TypeError, OverflowError):
        pass
    # One of them breaks its rule: it is found, and told, one by one.
    for name, value in values.items():
        config = with_knob(config, name, value, where=where)
    return config


def rule(knob: Any) -> str:
    """What the knob accepts, to follow "must be"."""
    rules: dict[type, Callable[[], str]] = {
        Factor: lambda: "0 (off) or a number of at least 1",
        Number: lambda: f"a finite number {_bounds(knob)}",
        Integer: lambda: f"a whole number {_bounds(knob)}",
        Switch: lambda: "true or false",
        Choice: lambda: f"one of {', '.join(map(str, knob.objects))}",
        Names: lambda: "a list of mask plane names",
        Pair: lambda: "two whole numbers of 1 or more",
        Fractions: lambda: "a mapping of mask plane names to fractions from 0 to 1",
        VisitFactors: lambda: "a mapping of visit ids to finite factors of 0 (off) or more",
        Record: lambda: record_rule(knob.class_),
    }
    return rules[type(knob)]() + (", or auto" if knob.allow_None else "")


def _bounds(knob: Any) -> str:
    low, high = knob.bounds
    low_included, high_included = knob.inclusive_bounds
    ends = []
    if low is not None:
        ends.append(f"{'of at least' if low_included else 'above'} {low:g}")
    if high is not None:
        ends.append(f"{'at most' if high_included else 'below'} {high:g}")
    return " and ".join(ends)


def _number(knob: Any, value: Any) -> Any:
    """YAML 1.1 takes 1e-3 for a string; people do not."""
    try:
        return (int if isinstance(knob, Integer) else float)(value) if _is_text(value) else value
    except ValueError:
        return value


def _choice(knob: Any, value: Any) -> Any:
    """YAML takes the choice 2019 for a number."""
    return str(value) if str(value) in knob.objects else value


def _names(_: Any, value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _pair(_: Any, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return value
    return tuple(int(n) if isinstance(n, float) and n.is_integer() else n for n in value)


def _visit_factors(knob: Any, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {visit: _number(knob, factor) for visit, factor in by_visit_name(value).items()}


def _record(knob: Any, value: Any) -> Any:
    return record_of(knob.class_, value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_CONVERSIONS: dict[type, Callable[[Any, Any], Any]] = {
    Number: _number,
    Factor: _number,
    Integer: _number,
    Choice: _choice,
    Names: _names,
    Pair: _pair,
    VisitFactors: _visit_factors,
    Record: _record,
}
