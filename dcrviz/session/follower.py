"""A solved run that follows its knobs while they move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import param

from dcrviz.config_rules import idle_knobs, starts_anew
from dcrviz.engine import Outcome, Problem
from dcrviz.session.jobs import solved
from dcrviz.session.moments import Moment
from dcrviz.session.player import Player
from dcrviz.session.pump import Job


class Follower(Player):
    """A player whose run, once it has ended, is solved anew whenever a knob of it is turned.

    So it is with a worker and with the solvers that end in a few steps, `direct` and `pcg`. One
    solve at a time: the result stays on show until the next one takes its place, and what is
    solved next has the newest knobs. The run from before a movement becomes a branch, those on
    its way do not.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._to_follow = False
        # What makes results that are under way void, which other knobs do not.
        self._era = 0
        self._movement = 0
        self._moving: frozenset[str] = frozenset()
        # The movement that made the run on show, and the run's last moment.
        self._followed: tuple[int, int] | None = None

    def begin_movement(self) -> None:
        """Let the run on show become a branch when the next knob is turned.

        Turns of the same knob are one movement until then; a turn of another one begins the next.
        """
        self._movement += 1

    def _on_knobs(self, *events: Any) -> None:
        names = frozenset(event.name for event in events)
        if self._restoring or not self._follows(names):
            super()._on_knobs(*events)
            return
        if names != self._moving:
            self.begin_movement()
        self._moving, self._to_follow, self._refused = names, True, False
        self._compute()

    def _follows(self, names: frozenset[str]) -> bool:
        """Whether there is a result, made in a moment, that these knobs could change."""
        ended = self.problem is not None and self.outcome is not Outcome.RUNNING
        acting = starts_anew(names) or names - idle_knobs(self.config).keys()
        fast = self._pump.in_thread and self.config.in_fourier_space
        return bool(fast and ended and acting)

    def _drop_late_results(self) -> None:
        super()._drop_late_results()
        self._to_follow = False
        self._era += 1

    def _next_job(self) -> Job | None:
        if not self._to_follow or self.problem is None:
            return super()._next_job()
        self._to_follow = False
        start, exposures, problem = self._start, tuple(self.exposures), self.problem
        config, knobs = self.config.copy(), self._solver_values()
        era, movement = self._era, self._movement
        return Job(
            compute=lambda: solved(start, exposures, config, knobs, problem=problem),
            done=lambda result: self._take_solved(*result, era=era, movement=movement),
            failed=lambda sentence: self._fail_to_follow(sentence, era=era),
        )

    def _take_solved(
        self, problem: Problem, moments: Sequence[Moment], *, era: int, movement: int
    ) -> None:
        """Put a solved run in the place of the one on show."""
        if era != self._era:
            return
        with param.parameterized.batch_call_watchers(self):
            self.error = ""
            if self._followed != (movement, self.moments[-1].number):
                self._keep_as_branch()
            self._prepared_from = (tuple(self.exposures), self._start)
            self.problem = problem
            self.moments = list(moments)
            self.cursor = len(moments) - 1
            self._fit(*moments)
        self._followed = (movement, moments[-1].number)

    def _fail_to_follow(self, sentence: str, *, era: int) -> None:
        if era == self._era:
            self.error = sentence
