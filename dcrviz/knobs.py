"""Parameter types for knobs: a param declaration that also knows unit, group and LSST's name."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np
import param

_EXTRA = ["group", "unit", "lsst", "equation"]


class Knob:
    """What every knob knows beyond a plain parameter.

    Parameters
    ----------
    default
        Value of the knob when nobody turns it.
    group
        Heading under which people find it.
    unit
        Unit of the value; empty when it has none.
    lsst
        Name of the config field in LSST's ``DcrAssembleCoaddConfig``; empty for the project's own.
    equation
        The formula in which it acts, in plain text.
    """

    __slots__ = ()
    group: str
    unit: str
    lsst: str
    equation: str

    def __init__(
        self,
        default: Any,
        *,
        group: str = "",
        unit: str = "",
        lsst: str = "",
        equation: str = "",
        **declaration: Any,
    ) -> None:
        super().__init__(default=default, **declaration)  # type: ignore[call-arg] # param's, by the class beside
        for name, value in zip(_EXTRA, (group, unit, lsst, equation), strict=True):
            setattr(self, name, value)


class _OpenEnded:
    """Hides the upper bound of a number that may be None: a slider can't show 'automatic'."""

    __slots__ = ()

    def get_soft_bounds(self) -> tuple[Any, Any]:
        low, high = super().get_soft_bounds()  # type: ignore[misc] # param's, by the class beside
        return low, None if self.allow_None else high  # type: ignore[attr-defined]


class Number(Knob, _OpenEnded, param.Number):
    """A real-valued knob, which is finite."""

    __slots__ = _EXTRA

    def _validate(self, val: Any) -> None:
        super()._validate(val)
        if isinstance(val, bool) or (val is not None and not math.isfinite(val)):
            raise ValueError(f"{self.name} must be a finite number; got {val}")


class Factor(Number):
    """A knob that limits a ratio: at least 1, or 0 for no limit."""

    __slots__: list[str] = []

    def _validate(self, val: Any) -> None:
        super()._validate(val)
        if 0 < val < 1:
            raise ValueError(f"{self.name} must be 0 (off) or at least 1; got {val:g}")


class Integer(Knob, _OpenEnded, param.Integer):
    """A whole-numbered knob."""

    __slots__ = _EXTRA

    def _validate(self, val: Any) -> None:
        super()._validate(val)
        if isinstance(val, bool):
            raise ValueError(f"{self.name} must be a whole number; got {val}")


class Switch(Knob, param.Boolean):
    """A knob that is on or off."""

    __slots__ = _EXTRA


class Choice(Knob, param.Selector):
    """A knob with a few named positions."""

    __slots__ = _EXTRA


class Names(Knob, param.List):
    """A knob that holds a list of mask plane names."""

    __slots__ = _EXTRA


class Pair(Knob, param.NumericTuple):
    """A knob that holds a width and a height."""

    __slots__ = _EXTRA

    def _validate(self, val: Any) -> None:
        super()._validate(val)
        if any(isinstance(n, bool) or not 1 <= n < math.inf or n != int(n) for n in val):
            raise ValueError(f"{self.name} must be two whole numbers of 1 or more; got {val}")


class Fractions(Knob, param.Dict):
    """A knob that maps mask plane names to fractions between 0 and 1."""

    __slots__ = _EXTRA

    def __set__(self, obj: Any, val: Any) -> None:
        if isinstance(val, Mapping):
            val = {plane: _plain(fraction) for plane, fraction in val.items()}
        super().__set__(obj, val)

    def _validate(self, val: Any) -> None:
        super()._validate(val)
        for plane, fraction in val.items():
            known = isinstance(plane, str) and isinstance(fraction, int | float)
            if not known or not 0 <= fraction <= 1:
                raise ValueError(
                    f"{self.name} must map mask planes to fractions from 0 to 1; "
                    f"got {plane!r}: {fraction!r}"
                )


class VisitFactors(Knob, param.Dict):
    """A knob that maps visit ids to factors of 0 or more.

    An id is held as text, as files and links hold it; a visit that is numbered may be named by its
    number.
    """

    __slots__ = _EXTRA

    def __set__(self, obj: Any, val: Any) -> None:
        if isinstance(val, Mapping):
            val = by_visit_name(val)
        super().__set__(obj, val)

    def _validate(self, val: Any) -> None:
        super()._validate(val)
        for visit, factor in val.items():
            number = isinstance(factor, numbers.Real) and not isinstance(factor, bool)
            if not isinstance(visit, str) or not number or not 0 <= factor < math.inf:
                raise ValueError(
                    f"{self.name} must map visit ids to finite factors of 0 (off) or more; "
                    f"got {visit!r}: {factor!r}"
                )


def by_visit_name(values: Mapping[Any, Any]) -> dict[Any, Any]:
    """Values by the ids of visits as knobs hold them, as text; numbers as Python's own.

    Raises
    ------
    ValueError
        If one visit is named twice, by its number and as text.
    """
    named: dict[Any, Any] = {}
    for visit, value in values.items():
        name = _visit_name(visit)
        if name in named:
            raise ValueError(f"visit_factors must name each visit once; got {name} twice")
        named[name] = _plain(value)
    return named


def _plain(value: Any) -> Any:
    """Python's own number of numpy's, which files can hold."""
    return value.item() if isinstance(value, np.number) else value


def _visit_name(visit: Any) -> Any:
    """What is no id stays as it is, to be refused."""
    is_number = isinstance(visit, numbers.Integral) and not isinstance(visit, bool)
    return str(visit) if is_number else visit


class Record(Knob, param.ClassSelector):
    """A knob whose value is a frozen record, or None for automatic."""

    __slots__ = _EXTRA
