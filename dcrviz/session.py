"""A run with a timeline: the model object behind the explorer, and as usable in a script."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import param

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig, SolverConfig
from dcrviz.config_rules import starts_anew
from dcrviz.engine import Outcome, Problem, Step, advance, coadds, first_step, prepare
from dcrviz.records import Coadd, Coadds, Exposure
from dcrviz.worker import Worker

if TYPE_CHECKING:
    from dcrviz.runs import Run, SavedRun


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Moment:
    """A stored step, with the values of the solver's knobs that made it."""

    step: Step
    knobs: dict[str, Any]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Branch:
    """A run that was left for another one."""

    name: str
    problem: Problem
    moments: tuple[Moment, ...]


class Session(param.Parameterized):
    """Visits, knobs, the steps so far, and the place on their timeline.

    Without a `Worker` every method computes before it returns, as a script wants it. With one, the
    methods return at once and the parameters change when results arrive.

    Examples
    --------
    >>> session = Session(exposures=exposures)  # doctest: +SKIP
    >>> session.step()  # doctest: +SKIP
    >>> session.current.metric  # doctest: +SKIP
    """

    exposures = param.List([], doc="The warped visits.")
    config = param.ClassSelector(class_=AssembleConfig, doc="Every knob of the run.")
    problem = param.ClassSelector(class_=Problem, allow_None=True, doc="The prepared run.")
    moments = param.List([], item_type=Moment, doc="The stored steps of the run on show.")
    cursor = param.Integer(0, bounds=(0, None), doc="Which stored step is on show.")
    branches = param.List([], item_type=Branch, doc="Runs that were left for another.")
    busy = param.Boolean(False, doc="Whether the engine is computing.")
    playing = param.Boolean(False, doc="Whether iterations follow each other.")
    error = param.String("", doc="What went wrong last, in one sentence.")

    def __init__(
        self,
        exposures: Sequence[Exposure] = (),
        config: AssembleConfig | None = None,
        *,
        template: Coadd | None = None,
        bright_objects: Sequence[BrightObject] = (),
        worker: Worker | None = None,
    ) -> None:
        super().__init__(exposures=list(exposures), config=(config or AssembleConfig()).copy())
        self._start = _Start(template=template, bright_objects=tuple(bright_objects))
        self._worker = worker
        self._revision = 0
        self._wanted = 0
        self._refused = False
        self._restoring = False
        self._left = 0
        self._watched: tuple[AssembleConfig, Any] | None = None
        self._watch_knobs()
        # After construction, as neither is a change of a run yet.
        self.param.watch(lambda _: self._watch_knobs(), "config")
        self.param.watch(lambda _: self._on_exposures(), "exposures")

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

    def start(self) -> None:
        """Prepare the problem and make the starting model, if that is still to do."""
        self._refused = False
        self._pump()

    def step(self) -> None:
        """Go one iteration on from the step on show."""
        self._wanted = max(self._wanted, 0) + 1
        self.start()

    def play(self) -> None:
        """Iterate until the run ends or `pause` is called."""
        self._wanted = -1
        self.playing = True
        self.start()

    run = play

    def pause(self) -> None:
        """Finish the iteration at hand, and no more."""
        self._wanted = 0
        self.playing = False

    def show(self, index: int) -> None:
        """Pause and show a stored step; an index beyond the ends shows the nearest."""
        self.pause()
        self.cursor = min(max(index, 0), max(len(self.moments) - 1, 0))

    def back(self) -> None:
        """Pause and show the step before."""
        self.show(self.cursor - 1)

    def reset(self) -> None:
        """Go back to the starting model; the run so far becomes a branch."""
        self.pause()
        self._revision += 1
        self._leave(self.moments[:1])

    def open_branch(self, index: int) -> None:
        """Put a left run on show again, in exchange for the present one."""
        self.pause()
        self._revision += 1
        branch = self.branches[index]
        others = [other for position, other in enumerate(self.branches) if position != index]
        with param.parameterized.batch_call_watchers(self):
            self.branches = others
            self._keep_as_branch()
            self.problem = branch.problem
            self.moments = list(branch.moments)
            self.cursor = len(branch.moments) - 1
        self._turn_back(branch)

    def _turn_back(self, branch: Branch) -> None:
        """Set the knobs to those of a branch, which is no reason to start anew."""
        self._restoring = True
        try:
            knobs = branch.problem.config.values() | branch.moments[-1].knobs
            self.config.param.update(**knobs)
        finally:
            self._restoring = False

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

    def save(self, folder: str | os.PathLike[str], *, with_data: bool = False) -> None:
        """Save the run on show to a folder; see `dcrviz.save_run`."""
        from dcrviz.runs import save_run

        save_run(folder, self.as_run(), with_data=with_data)

    def as_run(self) -> Run:
        """The run on show, to be saved in another thread, say.

        Raises
        ------
        ValueError
            If nothing has been computed yet.
        """
        from dcrviz.runs import Run

        if self.problem is None:
            raise ValueError("a run to save must be started; call start() or step() first")
        return Run(
            problem=self.problem,
            exposures=tuple(self.exposures),
            steps=tuple(self.steps),
            config=self.config.copy(),
            knobs=tuple(moment.knobs for moment in self.moments),
            template=self._start.template,
            bright_objects=self._start.bright_objects,
            shown=self.cursor,
        )

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
        self.pause()
        self._revision += 1
        self._refused = False
        self._restoring = True
        try:
            self._keep_as_branch()
            self.exposures = list(run.exposures)
            self.config.param.update(**run.config.values())
        finally:
            self._restoring = False
        self._start = _Start(template=run.template, bright_objects=run.bright_objects)
        pairs = zip(run.steps, run.knobs, strict=True)
        with param.parameterized.batch_call_watchers(self):
            self.problem = problem
            self.moments = [Moment(step=step, knobs=dict(knobs)) for step, knobs in pairs]
            self.cursor = run.shown

    def open_data(self, exposures: Sequence[Exposure]) -> None:
        """Begin anew with other visits, and without the template that was for the old ones."""
        self._start = _Start(template=None, bright_objects=())
        self.exposures = list(exposures)

    def close(self) -> None:
        """Stop computing; the session is not used again."""
        self.pause()
        self._revision += 1
        if self._worker is not None:
            self._worker.close()

    def _watch_knobs(self) -> None:
        if self._watched is not None:
            old, watcher = self._watched
            old.param.unwatch(watcher)
            self._restart()
        names = list(self.config.knobs())
        self._watched = (self.config, self.config.param.watch(self._on_knobs, names))

    def _on_exposures(self) -> None:
        if not self._restoring:
            self._restart()

    def _on_knobs(self, *events: Any) -> None:
        if not self._restoring and starts_anew({event.name for event in events}):
            self._restart()

    def _restart(self) -> None:
        """Leave the run; with a worker the new one is prepared at once, else when it is needed."""
        self.pause()
        self._revision += 1
        self._refused = False
        self._leave([])
        self.problem = None
        if self._worker is not None:
            self._pump()

    def _leave(self, moments: list[Moment]) -> None:
        with param.parameterized.batch_call_watchers(self):
            self._keep_as_branch()
            self.cursor = 0
            self.moments = moments

    def _keep_as_branch(self) -> None:
        """Store the run on show as a branch, if anything has been iterated."""
        if self.problem is None or len(self.moments) < 2:
            return
        self._left += 1
        branch = Branch(name=f"run {self._left}", problem=self.problem, moments=tuple(self.moments))
        self.branches = [*self.branches, branch]

    def _pump(self) -> None:
        """Compute what is wanted: at once without a worker, else one job at a time through it."""
        if self._worker is None:
            try:
                while (job := self._next_job()) is not None:
                    self._accept(job(), self._revision, self.current)
            finally:
                self._wanted = 0
                self.playing = False
        elif not self.busy:
            self._submit()

    def _submit(self) -> None:
        job = self._next_job()
        self.busy = job is not None
        if job is None or self._worker is None:
            self.playing = False
            return
        revision, origin = self._revision, self.current
        self._worker.submit(
            job,
            done=lambda result: self._arrived(lambda: self._accept(result, revision, origin)),
            failed=lambda sentence: self._arrived(lambda: self._fail(sentence, revision)),
        )

    def _arrived(self, take: Callable[[], None]) -> None:
        take()
        self._submit()

    def _next_job(self) -> Callable[[], tuple[Problem, Moment]] | None:
        """What to compute next, as a closure over values that nobody will change."""
        if not self.exposures or self._refused:
            return None
        config, knobs = self.config.copy(), self._solver_values()
        problem = self.problem
        if problem is None:
            exposures, start = list(self.exposures), self._start
            return lambda: start.of(exposures, config, knobs)
        while self._wanted and self._replay():
            self._wanted -= self._wanted > 0
        step = self.current
        if not self._wanted or step is None or step.outcome is not Outcome.RUNNING:
            self._wanted = 0
            return None
        # The starting metric depends on knobs, too: turned before the first iteration, they count.
        stale = step.index == 0 and self.moments[self.cursor].knobs != knobs
        return lambda: (problem, _next_moment(problem, step, config, knobs, anew=stale))

    def _replay(self) -> bool:
        """Show the next stored step instead of computing it anew, if the knobs are still those."""
        after = self.cursor + 1
        if after >= len(self.moments) or self.moments[after].knobs != self._solver_values():
            return False
        self.cursor = after
        return True

    def _accept(self, result: tuple[Problem, Moment], revision: int, origin: Step | None) -> None:
        """Store a result behind the step it came from, and show it if that step is on show."""
        if revision != self._revision:
            return
        problem, moment = result
        following = self.current is origin
        if following and origin is not None:
            self._wanted -= self._wanted > 0
        place = next((i + 1 for i, m in enumerate(self.moments) if m.step is origin), 0)
        with param.parameterized.batch_call_watchers(self):
            if place < len(self.moments):
                self._keep_as_branch()
            self.error = ""
            self.problem = problem
            self.moments = [*self.moments[:place], moment]
            if following or self.cursor > place:
                self.cursor = place

    def _fail(self, sentence: str, revision: int) -> None:
        if revision != self._revision:
            return
        self._wanted = 0
        self._refused = True
        self.error = sentence

    def _solver_values(self) -> dict[str, Any]:
        return {name: getattr(self.config, name) for name in SolverConfig.knobs()}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Start:
    """What a run starts from beside the visits and the knobs."""

    template: Coadd | None
    bright_objects: tuple[BrightObject, ...]

    def of(
        self, exposures: list[Exposure], config: AssembleConfig, knobs: dict[str, Any]
    ) -> tuple[Problem, Moment]:
        """The prepared problem and the starting model."""
        problem = prepare(
            exposures, config, template=self.template, bright_objects=self.bright_objects
        )
        return problem, Moment(step=first_step(problem, config), knobs=knobs)


def _next_moment(
    problem: Problem, step: Step, config: AssembleConfig, knobs: dict[str, Any], *, anew: bool
) -> Moment:
    before = first_step(problem, config) if anew else step
    return Moment(step=advance(problem, before, config), knobs=knobs)
