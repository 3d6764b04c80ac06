"""One job after the other, here or in a worker, for as long as there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dcrviz.worker import Worker


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Job:
    """What to compute next, and who takes what comes of it.

    Parameters
    ----------
    compute
        Closed over values that nobody changes.
    done
        Called with the result where the session lives.
    failed
        Called there with a sentence instead. Without a worker the error is raised.
    """

    compute: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[str], None]


class Pump:
    """Asks for the next job whenever one has ended.

    Parameters
    ----------
    next_job
        What to do next; None if there is nothing.
    worker
        In whose thread jobs are computed; without one they are computed before `start` returns.
    told
        Called with whether a job is in the worker.
    """

    def __init__(
        self,
        next_job: Callable[[], Job | None],
        *,
        worker: Worker | None,
        told: Callable[[bool], None],
    ) -> None:
        self._next_job, self._worker, self._told = next_job, worker, told
        self._busy = False

    @property
    def in_thread(self) -> bool:
        """Whether jobs are computed elsewhere."""
        return self._worker is not None

    def start(self) -> None:
        """Do all that is to do; what is at work already comes first."""
        if self._worker is None:
            while (job := self._next_job()) is not None:
                job.done(job.compute())
        elif not self._busy:
            self._submit(self._worker)

    def close(self) -> None:
        """Let the worker end."""
        if self._worker is not None:
            self._worker.close()

    def _submit(self, worker: Worker) -> None:
        job = self._next_job()
        self._busy = job is not None
        self._told(self._busy)
        if job is None:
            return
        worker.submit(
            job.compute,
            done=lambda result: self._arrived(worker, lambda: job.done(result)),
            failed=lambda sentence: self._arrived(worker, lambda: job.failed(sentence)),
        )

    def _arrived(self, worker: Worker, take: Callable[[], None]) -> None:
        take()
        self._submit(worker)
