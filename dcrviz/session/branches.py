"""The runs that were left for another one: named, pinned, deleted."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import param

from dcrviz.config import AssembleConfig
from dcrviz.engine import Problem
from dcrviz.records import Exposure

if TYPE_CHECKING:
    from dcrviz.session.jobs import Start
    from dcrviz.session.moments import Moment


next_number = itertools.count(1).__next__
"""A number that no other run has, of any session."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Branch:
    """A run that was left for another one.

    Parameters
    ----------
    exposures, start
        What its problem was prepared from.
    pinned
        Whether it stays until somebody deletes it.
    number
        Names the run for as long as it is there, on show or not; its name may change.
    """

    name: str
    problem: Problem
    moments: tuple[Moment, ...]
    exposures: tuple[Exposure, ...]
    start: Start
    pinned: bool = False
    number: int = field(default_factory=next_number)

    @property
    def config(self) -> AssembleConfig:
        """All knobs, as they were in the last iteration."""
        return self.problem.config.with_values(**self.moments[-1].knobs)


class Branches(param.Parameterized):
    """Runs beside the one on show, and what that one is called."""

    branches = param.List([], item_type=Branch, doc="Runs that were left for another.")
    title = param.String("run 1", doc="What the run on show is called.")
    pinned = param.Boolean(False, doc="Whether the run on show stays when it is left.")
    most_branches = param.Integer(
        12, bounds=(1, None), doc="How many runs that nobody pinned are kept; older ones go."
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._counted = 1
        self._number = next_number()

    @property
    def number(self) -> int:
        """Of the run on show, as its branch will have it."""
        return self._number

    def rename(self, title: str, index: int | None = None) -> None:
        """Call a branch, or the run on show, by another name.

        Raises
        ------
        ValueError
            If the name is empty, or that of another run.
        """
        title = title.strip()
        present = self.title if index is None else self.branches[index].name
        if not title or (title != present and title != self._free_title(title)):
            raise ValueError(f"a run must have a name that no other run has; got {title!r}")
        if index is None:
            self.title = title
        else:
            self._change(index, name=title)

    def pin(self, pinned: bool = True, index: int | None = None) -> None:
        """Keep a branch, or the run on show, until it is deleted; or let it go when it is old."""
        if index is None:
            self.pinned = pinned
        else:
            self._change(index, pinned=pinned)

    def delete(self, index: int) -> None:
        """Forget a branch with all its steps."""
        self.branches = [*self.branches[:index], *self.branches[index + 1 :]]

    def _add(self, branch: Branch) -> None:
        """Keep one more; of those that nobody pinned the oldest may go for it."""
        kept = [*self.branches, branch]
        loose = [one for one in kept if not one.pinned]
        gone = {id(one) for one in loose[: max(0, len(loose) - self.most_branches)]}
        self.branches = [one for one in kept if id(one) not in gone]

    def _new_title(self) -> None:
        """A name for a run that has just begun."""
        self._counted += 1
        self._number = next_number()
        self.param.update(title=self._free_title(f"run {self._counted}"), pinned=False)

    def _free_title(self, wanted: str) -> str:
        """The name, or if another run has it, the same with a number."""
        taken = {self.title, *(branch.name for branch in self.branches)}
        numbered = (f"{wanted} ({number})" for number in itertools.count(2))
        return next(t for t in itertools.chain([wanted], numbered) if t not in taken)

    def _change(self, index: int, **changes: Any) -> None:
        changed = replace(self.branches[index], **changes)
        self.branches = [*self.branches[:index], changed, *self.branches[index + 1 :]]
