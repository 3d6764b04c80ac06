"""Daemon threads that are gone before the interpreter is."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable

# How long an interpreter that ends waits for them, all together: a loop may be long, or compiled
# just then, on a busy machine, and what it needs would be taken from under it.
_PATIENCE_S = 30.0
_ending = threading.Event()


class BackgroundThread(threading.Thread):
    """A daemon thread that ends, between its loops, when the interpreter does.

    Parameters
    ----------
    target, name
        What it runs, and what it is called.
    wake
        Called at the end, if the thread may be waiting for something.

    Notes
    -----
    A thread amid a compiled loop that asks for the interpreter's lock when there is none any more
    may abort the whole process. So may one in which an exception is raised from without: while a
    loop is compiled, that leaves parts of it about to be freed a second time. So each asks by
    itself, with `end_if_asked`, where it can be left.
    """

    def __init__(
        self,
        target: Callable[[], None],
        *,
        name: str,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(target=target, name=name, daemon=True)
        self.wake = wake


def end_if_asked() -> None:
    """End a thread of these here, by SystemExit, if the interpreter ends; nothing in any other."""
    if _ending.is_set() and isinstance(threading.current_thread(), BackgroundThread):
        raise SystemExit


def end_all(patience_s: float = _PATIENCE_S) -> None:
    """Ask all of them to end, and wait for each to finish the loop at hand.

    Parameters
    ----------
    patience_s
        How long to wait, all together.
    """
    deadline = time.monotonic() + patience_s
    _ending.set()
    # Each time anew: the last thing that one did may have been to begin another.
    while (running := _running()) and (left := deadline - time.monotonic()) > 0:
        running[0].wake()
        running[0].join(left)


def _running() -> list[BackgroundThread]:
    return [thread for thread in threading.enumerate() if isinstance(thread, BackgroundThread)]


atexit.register(end_all)
