"""Which bend of the parallactic angles fits the places of sources, of a few likely ones and of all.

A span is linear in the sine and the cosine of the angle, and a source without colour moves along
it: so what two bends a quarter turn apart make tells what all between them make.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np

from dcrviz.diagnostics.offsets import Offsets
from dcrviz.diagnostics.places import freedom, misfit
from dcrviz.diagnostics.shifted_visits import (
    ShiftedVisit,
    put_back,
    shifted_visits,
    without_shifted,
)
from dcrviz.diagnostics.smears import QUARTERS, Bend, Smear
from dcrviz.frozen import Frozen
from dcrviz.records import Floats

Measure = Callable[[Sequence[Bend]], tuple[Offsets, Sequence[Smear]]]
"""How offsets are measured under some bends."""
_End = tuple[Floats, Floats]

LEAST_SHRINK = 1.1
"""By which another bend must shrink the residuals to be named."""
# By which chi squared must fall for another bend to be named, and below which nobody can tell.
_CLEAR, _UNDECIDED = 30.0, 9.0
# Angles that are tried first; a turn by less is none.
_EVERY_DEG = 5.0
_QUARTER = math.pi / 2


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Tried(Frozen):
    """How well a bend fits.

    Parameters
    ----------
    misfit
        Weighted mean square of what colours and places of the sources don't explain.
    freedom
        How many numbers that is the mean of.
    shifted
        Visits that are off by themselves then, and put back.
    """

    bend: Bend
    misfit: float
    freedom: int
    shifted: tuple[ShiftedVisit, ...]

    def shrink(self, other: Tried) -> float:
        """Residuals under another bend over those under this one."""
        return math.sqrt(other.misfit / max(self.misfit, 1e-30))

    def evidence(self, other: Tried) -> float:
        """By how much chi squared is less than under another bend, in units of this misfit."""
        return (other.misfit / max(self.misfit, 1e-30) - 1) * self.freedom

    def is_clear(self, other: Tried) -> bool:
        """Whether the data want this one rather than another."""
        return self.evidence(other) >= _CLEAR and self.shrink(other) >= LEAST_SHRINK


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Choice(Frozen):
    """The bend that is chosen among those tried.

    Parameters
    ----------
    tried
        That of the angles as given first, then the other `QUARTERS`, then any turn that is named.
    best
        That of the angles as given unless another one is clearly better.
    undecided
        Others that fit as well as the best, so that nobody can tell.
    """

    tried: tuple[Tried, ...]
    best: Tried
    undecided: tuple[Tried, ...]


def choose_bend(offsets: Offsets, smears: Sequence[Smear], measure: Measure) -> Choice:
    """The bend that fits the places of the sources best.

    Parameters
    ----------
    offsets, smears
        What is measured under `QUARTERS`.
    measure
        The offsets of the sources with those of a sky without colours under some bends, and the
        smears of these.

    Notes
    -----
    Where all visits have one angle, a mirrored angle is a turned one: both are told. Beside the
    angles as given only `QUARTERS` count as undecided, which a mistake may well have made.
    """
    tried, best = _tried(QUARTERS, offsets, smears)
    turns = _turns(offsets, smears, best)
    if any(turn.is_clear(best) for turn in turns):
        # Of the sign only their own smears tell.
        opposite = [replace(t.bend, turned_rad=t.bend.turned_rad + math.pi) for t in turns]
        bends = [*QUARTERS, *(turn.bend for turn in turns), *opposite]
        tried, best = _tried(bends, *measure(bends))
    given, quarters = tried[0], tried[: len(QUARTERS)]
    if _is_oblique(best.bend):
        quarter = min(quarters, key=_misfit)
        best = best if best.is_clear(quarter) else quarter
    if not best.is_clear(given):
        return Choice(tried=quarters, best=given, undecided=_undecided(given, quarters))
    turns = tried[len(QUARTERS) :] or turns
    undecided = _undecided(best, (*quarters, *turns))
    named = tuple(turn for turn in turns if turn is best or turn in undecided)
    return Choice(tried=(*quarters, *named), best=best, undecided=undecided)


def _misfit(one: Tried) -> float:
    return one.misfit


def _undecided(best: Tried, others: Sequence[Tried]) -> tuple[Tried, ...]:
    return tuple(one for one in others if one is not best and best.evidence(one) < _UNDECIDED)


def _is_oblique(bend: Bend) -> bool:
    """Whether it is none of `QUARTERS`, but for a little."""
    return abs(math.remainder(bend.turned_rad, _QUARTER)) >= math.radians(_EVERY_DEG)


def _tried(
    bends: Sequence[Bend], offsets: Offsets, smears: Sequence[Smear]
) -> tuple[tuple[Tried, ...], Tried]:
    """Each of some bends, by its own smear, and the one that wants least.

    Each visit that is off by itself counts against a bend: a wrong one may find some that are.
    Compared they are with those visits put back under all of them that are off under the best.
    """
    seen = [offsets.seen - colourless for colourless in offsets.colourless]
    spans = [smear.span for smear in smears]
    weight, free = offsets.weight, freedom(offsets.weight)
    shifted = [shifted_visits(*case) for case in zip(seen, repeat(weight), spans, strict=False)]

    def misfit_of(place: int, off: Sequence[ShiftedVisit]) -> float:
        visits = [visit.index for visit in off]
        return misfit(put_back(seen[place], weight, spans[place], visits), weight, spans[place])

    own = np.array([misfit_of(place, off) for place, off in enumerate(shifted)])
    wanted = own / max(own.min(), 1e-30) * free + _CLEAR * np.array([len(off) for off in shifted])
    best = int(wanted.argmin())
    tried = tuple(
        Tried(
            bend=bend, misfit=misfit_of(place, shifted[best]), freedom=free, shifted=shifted[place]
        )
        for place, bend in enumerate(bends)
    )
    return tried, tried[best]


def _turns(offsets: Offsets, smears: Sequence[Smear], likely: Tried) -> tuple[Tried, ...]:
    """The best oblique turns of the angles and of the mirrored ones, about: from `QUARTERS`."""
    # Half of what importing the package would take, for a test that few ask for.
    from scipy import optimize

    weight = without_shifted(offsets.weight, likely.shifted)
    turns = []
    for mirrored in (False, True):
        start, quarter = (
            QUARTERS.index(Bend(mirrored=mirrored, turned_rad=turned_rad))
            for turned_rad in (0.0, _QUARTER)
        )
        ends = tuple((offsets.colourless[k], smears[k].span) for k in (start, quarter))

        def misfit_at(turned_rad: float, ends: tuple[_End, ...] = ends) -> float:
            colourless, span = _between(ends[0], ends[1], turned_rad)
            return misfit(offsets.seen - colourless, weight, span)

        steps = np.radians(np.arange(-180, 180, _EVERY_DEG))
        near, reach = min(steps, key=misfit_at), math.radians(_EVERY_DEG)
        bounds = (near - reach, near + reach)
        turned_rad = float(optimize.minimize_scalar(misfit_at, bounds=bounds, method="bounded").x)
        turns.append(
            Tried(
                bend=Bend(mirrored=mirrored, turned_rad=turned_rad),
                misfit=misfit_at(turned_rad),
                freedom=freedom(weight),
                shifted=likely.shifted,
            )
        )
    return tuple(turn for turn in turns if _is_oblique(turn.bend))


def _between(start: _End, quarter: _End, turned_rad: float) -> _End:
    """Offsets without colour, and spans, after a turn, from those of none and of a quarter."""
    cos, sin = math.cos(turned_rad), math.sin(turned_rad)
    (colourless, span), (turned, turned_span) = start, quarter
    return cos * colourless + sin * turned, cos * span + sin * turned_span
