"""What is stored of a run, what is on show, and the runs that were left for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import param

from dcrviz.engine import Outcome, Problem, Step, coadds
from dcrviz.records import Coadds, Exposure
from dcrviz.session.branches import Branch, Branches

if TYPE_CHECKING:
    from dcrviz.session.jobs import Start


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Moment:
    """A stored step, with the values of the solver's knobs that made it."""

    step: Step
    knobs: dict[str, Any]


class Timeline(Branches):
    """The stored steps of a run with a place among them; it computes none."""

    problem = param.ClassSelector(class_=Problem, allow_None=True, doc="The prepared run.")
    moments = param.List([], item_type=Moment, doc="The stored steps of the run on show.")
    cursor = param.Integer(0, bounds=(0, None), doc="Which stored step is on show.")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._prepared_from: tuple[tuple[Exposure, ...], Start] | None = None

    @property
    def steps(self) -> list[Step]:
        """The stored steps of the run on show."""
        return [moment.step for moment in self.moments]

    @property
    def current(self) -> Step | None:
        """The step on show; None before the problem is prepared."""
        return self.moments[self.cursor].step if self.moments else None

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
        return coadds(self.problem, self.current)

    def _leave(self, moments: list[Moment]) -> None:
        """Keep the run on show as a branch, and show the first of other moments."""
        with param.parameterized.batch_call_watchers(self):
            self._keep_as_branch()
            self.cursor = 0
            self.moments = moments

    def _keep_as_branch(self) -> None:
        """Store the run on show as a branch, if anything has been iterated."""
        if self.problem is None or self._prepared_from is None or len(self.moments) < 2:
            return
        exposures, start = self._prepared_from
        self._add(
            Branch(
                name=self.title,
                problem=self.problem,
                moments=tuple(self.moments),
                exposures=exposures,
                start=start,
                pinned=self.pinned,
            )
        )
        self._new_title()

    def _exchange(self, index: int) -> Branch:
        """Put a branch on show at its end, and the run on show among the branches."""
        branch: Branch = self.branches[index]
        others = [other for position, other in enumerate(self.branches) if position != index]
        with param.parameterized.batch_call_watchers(self):
            self.branches = others
            self._keep_as_branch()
            self.param.update(title=branch.name, pinned=branch.pinned)
            self._prepared_from = (branch.exposures, branch.start)
            self.problem = branch.problem
            self.moments = list(branch.moments)
            self.cursor = len(branch.moments) - 1
        return branch

    def _store(self, moment: Moment, origin: Step | None, *, problem: Problem) -> None:
        """Put a moment behind the step it came from, and show it if that step is on show.

        What was stored behind that step already becomes a branch.
        """
        following = self.current is origin
        place = next((i + 1 for i, m in enumerate(self.moments) if m.step is origin), 0)
        with param.parameterized.batch_call_watchers(self):
            if place < len(self.moments):
                self._keep_as_branch()
            self.problem = problem
            self.moments = [*self.moments[:place], moment]
            if following or self.cursor > place:
                self.cursor = place
