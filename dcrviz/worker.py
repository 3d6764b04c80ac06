"""One daemon thread that computes, so that nothing heavy runs where people click."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dcrviz.background import BackgroundThread, end_if_asked

Deliver = Callable[[Callable[[], None]], None]
"""Hands a callback to the thread that owns the session, such as a page's event loop."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    compute: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[str], None]


class Worker:
    """Computes one job after another in a daemon thread.

    Parameters
    ----------
    deliver
        Called from the thread with a callback that carries a result; must run it where the session
        lives. Without one the callback runs in the thread itself.
    """

    def __init__(self, deliver: Deliver | None = None) -> None:
        self._deliver: Deliver = deliver or (lambda callback: callback())
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        BackgroundThread(self._work, name="dcrviz-engine", wake=self.close).start()

    def submit(
        self,
        compute: Callable[[], Any],
        *,
        done: Callable[[Any], None],
        failed: Callable[[str], None],
    ) -> None:
        """Queue a job; exactly one of `done` and `failed` is delivered when it ends."""
        self._jobs.put(_Job(compute=compute, done=done, failed=failed))

    def close(self) -> None:
        """Let the thread end after the job at hand; later jobs are not computed."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            end_if_asked()
            self._deliver(self._run(job))

    @staticmethod
    def _run(job: _Job) -> Callable[[], None]:
        try:
            result = job.compute()
        except Exception as error:
            # The border of the thread: whatever went wrong must reach the person, not vanish here.
            _log.debug("engine failed", exc_info=True)
            sentence = str(error) or type(error).__name__
            return lambda: job.failed(sentence)
        return lambda: job.done(result)
