"""Which steps keep their pixels when all of them are too many bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcrviz.engine import Step
from dcrviz.session.moments import Moment, outline, without_correction

# Dropped beyond what must be, so that not every new step asks for another round.
_SLACK = 1 / 8


def kept_bytes(moments: Iterable[Moment]) -> int:
    """Bytes of the pixels of these moments; an array that several steps share counts once."""
    ledger = _Ledger()
    for moment in {moment.number: moment for moment in moments}.values():
        ledger.add(moment.step)
    return ledger.total


def thinned(
    runs: Sequence[Sequence[Moment]], *, most: int, needed: Collection[int]
) -> dict[int, Moment]:
    """Moments that must do with less, so that all together fit.

    Parameters
    ----------
    runs
        The one on show last. Of each, every second step goes first, the oldest first, then three
        of four, and so on; first, last and best only when nothing else is left.
    most
        Bytes that all may take.
    needed
        Numbers of moments that stay whole in any case.

    Returns
    -------
    dict
        Lighter moments by their number; empty if all fit as they are.
    """
    whole = {m.number: m for run in runs for m in run if m.kept}
    ledger = _Ledger()
    for moment in whole.values():
        ledger.add(moment.step)
    lighter: dict[int, Moment] = {}
    if ledger.total <= most:
        return lighter
    aim = int(most * (1 - _SLACK))
    for number in _in_order_of_loss(runs):
        if ledger.total <= aim:
            break
        if number in needed or number not in whole:
            continue
        moment = whole.pop(number)
        ledger.remove(moment.step)
        if moment.step.correction is None:
            lighter[number] = outline(moment)
            continue
        # It is there for speed only, and so goes first.
        whole[number] = lighter[number] = without_correction(moment)
        ledger.add(whole[number].step)
    return lighter


def _in_order_of_loss(runs: Sequence[Sequence[Moment]]) -> Iterator[int]:
    """Numbers of the moments that may lose something; the ones that matter least first."""
    for run in runs:
        yield from (m.number for m in run if m.step.correction is not None)
    landmarks = {number: None for run in runs for number in _landmarks(run)}
    longest = max((len(run) for run in runs), default=0)
    stride = 2
    while stride < 2 * longest:
        for run in runs:
            for place, moment in enumerate(run):
                if place % stride and moment.number not in landmarks and not moment.given:
                    yield moment.number
        stride *= 2
    given = {moment.number for run in runs for moment in run if moment.given}
    yield from (number for number in landmarks if number not in given)


def _landmarks(run: Sequence[Moment]) -> list[int]:
    """Numbers of the first, the last and the best step."""
    if not run:
        return []
    last = run[-1].step
    best = [
        moment.number
        for moment in run
        if moment.step.tile == last.tile and moment.step.iteration == last.history.best_iteration
    ]
    return [run[0].number, *best[:1], run[-1].number]


class _Ledger:
    """The arrays of steps, each of them once."""

    def __init__(self) -> None:
        self._users: Counter[int] = Counter()
        self.total = 0

    def add(self, step: Step) -> None:
        for key, size in _arrays_of(step).items():
            self.total += size if self._users[key] == 0 else 0
            self._users[key] += 1

    def remove(self, step: Step) -> None:
        for key, size in _arrays_of(step).items():
            self._users[key] -= 1
            self.total -= size if self._users[key] == 0 else 0


def _arrays_of(step: Step) -> dict[int, int]:
    """Bytes of each array that the step keeps alive, by its identity."""
    best = tuple(history.best_planes for history in step.histories)
    arrays = _arrays((step.planes, best, step.correction, step.memory))
    return {id(array): array.nbytes for array in arrays}


def _arrays(value: Any) -> Iterator[NDArray[Any]]:
    if isinstance(value, np.ndarray):
        while isinstance(value.base, np.ndarray):
            value = value.base
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _arrays(part)
    elif is_dataclass(value):
        for item in fields(value):
            yield from _arrays(getattr(value, item.name))
