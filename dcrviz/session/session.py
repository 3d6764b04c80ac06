"""The whole of what a person works on: a player with its branches, its data and saved runs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import param

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import starts_anew
from dcrviz.engine import Problem, Step
from dcrviz.records import Exposure
from dcrviz.session.branches import Branch, next_number
from dcrviz.session.follower import Follower
from dcrviz.session.jobs import Start
from dcrviz.session.moments import Moment
from dcrviz.session.replay import WholeSteps
from dcrviz.worker import Worker

if TYPE_CHECKING:
    from dcrviz.runs import Run, SavedRun


class Session(Follower):
    """Visits, knobs, the steps so far, and the place on their timeline.

    Without a `Worker` every method computes before it returns, as a script wants it. With one, the
    methods return at once and the parameters change when results arrive.

    Examples
    --------
    >>> session = Session(exposures=exposures)  # doctest: +SKIP
    >>> session.step()  # doctest: +SKIP
    >>> session.current.metric  # doctest: +SKIP
    """

    def open_branch(self, index: int) -> None:
        """Put a left run on show again, in exchange for the present one."""
        self._drop_late_results()
        branch = self._exchange(index)
        self.error, self._refused = "", False
        self._start = branch.start
        with self._no_restart():
            self.exposures = list(branch.exposures)
            self.config.param.update(**branch.config.values())

    def open_data(
        self, exposures: Sequence[Exposure], config: AssembleConfig | None = None
    ) -> None:
        """Begin anew with other visits, and without what was for the old ones alone.

        Parameters
        ----------
        config
            The knobs to begin with; as they are without it, but for factors of visits that are
            gone.
        """
        self._start = Start()
        known = {str(exposure.visit.id) for exposure in exposures}
        values = (config or self.config).values()
        factors = {v: factor for v, factor in values["visit_factors"].items() if v in known}
        with self._no_restart():
            self.config.param.update(**values | {"visit_factors": factors})
        self.exposures = list(exposures)

    def take_branch(self, branch: Branch) -> int:
        """Keep a run that was computed elsewhere beside the one on show.

        Returns
        -------
        int
            Its index, as `open_branch` takes it; its name has a number if it was taken.
        """
        self._add(replace(branch, name=self._free_title(branch.name), number=next_number()))
        self._fit(*branch.moments)
        return len(self.branches) - 1

    def try_knobs(self, knobs: Mapping[str, Any]) -> None:
        """Play a new run with these values from its start; the one on show becomes a branch.

        Raises
        ------
        ValueError
            If a knob refuses its value; the run on show stays.
        """
        self.config.with_values(**knobs)
        self.begin_movement()
        if not starts_anew(knobs):
            self.reset()
        self.config.param.update(**knobs)
        self.play()

    def save(self, folder: str | os.PathLike[str], *, with_data: bool = False) -> None:
        """Save the run on show to a folder; see `dcrviz.save_run`."""
        from dcrviz.runs import save_run

        save_run(folder, self.as_run(), with_data=with_data)

    def as_run(self, index: int | None = None) -> Run:
        """The run on show, or a branch, to be saved in another thread, say.

        Raises
        ------
        ValueError
            If nothing has been computed yet.
        """
        if index is not None:
            branch = self.branches[index]
            return _as_run(branch, config=branch.config)
        present = self._as_branch()
        if present is None:
            raise ValueError("a run to save must be started; call start() or step() first")
        return _as_run(present, config=self.config.copy(), shown=self.cursor)

    @classmethod
    def from_run(cls, folder: str | os.PathLike[str], *, worker: Worker | None = None) -> Self:
        """A session that goes on from a saved run; see `dcrviz.open_run`."""
        from dcrviz.runs import open_run

        run = open_run(folder)
        session = cls(worker=worker)
        session.take_run(run, run.prepare())
        return session

    def take_run(self, run: SavedRun, problem: Problem) -> None:
        """Put a saved run with its prepared problem on show; the present one becomes a branch."""
        self._drop_late_results()
        self.error, self._refused = "", False
        with self._no_restart():
            self._keep_as_branch()
            self.exposures = list(run.exposures)
            self.config.param.update(**run.config.values())
        self._start = Start(
            template=run.template, planes=run.start, bright_objects=run.bright_objects
        )
        self._prepared_from = (tuple(run.exposures), self._start)
        pairs = zip(run.steps, run.knobs, strict=True)
        self.title = self._free_title(run.folder.name)
        with param.parameterized.batch_call_watchers(self):
            self.problem = problem
            self.moments = [Moment(step=step, knobs=dict(k), given=True) for step, k in pairs]
            self.cursor = run.shown
            self._fit(*self.moments)

    @contextmanager
    def _no_restart(self) -> Iterator[None]:
        """Change knobs and visits to those of a run that is there already."""
        self._restoring = True
        try:
            yield
        finally:
            self._restoring = False


def _whole_steps(problem: Problem, moments: Sequence[Moment]) -> Sequence[Step]:
    if all(moment.kept for moment in moments):
        return tuple(moment.step for moment in moments)
    return WholeSteps(problem, moments)


def _as_run(branch: Branch, *, config: AssembleConfig, shown: int | None = None) -> Run:
    from dcrviz.runs import Run

    return Run(
        problem=branch.problem,
        exposures=branch.exposures,
        steps=_whole_steps(branch.problem, branch.moments),
        config=config,
        knobs=tuple(moment.knobs for moment in branch.moments),
        template=branch.start.template,
        bright_objects=branch.start.bright_objects,
        shown=shown,
    )
