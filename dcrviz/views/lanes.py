"""Many tasks of one kind in threads of their own, each result told as soon as it is there."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from dcrviz.cores import available_cores
from dcrviz.views.background import Background, Series
from dcrviz.worker import Worker

Task = TypeVar("Task")
Heed = Callable[[], None]
"""Raises when what calls it is to end."""
Work = Callable[[Any, Heed], Any]
"""Makes a task's result."""
# The pages of a server share the cores, whatever each of them asks for.
_CORES = threading.BoundedSemaphore(available_cores())


class Dropped(Exception):  # noqa: N818 - what has happened, not a kind of error
    """Nobody waits for the result any more."""


class Lanes:
    """Threads that take one task after the other from a common heap.

    Parameters
    ----------
    make_worker
        Makes the thread of a lane; None to compute in place, as a test wants it.
    took
        Called with each result.
    ended
        Called at the end, also of what was cancelled or has failed.
    told
        Called with one sentence when something can't be done; then all is cancelled.
    """

    def __init__(
        self,
        *,
        make_worker: Callable[[], Worker] | None,
        took: Callable[[Any], None],
        ended: Callable[[], None],
        told: Callable[[str], None],
    ) -> None:
        self._make_worker, self._ended, self._told = make_worker, ended, told
        # Without an event loop, results are told in the threads that made them.
        lock = threading.RLock()
        self._took, self._lane_ended = _one_by_one(took, lock), _one_by_one(self._count_end, lock)
        self._stop = threading.Event()
        self._workers: list[Worker] = []
        self._series: list[Series] = []
        self._left = 0
        self.running = False

    def start(
        self, begin: Callable[[Heed], Callable[[], Work]], tasks: Sequence[Task], *, lanes: int
    ) -> None:
        """Begin anew with these tasks.

        Parameters
        ----------
        begin
            Called once in a thread before all tasks; what it gives makes the work of each lane.
        """
        self.cancel()
        self.running = True
        self._stop = stop = threading.Event()
        heap: queue.SimpleQueue[Task] = queue.SimpleQueue()
        for task in tasks:
            heap.put(task)
        made = min(lanes, len(tasks)) if self._make_worker is not None else 1
        self._workers = [self._make_worker() for _ in range(made)] if self._make_worker else []
        backgrounds = [Background(w, told=self._fail) for w in self._workers or [None]]
        self._series = [Series(b, took=self._took, ended=self._lane_ended) for b in backgrounds]
        self._left = len(self._series)

        def heed() -> None:
            if stop.is_set():
                raise Dropped

        def begun(make_work: Callable[[], Work]) -> None:
            for series in self._series if not stop.is_set() else ():
                series.start(lambda: _results(make_work(), heap, heed))

        def failed(sentence: str) -> None:
            if not stop.is_set():
                self._fail(sentence)

        backgrounds[0].do(lambda: begin(heed), begun, failed=failed)

    def cancel(self) -> None:
        """Take nothing more; fits at hand end with their iteration, and are dropped."""
        self._stop.set()
        for series in self._series:
            series.cancel()
        self._end()

    def close(self) -> None:
        """Let all threads end; nobody is told."""
        self.running = False
        self._stop.set()
        for worker in self._workers:
            worker.close()

    def _count_end(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._end()

    def _fail(self, sentence: str) -> None:
        self.cancel()
        self._told(sentence)

    def _end(self) -> None:
        if self.running:
            self.running = False
            for worker in self._workers:
                worker.close()
            self._ended()


def _one_by_one(act: Callable[..., None], lock: threading.RLock) -> Callable[..., None]:
    """The same, never in two threads at once."""

    def locked(*given: Any) -> None:
        with lock:
            act(*given)

    return locked


def _results(work: Work, heap: queue.SimpleQueue[Any], heed: Heed) -> Iterator[Any]:
    while True:
        with _CORES:
            heed()
            try:
                task = heap.get_nowait()
            except queue.Empty:
                return
            result = work(task, heed)
        yield result
