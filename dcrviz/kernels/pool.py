"""A few daemon threads for loops that run without the interpreter's lock."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import TypeVar

from dcrviz.background import BackgroundThread, end_if_asked

_Result = TypeVar("_Result")
# What passes through a loop of numpy's in one go: temporary arrays of so many pixels stay in the
# cache, and their memory is used again; that of whole large images the system clears each time.
_PIXELS_AT_ONCE = 250_000


def run_all(tasks: Sequence[Callable[[], _Result]], *, threads: int) -> list[_Result]:
    """Results of all tasks, in their order, computed by at most so many threads at once.

    The calling thread computes, too. The first error is raised; tasks not yet begun are then left.
    When the caller is interrupted it waits for nobody: each helper ends with its present task.
    Between tasks a thread in the background may end, as the interpreter does.
    """
    if threads <= 1 or len(tasks) <= 1:
        return [_attended(task) for task in tasks]
    results: dict[int, _Result] = {}
    errors: list[BaseException] = []
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for index in range(len(tasks)):
        waiting.put(index)

    def work() -> None:
        while not errors:
            # Before a task is taken: what a helper leaves, the caller computes.
            end_if_asked()
            try:
                index = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                results[index] = tasks[index]()
            except Exception as error:
                errors.append(error)

    helpers = [
        BackgroundThread(work, name=f"dcrviz-kernel-{number}")
        for number in range(min(threads, len(tasks)) - 1)
    ]
    try:
        for helper in helpers:
            helper.start()
        work()
        for helper in helpers:
            helper.join()
    except BaseException as interrupt:
        errors.append(interrupt)
        raise
    if errors:
        raise errors[0]
    return [results[index] for index in range(len(tasks))]


def _attended(task: Callable[[], _Result]) -> _Result:
    end_if_asked()
    return task()


def bands_of(length: int, number: int) -> list[tuple[int, int]]:
    """First and one past the last row of at most so many bands, as even as they can be."""
    parts = max(1, min(number, length))
    return list(pairwise(length * part // parts for part in range(parts + 1)))


def row_bands(shape: Sequence[int], *, pixels: int = _PIXELS_AT_ONCE) -> list[slice]:
    """Rows of an image in bands of at most so many pixels, or of one row if that has more."""
    height, width = shape
    number = -(-height // max(1, pixels // max(1, width)))
    return [slice(*band) for band in bands_of(height, number)]


def run_row_bands(loop: Callable[[slice], None], shape: Sequence[int], *, threads: int = 1) -> None:
    """Call a loop for the rows of each band of an image."""
    run_all([partial(loop, rows) for rows in row_bands(shape)], threads=threads)


def run_bands(loop: Callable[[int, int], None], length: int, *, threads: int) -> None:
    """Call a loop for the first and one past the last row of as many bands as there are threads."""
    run_all([partial(loop, *band) for band in bands_of(length, threads)], threads=threads)
