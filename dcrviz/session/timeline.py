"""What is stored of a run, what is on show, and the runs that were left for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import param

from dcrviz.engine import Outcome, Problem, Step, coadds
from dcrviz.records import Coadds, Exposure
from dcrviz.session.branches import Branch, Branches
from dcrviz.session.moments import Moment
from dcrviz.session.replay import remade
from dcrviz.session.thinning import kept_bytes, thinned

if TYPE_CHECKING:
    from dcrviz.session.jobs import Start


class Timeline(Branches):
    """The stored steps of a run with a place among them; it computes none."""

    problem = param.ClassSelector(class_=Problem, allow_None=True, doc="The prepared run.")
    moments = param.List([], item_type=Moment, doc="The stored steps of the run on show.")
    cursor = param.Integer(0, bounds=(0, None), doc="Which stored step is on show.")
    history_bytes = param.Integer(
        256_000_000,
        bounds=(0, None),
        doc="What all stored steps may take; beyond it, pixels are dropped and made again.",
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._prepared_from: tuple[tuple[Exposure, ...], Start] | None = None
        # No less than what is stored: sharing and loss are counted when it is over the budget.
        self._most_bytes = 0

    @property
    def steps(self) -> list[Step]:
        """The stored steps of the run on show."""
        return [moment.step for moment in self.moments]

    @property
    def runs(self) -> list[Sequence[Moment]]:
        """The stored steps of every run; those of the one on show are the last."""
        return [*(branch.moments for branch in self.branches), tuple(self.moments)]

    @property
    def shown(self) -> Moment | None:
        """The moment on show; None before the problem is prepared."""
        return self.moments[self.cursor] if self.moments else None

    @property
    def current(self) -> Step | None:
        """The step on show; None before the problem is prepared."""
        return self.shown.step if self.shown else None

    @property
    def kept(self) -> bool:
        """Whether the step on show has its pixels; those of others are made again when shown."""
        return self.shown is not None and self.shown.kept

    @property
    def outcome(self) -> Outcome:
        """Of the run on show, at its last stored step."""
        return self.moments[-1].step.outcome if self.moments else Outcome.RUNNING

    def coadds(self) -> Coadds:
        """The step on show as coadds.

        Raises
        ------
        ValueError
            If nothing has been computed yet.
        """
        if self.problem is None or self.current is None:
            raise ValueError("coadds need a started run; call start() or step() first")
        (*_, moment) = remade(self.problem, self.moments, self.cursor)
        return coadds(self.problem, moment.step)

    def _leave(self, moments: list[Moment]) -> None:
        """Keep the run on show as a branch, and show the first of other moments."""
        with param.parameterized.batch_call_watchers(self):
            self._keep_as_branch()
            self.cursor = 0
            self.moments = moments

    def _keep_as_branch(self) -> None:
        """Store the run on show as a branch, if anything has been iterated."""
        run = self._as_branch()
        if run is not None and len(run.moments) > 1:
            self._add(run)
            self._new_title()

    def _as_branch(self) -> Branch | None:
        """The run on show as it would be kept; None before it has begun."""
        if self.problem is None or self._prepared_from is None:
            return None
        exposures, start = self._prepared_from
        return Branch(
            name=self.title,
            problem=self.problem,
            moments=tuple(self.moments),
            exposures=exposures,
            start=start,
            pinned=self.pinned,
            number=self.number,
        )

    def _exchange(self, index: int) -> Branch:
        """Put a branch on show at its end, and the run on show among the branches."""
        branch: Branch = self.branches[index]
        others = [other for position, other in enumerate(self.branches) if position != index]
        with param.parameterized.batch_call_watchers(self):
            self.branches = others
            self._keep_as_branch()
            self._number = branch.number
            self.param.update(title=branch.name, pinned=branch.pinned)
            self._prepared_from = (branch.exposures, branch.start)
            self.problem = branch.problem
            self.moments = list(branch.moments)
            self.cursor = len(branch.moments) - 1
        return branch

    def _store(self, moment: Moment, origin: Moment | None, *, problem: Problem) -> None:
        """Put a moment behind the one it came from, and show it if that one is on show.

        What was stored behind it already becomes a branch.
        """
        numbers = [None if origin is None else origin.number, *(m.number for m in self.moments)]
        following = self.shown is None or self.shown.number == numbers[0]
        place = numbers.index(numbers[0], 1) if origin is not None else 0
        with param.parameterized.batch_call_watchers(self):
            if place < len(self.moments):
                self._keep_as_branch()
            self.problem = problem
            self.moments = [*self.moments[:place], moment]
            if following or self.cursor > place:
                self.cursor = place
            self._fit(moment)

    def _fit(self, *new: Moment) -> None:
        """Drop pixels where what is stored has become too much by these moments."""
        self._most_bytes += sum(kept_bytes([moment]) for moment in new)
        if self._most_bytes <= self.history_bytes:
            return
        last = len(self.moments) - 1
        places = {self.cursor - 1, self.cursor, last - 1, last} & set(range(last + 1))
        needed = {self.moments[place].number for place in places}
        self._exchange_moments(thinned(self.runs, most=self.history_bytes, needed=needed))
        self._most_bytes = kept_bytes(chain.from_iterable(self.runs))

    def _exchange_moments(self, others: Mapping[int, Moment]) -> None:
        """Put moments in the place of those of the same number, in every run."""
        if not others:
            return

        def exchanged(moments: Sequence[Moment]) -> list[Moment]:
            return [others.get(moment.number, moment) for moment in moments]

        with param.parameterized.batch_call_watchers(self):
            self.moments = exchanged(self.moments)
            if any(moment.number in others for b in self.branches for moment in b.moments):
                self.branches = [
                    replace(branch, moments=tuple(exchanged(branch.moments)))
                    for branch in self.branches
                ]
