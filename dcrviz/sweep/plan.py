"""Which configurations a sweep tries: all of a grid, or some at random."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.io.knob_values import plain, with_knob
from dcrviz.io.settings import parse_setting
from dcrviz.knobs import Fractions, Integer, Names, Number, Pair, VisitFactors

MOST = 10_000
"""Trials of one sweep, at most: more is a slip of the keyboard."""
_LISTS = (Names, Pair, Fractions, VisitFactors)
# For each trial, until all are different: enough to find the last of MOST.
_DRAWS = 50
# Above this ratio of its ends a range is drawn from evenly in the logarithm.
_DECADE = 10.0


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class SweepPlan:
    """What is turned, and to what.

    Parameters
    ----------
    choices
        Values of each knob to choose from.
    ranges
        Lowest and highest value of knobs that are drawn at random.
    n_random
        How many different trials are drawn, or all if there are not so many; None for all
        combinations of the choices.
    seed
        Of what is drawn.

    Raises
    ------
    ValueError
        If nothing is turned, a knob is turned twice or has a choice twice, a range is given without
        a number to draw, or there are too many combinations.
    """

    choices: Mapping[str, tuple[Any, ...]] = field(default_factory=lambda: MappingProxyType({}))
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=lambda: MappingProxyType({}))
    n_random: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not (self.choices or self.ranges):
            raise ValueError("a sweep must turn a knob; got none")
        for name in sorted(set(self.choices) & set(self.ranges)):
            raise ValueError(f"knob {name} must have choices or a range; got both")
        for name, values in self.choices.items():
            _check_different(name, values)
        if self.ranges and self.n_random is None:
            raise ValueError(
                f"ranges need a number of trials to draw; got {', '.join(self.ranges)} without"
            )
        if not 1 <= len(self) <= MOST:
            raise ValueError(f"a sweep must have 1 to {MOST} trials; got {len(self)}")

    def __len__(self) -> int:
        """How many trials there are."""
        n_different = math.prod(self._n_values(name) for name in (*self.choices, *self.ranges))
        return int(n_different if self.n_random is None else min(self.n_random, n_different))

    @property
    def knobs(self) -> list[str]:
        """Those that are turned, in the order in which they are declared."""
        return [name for name in AssembleConfig.knobs() if name in (*self.choices, *self.ranges)]

    def settings(self) -> list[dict[str, Any]]:
        """The value of each knob in every trial, as plain values; the same plan gives the same."""
        if self.n_random is None:
            names = self.knobs
            combined = product(*(self.choices[name] for name in names))
            return [dict(zip(names, values, strict=True)) for values in combined]
        rng = np.random.default_rng(self.seed)
        drawn: dict[str, dict[str, Any]] = {}
        n_trials = len(self)
        for _ in range(_DRAWS * n_trials):
            trial = {name: self._drawn(name, rng) for name in self.knobs}
            drawn.setdefault(repr(trial), trial)
            if len(drawn) == n_trials:
                break
        return list(drawn.values())

    def _n_values(self, name: str) -> float:
        """How many there are to draw from."""
        if name in self.choices:
            return len(self.choices[name])
        low, high = self.ranges[name]
        return int(high) - int(low) + 1 if _is_whole(name) else math.inf

    def _drawn(self, name: str, rng: np.random.Generator) -> Any:
        if name in self.choices:
            values = self.choices[name]
            return values[int(rng.integers(len(values)))]
        low, high = self.ranges[name]
        if _is_whole(name):
            return int(rng.integers(int(low), int(high), endpoint=True))
        if low > 0 and high / low > _DECADE:
            return float(np.exp(rng.uniform(np.log(low), np.log(high))))
        return float(rng.uniform(low, high))


def _is_whole(knob: str) -> bool:
    return isinstance(AssembleConfig.knobs()[knob], Integer)


def is_list(knob: str) -> bool:
    """Whether the knob's values are lists, so that ``|`` is between them and not a comma."""
    return isinstance(AssembleConfig.knobs()[knob], _LISTS)


def parse_choices(text: str) -> tuple[str, tuple[Any, ...]]:
    """Knob and values of ``KNOB=A,B,C``; values that are lists themselves have ``|`` between.

    Raises
    ------
    ValueError
        If the knob is unknown, or a value breaks its rule or comes twice.
    """
    name, equals, values = (part.strip() for part in text.partition("="))
    if not (name and equals and values):
        raise ValueError(f"choices must be KNOB=A,B,C; got {text!r}")
    ours, _ = parse_setting(f"{name}={values.split('|')[0].split(',')[0]}")
    between = "|" if is_list(ours) else ","
    parsed = [parse_setting(f"{name}={value}") for value in values.split(between)]
    for _, value in parsed:
        with_knob(AssembleConfig(), ours, plain(value))
    choices = tuple(plain(value) for _, value in parsed)
    _check_different(ours, choices)
    return ours, choices


def _check_different(knob: str, values: Sequence[Any]) -> None:
    """Raise if a value comes twice: its trials would be made twice, and count twice."""
    for number, value in enumerate(values):
        if value in values[:number]:
            raise ValueError(f"knob {knob}: each value must be given once; got {value} twice")


def parse_range(text: str) -> tuple[str, tuple[float, float]]:
    """Knob, lowest and highest value of ``KNOB=LOW:HIGH``.

    Raises
    ------
    ValueError
        If the knob is unknown or no number, or an end breaks its rule.
    """
    name, equals, ends = (part.strip() for part in text.partition("="))
    low, colon, high = ends.partition(":")
    if not (name and equals and low and colon and high):
        raise ValueError(f"a range must be KNOB=LOW:HIGH; got {text!r}")
    ours, first = parse_setting(f"{name}={low}")
    _, last = parse_setting(f"{name}={high}")
    if not isinstance(AssembleConfig.knobs()[ours], Number | Integer):
        raise ValueError(f"knob {ours}: only numbers have ranges; got {text!r}")
    for value in (first, last):
        with_knob(AssembleConfig(), ours, value)
    if first is None or last is None or not first < last:
        raise ValueError(f"knob {ours}: a range must go from a number up to another; got {ends!r}")
    return ours, (first, last)
