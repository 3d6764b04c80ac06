"""Processes on this machine that do tasks, and leave off once nobody wants the results."""

from __future__ import annotations

import _thread
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from dcrviz.uninterrupted import heeded

Task = TypeVar("Task")
Result = TypeVar("Result")
# What a task may take to put away what it has half written.
_GRACE_S = 3.0
# Of a process of a pool.
_at_work = threading.Lock()
_unwanted = threading.Event()
_terminated = threading.Event()


@contextmanager
def worker_pool(workers: int, *, module: str) -> Iterator[ProcessPoolExecutor]:
    """A pool of so many processes for tasks of a module, which are done by `do_task`.

    Whoever leaves it with an error, or goes no further, waits until what is at work has been
    interrupted and has tidied up. The processes do the same if this one is killed.
    """
    context = _context(module)
    leash, hand = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        max_workers=workers, mp_context=context, initializer=_begin, initargs=(leash,)
    )
    try:
        yield pool
    except BaseException:
        hand.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        leash.close()
        hand.close()


def do_task(function: Callable[[Task], Result], task: Task) -> Result:
    """Call a function, in a process of a pool."""
    with _at_work:
        if _unwanted.is_set():
            raise KeyboardInterrupt
        try:
            return function(task)
        finally:
            if _terminated.is_set():
                os._exit(1)


def _context(module: str) -> BaseContext:
    """How processes begin: as forks of one that has imported that and this, and does nothing else.

    Forks of a process with threads hang, and to import everything takes longer than a small fit.
    Where libraries of the system may start threads themselves, each process begins afresh.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, module])
    with _left_alone(signal.SIGINT):
        forkserver.ensure_running()
    return context


@contextmanager
def _left_alone(number: signal.Signals) -> Iterator[None]:
    """Have what begins in the block ignore a signal: Ctrl-C reaches all processes of a terminal."""
    if threading.current_thread() is not threading.main_thread():
        # No signal is handled in another thread.
        yield
        return
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


def _begin(leash: Connection) -> None:
    for number in heeded():
        signal.signal(number, _terminate)
    # Also where it was ignored until now: the pool itself ends tasks by it.
    signal.signal(signal.SIGINT, _interrupt)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_watch, args=(parent.sentinel, leash), daemon=True).start()


def _interrupt(*_: Any) -> None:
    """End the task at hand; between tasks the pool tells what is next."""
    if _at_work.locked():
        raise KeyboardInterrupt


def _terminate(*_: Any) -> None:
    """End the process, after its task has tidied up."""
    if not _at_work.locked():
        os._exit(1)
    _terminated.set()
    raise KeyboardInterrupt


def _interrupt_main() -> None:
    if hasattr(signal, "pthread_kill"):
        # Wakes it from a wait, too.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


def _watch(parent: int, leash: Connection) -> None:
    """Interrupt the task once the leash is let go; end the process if its parent has ended."""
    wait([parent, leash])
    _unwanted.set()
    _interrupt_main()
    if _at_work.acquire(timeout=_GRACE_S):
        _at_work.release()
        wait([parent])
    os._exit(1)
