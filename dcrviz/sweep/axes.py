"""Knobs and scores of a sweep as axes: where a run is on each, and what is picked there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.io.knob_values import in_words

SCORE_ORDER = (
    *("cpu_s", "colour_error", "holes", "wings", "template_sigma", "metric", "colour_slope"),
    *("planes_change", "colour_change", "flux", "iterations"),
)
"""Those that are weighed against each other first; wall time depends on what else is computed."""
# More numbers of a knob are not all written, nor those that are nearer than this part of the axis.
_MOST_TICKS = 6
_TICK_APART = 0.12
# Above this ratio of its ends an axis goes in factors.
_LOGARITHMIC_FROM = 100.0
# Places are made of values and back.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Brush:
    """What somebody picked on an axis: from one place to another, or some words.

    It is kept in values, as axes grow while runs come in.
    """

    low: float = -math.inf
    high: float = math.inf
    words: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A knob or score in which the runs differ.

    Parameters
    ----------
    words
        Its values in order, if they are not all numbers; their places are 0, 1, 2, ...
    ticked
        Places of values that are written at the axis; none for the ends and their middle.
    low, high
        Places of the ends.
    logarithmic
        Whether a place is the decimal logarithm of the value.
    scale
        What values are multiplied with to be shown.
    """

    key: str
    title: str
    low: float
    high: float
    words: tuple[str, ...] = ()
    ticked: tuple[float, ...] = ()
    logarithmic: bool = False
    scale: float = 1.0

    def place(self, value: Any) -> float:
        """Where a value is; NaN if there is none."""
        if self.words:
            word = in_words(value)
            return float(self.words.index(word)) if word in self.words else math.nan
        if not isinstance(value, int | float) or not math.isfinite(value):
            return math.nan
        if not self.logarithmic:
            return float(value)
        return math.log10(value) if value > 0 else math.nan

    def ticks(self) -> list[tuple[float, str]]:
        """Places with what is written there: the ends and their middle, or every word."""
        if self.words:
            return [(float(place), word) for place, word in enumerate(self.words)]
        middle = (self.low + self.high) / 2
        places = self.ticked or (self.low, middle, self.high)
        return [(place, self.written(self._value(place))) for place in places]

    def written(self, value: Any) -> str:
        """A value as people read it."""
        if self.words or not _is_number(value):
            return in_words(value)
        return f"{self.scale * value:.4g}"

    def brushed(self, low: float, high: float) -> Brush:
        """The brush from one place to another."""
        if self.words:
            picked = [word for at, word in enumerate(self.words) if low <= at <= high]
            return Brush(words=frozenset(picked))
        return Brush(low=self._value(low), high=self._value(high))

    def span(self, brush: Brush) -> tuple[float, float]:
        """The places from which to which a brush reaches, within the axis."""
        if brush.words is not None:
            places = [at for at, word in enumerate(self.words) if word in brush.words]
            return (min(places) - 0.4, max(places) + 0.4) if places else (self.low, self.low)
        low, high = (self.place(value) for value in (brush.low, brush.high))
        return (
            self.low if math.isnan(low) else max(self.low, low),
            self.high if math.isnan(high) else min(self.high, high),
        )

    def picks(self, brush: Brush, value: Any) -> bool:
        """Whether a value is within a brush."""
        place = self.place(value)
        if math.isnan(place):
            return False
        if brush.words is not None:
            return in_words(value) in brush.words
        low, high = self.span(brush)
        slack = _ROUNDING * (self.high - self.low)
        return low - slack <= place <= high + slack

    def _value(self, place: float) -> float:
        return float(10**place) if self.logarithmic else place


def axes_of(rows: Sequence[Mapping[str, Any]], knobs: Iterable[str]) -> list[Axis]:
    """An axis for each of these knobs, and for each score, in which the rows differ."""
    declared = AssembleConfig.knobs()
    titles = {k: f"{k.replace('_', ' ')}{_unit(declared[k].unit)}" for k in knobs}
    scores = {name: f"{SCORES[name].title}{_unit(SCORES[name].unit)}" for name in SCORE_ORDER}
    axes = [
        _axis(key, title, [row[key] for row in rows if key in row], is_knob=key in titles)
        for key, title in (titles | scores).items()
    ]
    return [axis for axis in axes if axis is not None]


def within(
    rows: Iterable[Mapping[str, Any]], axes: Iterable[Axis], brushes: Mapping[str, Brush]
) -> set[int]:
    """Numbers of the rows that every brush picks."""
    held = [(axis, brushes[axis.key]) for axis in axes if axis.key in brushes]
    return {
        int(row["number"])
        for row in rows
        if all(axis.picks(brush, row.get(axis.key)) for axis, brush in held)
    }


def _axis(key: str, title: str, values: Sequence[Any], *, is_knob: bool) -> Axis | None:
    """None if all values are the same, or less than two are known."""
    if is_knob and not all(_is_number(value) for value in values):
        words = tuple(dict.fromkeys(in_words(value) for value in sorted(values, key=_order)))
        if len(words) < 2:
            return None
        return Axis(key=key, title=title, words=words, low=-0.5, high=len(words) - 0.5)
    known = [float(value) for value in values if _is_number(value) and math.isfinite(value)]
    if not known or min(known) == max(known):
        return None
    logarithmic = min(known) > 0 and max(known) / min(known) >= _LOGARITHMIC_FROM
    places = [math.log10(value) for value in known] if logarithmic else known
    return Axis(
        key=key,
        title=title,
        low=min(places),
        high=max(places),
        ticked=_ticked(places) if is_knob else (),
        logarithmic=logarithmic,
        scale=1.0 if is_knob else SCORES[key].scale,
    )


def _ticked(places: Sequence[float]) -> tuple[float, ...]:
    """The different places, if they are few and none is written over another."""
    different = sorted(set(places))
    apart = _TICK_APART * (different[-1] - different[0])
    near = any(after - before < apart for before, after in pairwise(different))
    return () if len(different) > _MOST_TICKS or near else tuple(different)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _order(value: Any) -> tuple[int, float, str]:
    """Auto, then numbers by size, then words by the alphabet."""
    if value is None:
        return 0, 0.0, ""
    return (1, float(value), "") if _is_number(value) else (2, 0.0, in_words(value))


def _unit(unit: str) -> str:
    return f" [{unit}]" if unit else ""
