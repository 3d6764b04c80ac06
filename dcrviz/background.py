"""Daemon threads that are gone before the interpreter is."""

from __future__ import annotations

import atexit
import ctypes
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

# How long an interpreter that ends waits for them, all together: a loop may be long, or compiled
# just then, on a busy machine, and what it needs would be taken from under it.
_PATIENCE_S = 30.0
# After this long an interrupt that has been lost is sent again.
_AGAIN_S = 0.2


class BackgroundThread(threading.Thread):
    """A daemon thread that is asked to end when the interpreter does.

    Parameters
    ----------
    target, name
        What it runs, and what it is called.
    wake
        Called at the end, if the thread may be waiting for something.

    Notes
    -----
    A thread amid a compiled loop that asks for the interpreter's lock when there is none any more
    may abort the whole process. Other ways to end it reach it between its loops alone, too.
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
        self._interrupted = False

    def run(self) -> None:
        """Run the target; once it has been interrupted, however it ends is as good as any."""
        try:
            super().run()
        except SystemError:
            # What compiled loops make of an interrupt that meets them as they give several arrays.
            if not self._interrupted:
                raise

    def interrupt(self) -> None:
        """Have the thread end at its next line of Python."""
        self._interrupted = True
        self.wake()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(self.ident or 0), ctypes.py_object(SystemExit)
        )


def unheard(kind: type[BaseException]) -> Callable[[Any], Any]:
    """Have Python not complain of exceptions of this kind that it drops; gives the hook before."""
    complain = sys.unraisablehook

    def complain_of_others(dropped: sys.UnraisableHookArgs) -> None:
        if not issubclass(dropped.exc_type, kind):
            complain(dropped)

    sys.unraisablehook = complain_of_others
    return complain


def end_all(patience_s: float = _PATIENCE_S) -> None:
    """Interrupt all of them, and wait for each to finish the loop at hand.

    Parameters
    ----------
    patience_s
        How long to wait, all together.

    Notes
    -----
    An interrupt may meet a destructor, as there are many while loops are compiled. Python drops it
    there and complains; so it is sent again, and as the process ends, nobody need hear of it.
    """
    deadline = time.monotonic() + patience_s
    unheard(SystemExit)
    # Each time anew: the last thing that one did may have been to begin another.
    while (running := _running()) and time.monotonic() < deadline:
        for thread in running:
            thread.interrupt()
        for thread in running:
            thread.join(_AGAIN_S / len(running))


def _running() -> list[BackgroundThread]:
    return [thread for thread in threading.enumerate() if isinstance(thread, BackgroundThread)]


atexit.register(end_all)
