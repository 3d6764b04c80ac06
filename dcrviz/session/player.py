"""A run that is played, stepped and gone back, with knobs that are turned meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import param

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig, SolverConfig
from dcrviz.config_rules import starts_anew
from dcrviz.engine import Outcome, Problem
from dcrviz.engine.judge import resumed, stopped
from dcrviz.records import Coadd, Coadds, Cube, Exposure
from dcrviz.session.jobs import Start, next_moment
from dcrviz.session.moments import Moment
from dcrviz.session.pace import Pace
from dcrviz.session.pump import Job, Pump
from dcrviz.session.replay import remade
from dcrviz.session.timeline import Timeline
from dcrviz.worker import Worker


class Player(Timeline):
    """A timeline that grows as somebody asks for iterations, and ends where knobs make it void."""

    exposures = param.List([], doc="The warped visits.")
    config = param.ClassSelector(class_=AssembleConfig, doc="Every knob of the run.")
    busy = param.Boolean(False, doc="Whether the engine is computing.")
    playing = param.Boolean(False, doc="Whether iterations follow each other.")
    error = param.String("", doc="What went wrong last, in one sentence.")

    def __init__(
        self,
        exposures: Sequence[Exposure] = (),
        config: AssembleConfig | None = None,
        *,
        template: Coadd | None = None,
        planes: Coadds | Cube | None = None,
        bright_objects: Sequence[BrightObject] = (),
        worker: Worker | None = None,
        **values: Any,
    ) -> None:
        config = (config or AssembleConfig()).copy()
        super().__init__(exposures=list(exposures), config=config, **values)
        self._start = Start(template=template, planes=planes, bright_objects=tuple(bright_objects))
        self._pump = Pump(self._next_job, worker=worker, told=self._at_work)
        self._pace = Pace()
        self._revision = 0
        self._wanted = 0
        self._refused = False
        self._restoring = False
        self._watched: tuple[AssembleConfig, Any] | None = None
        self._watch_knobs()
        # After construction, as neither is a change of a run yet.
        self.param.watch(lambda _: self._watch_knobs(), "config")
        self.param.watch(lambda _: self._on_exposures(), "exposures")

    def start(self) -> None:
        """Prepare the problem and make the starting model, if that is still to do."""
        self._refused = False
        self._compute()

    def step(self, count: int = 1) -> None:
        """Go one iteration on from the step on show, or several."""
        if count < 1:
            raise ValueError(f"the iterations to go on must be 1 or more; got {count}")
        self._wanted = max(self._wanted, 0) + count
        self.playing = self._wanted > 1
        self._pace.fast = False
        self.start()

    def play(self, *, fast: bool = False) -> None:
        """Iterate until the run ends, or `pause` or `stop` is called.

        Parameters
        ----------
        fast
            Not to wait until each step has been seen, where somebody tells of that; see `seen`.
        """
        self._wanted = -1
        self.playing = True
        self._pace.fast = fast
        self.start()

    def pause(self) -> None:
        """Finish the iteration at hand, and no more."""
        self._wanted = 0
        self.playing = False
        self._pace.seen()

    def stop(self) -> None:
        """Drop the iteration at hand, and end the run on show at its last stored step."""
        if self.problem is None:
            self.pause()
            return
        self._drop_late_results()
        if self.outcome is Outcome.RUNNING:
            *before, last = self.moments
            self.moments = [*before, replace(last, step=stopped(last.step))]

    def seen(self) -> None:
        """Tell that the step on show has been painted: from now on, `play` waits for that."""
        self._pace.seen(by_somebody=True)

    def show(self, index: int) -> None:
        """Pause and show a stored step; an index beyond the ends shows the nearest.

        If its pixels were not kept, they are computed again, the same to the last bit.
        """
        self.pause()
        self.cursor = min(max(index, 0), max(len(self.moments) - 1, 0))
        if self.moments and not self.kept:
            self.start()

    def back(self) -> None:
        """Pause and show the step before."""
        self.show(self.cursor - 1)

    def forward(self) -> None:
        """Show the step after, or go one iteration on from the last one."""
        if self.cursor + 1 < len(self.moments):
            self.show(self.cursor + 1)
        else:
            self.step()

    def reset(self) -> None:
        """Go back to the starting model; the run so far becomes a branch."""
        self._drop_late_results()
        self.error = ""
        self._leave([replace(m, step=resumed(m.step)) for m in self.moments[:1]])

    def close(self) -> None:
        """Stop computing; the session is not used again, and nobody is told.

        What shows it on a page that has closed can't take anything any more.
        """
        with param.parameterized.discard_events(self):
            self._drop_late_results()
        self._pump.close()

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
        self._drop_late_results()
        self._refused = False
        self._leave([])
        self.problem = None
        if self._pump.in_thread:
            self._compute()

    def _drop_late_results(self) -> None:
        """Pause, and take nothing any more that is being computed."""
        self.pause()
        self._revision += 1

    def _compute(self) -> None:
        try:
            self._pump.start()
        finally:
            if not self._pump.in_thread:
                self.pause()

    def _at_work(self, busy: bool) -> None:
        self.busy = busy
        if not busy:
            self.playing = False

    def _next_job(self) -> Job | None:
        """Prepare, or go one iteration on from the step on show; None if neither is to do."""
        if not self.exposures or self._refused:
            return None
        config, knobs = self.config.copy(), self._solver_values()
        problem = self.problem
        if problem is None:
            exposures, start = self._prepared_from = (tuple(self.exposures), self._start)
            return self._job(lambda: start.of(exposures, config, knobs))
        while self._wanted and self._replay():
            self._wanted -= self._wanted > 0
        moment = self.shown
        if moment is not None and not moment.kept:
            return self._job_to_remake(problem)
        if not self._wanted or moment is None or moment.step.outcome is not Outcome.RUNNING:
            self._wanted = 0
            return None
        step = moment.step
        # The starting metric depends on knobs, too: turned before the first iteration, they count.
        stale = step.index == 0 and moment.knobs != knobs
        return self._job(
            self._pace.of(lambda: (problem, next_moment(problem, step, config, knobs, anew=stale)))
        )

    def _job(self, compute: Callable[[], tuple[Problem, Moment]]) -> Job:
        """A job whose result is for the step on show, unless the run has been left meanwhile."""
        revision, origin = self._revision, self.shown
        return Job(
            compute=compute,
            done=lambda result: self._accept(result, revision, origin),
            failed=lambda sentence: self._fail(sentence, revision),
        )

    def _job_to_remake(self, problem: Problem) -> Job:
        moments, place, revision = tuple(self.moments), self.cursor, self._revision
        return Job(
            compute=lambda: remade(problem, moments, place),
            done=self._take_remade,
            failed=lambda sentence: self._fail(sentence, revision),
        )

    def _replay(self) -> bool:
        """Show the next stored step instead of computing it anew, if it would be the same."""
        after = self.cursor + 1
        if after >= len(self.moments) or self.moments[after].knobs != self._solver_values():
            return False
        # Who goes on from before the stop wants to go beyond it.
        if self.moments[after].step.outcome is Outcome.STOPPED:
            return False
        self.cursor = after
        return True

    def _accept(self, result: tuple[Problem, Moment], revision: int, origin: Moment | None) -> None:
        if revision != self._revision:
            return
        problem, moment = result
        if origin is not None and self.shown is not None and self.shown.number == origin.number:
            self._wanted -= self._wanted > 0
        self._pace.begin()
        with param.parameterized.batch_call_watchers(self):
            self.error = ""
            self._store(moment, origin, problem=problem)

    def _take_remade(self, found: list[Moment]) -> None:
        """Steps are the same in every run that has them, so that none comes too late."""
        self._exchange_moments({moment.number: moment for moment in found})
        self._fit(*found)

    def _fail(self, sentence: str, revision: int) -> None:
        if revision != self._revision:
            return
        self._wanted = 0
        self._refused = True
        self.error = sentence

    def _solver_values(self) -> dict[str, Any]:
        return {name: getattr(self.config, name) for name in SolverConfig.knobs()}
