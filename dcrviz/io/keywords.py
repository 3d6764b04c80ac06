"""Header values by key, from whichever header has a usable one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from astropy.io.fits.verify import VerifyError


class Keywords:
    """Several headers read as one: the image's own first, then those it inherits from.

    Parameters
    ----------
    sources
        Headers or plain mappings, the one that wins first.
    """

    def __init__(self, *sources: Mapping[str, Any]) -> None:
        self._sources = sources

    def number(self, *keys: str) -> float | None:
        """The first finite number under any of the keys; values such as ``'NaN'`` are absent."""
        for value in self._values(keys):
            number = finite(value)
            if number is not None:
                return number
        return None

    def angle(self, *keys: str) -> float | None:
        """Like `number`, for values that may be sexagesimal; in the unit of the first part."""
        for value in self._values(keys):
            number = sexagesimal(value) if isinstance(value, str) else finite(value)
            if number is not None:
                return number
        return None

    def text(self, *keys: str) -> str:
        """The first text under any of the keys that is not blank, else nothing."""
        return next((value.strip() for value in self._values(keys) if _is_text(value)), "")

    def value(self, *keys: str) -> Any:
        """The first value under any of the keys, else None."""
        return next(self._values(keys), None)

    def _values(self, keys: tuple[str, ...]) -> Iterator[Any]:
        for key in keys:
            for source in self._sources:
                value = lookup(source, key)
                if isinstance(value, str | int | float):
                    yield value


def finite(value: Any) -> float | None:
    """The value as a number, or None if it is none or not finite."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def sexagesimal(text: str) -> float | None:
    """``-00:05:47.47`` as -0.0965, in the unit of its first part; None if it is no such text."""
    parts = [finite(part) for part in text.strip().lstrip("+-").replace(":", " ").split()]
    if not 1 <= len(parts) <= 3 or None in parts:
        return None
    size: float = sum(part / 60**place for place, part in enumerate(parts) if part is not None)
    return -size if text.strip().startswith("-") else size


def lookup(source: Mapping[str, Any], key: str) -> Any:
    """The value under a key, or None if there is none or the card can't be parsed."""
    try:
        return source.get(key)
    except VerifyError:
        return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
