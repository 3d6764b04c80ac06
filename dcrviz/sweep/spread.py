"""Many calls of one function, on this machine's cores or on the workers of a Dask cluster."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from dcrviz.cores import available_cores
from dcrviz.sweep.workers import Result, Task, do_task, worker_pool
from dcrviz.uninterrupted import uninterrupted

_log = logging.getLogger(__name__)
_TRIES = 3
# A scheduler that is there answers sooner.
_PATIENCE_S = 10


class Lost(Exception):  # noqa: N818 - what has happened, not a kind of error
    """Workers died again and again; the message says at how many tasks."""


def spread(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    workers: int | None = None,
    scheduler: str | None = None,
) -> Iterator[tuple[Task, Result]]:
    """Tasks with their results, each as soon as it is done, in any order.

    Parameters
    ----------
    function
        Of a module, so that it can travel; tasks and results must be able to, too.
    workers
        Processes on this machine; as many as there are cores if not said.
    scheduler
        Address of a Dask scheduler, whose workers are used instead.

    Raises
    ------
    ValueError
        If the scheduler can't be reached, or the extra ``cluster`` is not installed.
    Lost
        If the tasks of workers that died were tried three times in vain.

    Notes
    -----
    What a dead worker had at hand is done again by another. When the caller goes no further, what
    has not begun is dropped.
    """
    if scheduler is not None:
        return _on_cluster(function, tasks, scheduler)
    return _on_cores(function, tasks, workers or available_cores()) if tasks else iter(())


def _on_cores(
    function: Callable[[Task], Result], tasks: Sequence[Task], workers: int
) -> Iterator[tuple[Task, Result]]:
    left = dict(enumerate(tasks))
    for _ in range(_TRIES):
        for place, result in _until_one_dies(function, left, min(workers, len(left))):
            yield left.pop(place), result
        if not left:
            return
        _log.warning("a worker died; its tasks and those that waited are done again")
    raise Lost(f"workers died {_TRIES} times; {len(left)} of {len(tasks)} tasks are not done")


def _until_one_dies(
    function: Callable[[Task], Result], tasks: dict[int, Task], workers: int
) -> Iterator[tuple[int, Result]]:
    """Results of one pool of processes, as far as it goes; `tasks` may shrink meanwhile."""
    with worker_pool(workers, module=function.__module__) as pool:
        # A process that is just beginning can't be interrupted, and would miss what it is told.
        with uninterrupted():
            waiting = {pool.submit(do_task, function, task): place for place, task in tasks.items()}
        try:
            while waiting:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), future.result()
        except BrokenProcessPool:
            return


def _on_cluster(
    function: Callable[[Task], Result], tasks: Sequence[Task], scheduler: str
) -> Iterator[tuple[Task, Result]]:
    try:
        from distributed import Client, as_completed
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise ValueError(
            f"a scheduler needs the extra 'cluster': pip install 'dcrviz[cluster]'; got {error}"
        ) from error
    client = _client(Client, scheduler)

    def each() -> Iterator[tuple[Task, Result]]:
        with client:
            futures: dict[Any, Task] = {
                client.submit(function, task, pure=False): task for task in tasks
            }
            done = as_completed(futures, loop=client.loop, with_results=True)
            try:
                for future, result in done:
                    yield futures[future], result
            except KilledWorker as error:
                raise Lost(f"workers of {scheduler} died at a task again and again") from error
            finally:
                client.cancel([future for future in futures if not future.done()])

    return each()


def _client(make: Callable[..., Any], scheduler: str) -> Any:
    try:
        return make(scheduler, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{scheduler}: must be the address of a Dask scheduler; got {error}"
        ) from error
