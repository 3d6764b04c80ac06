"""Steps whose pixels were not kept, computed again: the same to the last bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import overload

from dcrviz.engine import Outcome, Problem, Step, first_step
from dcrviz.engine.judge import stopped
from dcrviz.session.jobs import next_moment
from dcrviz.session.moments import Moment


def remade(problem: Problem, moments: Sequence[Moment], place: int) -> list[Moment]:
    """The moment at a place with the one before it, both whole.

    They follow from the nearest earlier moment that is whole, or from the very start, with the
    knobs that each was made with.
    """
    # The change since the step before is shown, too.
    wanted = max(place - 1, 0)
    begin = next((i for i in range(wanted, -1, -1) if moments[i].kept), 0)
    found = list(_whole(problem, moments[begin : place + 1]))
    return found[wanted - begin :]


def _whole(problem: Problem, moments: Sequence[Moment]) -> Iterator[Moment]:
    before: Moment | None = None
    for moment in moments:
        if moment.kept:
            before = moment
        elif before is None:
            before = _first(problem, moment)
        else:
            before = _after(problem, before, moment)
        yield before


def _first(problem: Problem, moment: Moment) -> Moment:
    step = first_step(problem, problem.config.with_values(**moment.knobs))
    return _as_it_was(step, moment)


def _after(problem: Problem, before: Moment, moment: Moment) -> Moment:
    config = problem.config.with_values(**moment.knobs)
    anew = before.step.index == 0 and before.knobs != moment.knobs
    made = next_moment(problem, before.step, config, moment.knobs, anew=anew)
    return _as_it_was(made.step, moment)


def _as_it_was(step: Step, moment: Moment) -> Moment:
    ended = moment.step.outcome is Outcome.STOPPED
    return replace(moment, step=stopped(step) if ended else step, kept=True)


class WholeSteps(Sequence[Step]):
    """The steps of a run, each whole, those that were not kept as they are asked for.

    Going through them in order computes each of them once, and never holds more than one.
    """

    def __init__(self, problem: Problem, moments: Sequence[Moment]) -> None:
        self._problem, self._moments = problem, tuple(moments)

    def __len__(self) -> int:
        return len(self._moments)

    def __iter__(self) -> Iterator[Step]:
        return (moment.step for moment in _whole(self._problem, self._moments))

    @overload
    def __getitem__(self, place: int) -> Step: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Step]: ...

    def __getitem__(self, place: int | slice) -> Step | Sequence[Step]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        at = range(len(self))[place]
        return remade(self._problem, self._moments, at)[-1].step
