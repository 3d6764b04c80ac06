"""How a person, or the machine, ends a command that is at work."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from dcrviz.uninterrupted import heeded

# After this long a signal that has not ended the command is told again.
_PATIENCE_S = 1.0


class Terminated(KeyboardInterrupt):
    """The machine has asked the process to end, by the signal `number`."""

    number = signal.SIGTERM


class HungUp(Terminated):
    """The terminal is gone."""

    number = getattr(signal, "SIGHUP", signal.SIGTERM)


_RAISED: dict[int, type[KeyboardInterrupt]] = {
    signal.SIGINT: KeyboardInterrupt,
    HungUp.number: HungUp,
    signal.SIGTERM: Terminated,
}


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Have Ctrl-C raise KeyboardInterrupt and other ends `Terminated` in the block, wherever it is.

    Notes
    -----
    Python drops an exception that meets a destructor, as there are many while loops are compiled,
    and complains of it. So each is raised again until the block has ended, without the complaint.
    One that meets a compiled loop as it gives several arrays comes out as a SystemError.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    again: list[threading.Timer] = []
    heard: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        # An event loop's work is dropped where it stands, long after the block: no news to anyone.
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        timer = threading.Timer(_PATIENCE_S, os.kill, [os.getpid(), number])
        timer.daemon = True
        timer.start()
        again.append(timer)
        heard.append(number)
        raise _RAISED[number]

    before = {number: signal.signal(number, stop) for number in heeded()}
    try:
        with _dropped_without_complaint():
            yield
    except SystemError as error:
        if heard:
            raise _RAISED[heard[0]] from error
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for timer in again:
            timer.cancel()


@contextmanager
def _dropped_without_complaint() -> Iterator[None]:
    complain = sys.unraisablehook

    def complain_of_others(dropped: sys.UnraisableHookArgs) -> None:
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            complain(dropped)

    sys.unraisablehook = complain_of_others
    try:
        yield
    finally:
        sys.unraisablehook = complain
