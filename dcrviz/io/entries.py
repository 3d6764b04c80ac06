"""Values from a JSON document, asked for one by one, each with its rule."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from dcrviz.records import Floats

_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Entries:
    """A mapping of a document; every question says what the answer must be.

    Parameters
    ----------
    where
        Beginning of each error: the file, and the way to this mapping.
    """

    values: Mapping[str, Any]
    where: str

    def value(self, key: str) -> Any:
        """What stands under a key; a ValueError where nothing does."""
        if key not in self.values:
            raise ValueError(f"{self.where}: {key} must be there; got {_names(self.values)}")
        return self.values[key]

    def text(self, key: str) -> str:
        """A string."""
        value = self.value(key)
        return value if isinstance(value, str) else self._refuse(key, "text", value)

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self.value(key)
        return value if isinstance(value, bool) else self._refuse(key, "true or false", value)

    def whole(self, key: str, *, low: int = 0, high: int | None = None) -> int:
        """A whole number within bounds."""
        value = self.value(key)
        rule = f"a whole number of at least {low}" + ("" if high is None else f", at most {high}")
        if not isinstance(value, int) or isinstance(value, bool):
            self._refuse(key, rule, value)
        if value < low or (high is not None and value > high):
            self._refuse(key, rule, value)
        return int(value)

    def number(self, key: str) -> float:
        """A number, which need not be finite."""
        value = self.value(key)
        found = _number(value)
        return self._refuse(key, "a number", value) if found is None else found

    def finite_or_none(self, key: str) -> float | None:
        """A finite number, or null."""
        value = self.value(key)
        if value is None:
            return None
        found = _number(value)
        if found is None or not math.isfinite(found):
            self._refuse(key, "a finite number or null", value)
        return found

    def one_of(self, key: str, known: Iterable[str]) -> str:
        """One of some words."""
        value, words = self.value(key), list(known)
        if not isinstance(value, str) or value not in words:
            self._refuse(key, f"one of {', '.join(words)}", value)
        return value

    def inner(self, key: str) -> Entries:
        """A mapping of its own."""
        value = self.value(key)
        if not isinstance(value, dict):
            self._refuse(key, "a mapping", value)
        return Entries(values=value, where=f"{self.where}: {key}")

    def list(self, key: str) -> list[Any]:
        """A list of anything."""
        value = self.value(key)
        return value if isinstance(value, list) else self._refuse(key, "a list", value)

    def each(self, key: str) -> Iterator[Entries]:
        """The mappings of a list, in order."""
        for index, value in enumerate(self.list(key)):
            where = f"{self.where}: {key} {index}"
            if not isinstance(value, dict):
                raise ValueError(f"{where} must be a mapping; got {_shown(value)}")
            yield Entries(values=value, where=where)

    def array(self, key: str, *, n_axes: int) -> Floats:
        """Nested lists of numbers as a float64 array with so many axes."""
        value = self.list(key)
        try:
            numbers = np.array(_decoded(value), dtype=np.float64)
        except (ValueError, TypeError, OverflowError, RecursionError):
            numbers = np.empty(())
        # An empty list has but one axis, however many it would have.
        if numbers.ndim != n_axes and numbers.size:
            self._refuse(key, f"numbers along {n_axes} axes", value)
        return numbers if numbers.size else numbers.reshape((0,) * n_axes)

    def _refuse(self, key: str, rule: str, value: Any) -> NoReturn:
        raise ValueError(f"{self.where}: {key} must be {rule}; got {_shown(value)}")


def read_json(text: str, *, where: str) -> Entries:
    """A document that must be one mapping.

    Raises
    ------
    ValueError
        If it is no JSON, or no mapping.
    """
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where}: must be JSON; got {error}") from error
    if not isinstance(document, dict):
        raise ValueError(f"{where}: must hold a mapping; got {_shown(document)}")
    return Entries(values=document, where=where)


def encoded(value: Any) -> Any:
    """Numbers, arrays and nested lists of them for JSON; those that are not finite as words."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [encoded(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    number = _number(value)
    if number is None:
        raise ValueError("no number")
    return number


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        return _NOT_FINITE.get(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 else None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"the number {name}, which JSON has not")


def _names(values: Mapping[str, Any]) -> str:
    return ", ".join(map(str, values)) or "nothing"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
