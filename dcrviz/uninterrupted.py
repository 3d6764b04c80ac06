"""A few lines that are done wholly or not at all."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


def heeded() -> list[signal.Signals]:
    """Signals by which a person or the machine ends a process, but for those that it ignores.

    Where SIGHUP is known it tells that the terminal is gone.
    """
    return [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Keep signals that would end the process waiting until the block has; for moments only."""
    if threading.current_thread() is not threading.main_thread():
        # No signal is handled in another thread.
        yield
        return
    kept: list[int] = []

    def keep(number: int, _frame: FrameType | None) -> None:
        kept.append(number)

    before = {number: signal.signal(number, keep) for number in heeded()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for missed in kept[:1]:
            signal.raise_signal(missed)
