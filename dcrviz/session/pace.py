"""A run that goes no faster than somebody sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# A page that nobody looks at paints nothing, and its run goes on all the same.
_PATIENCE_S = 0.5


class Pace:
    """Holds a result back until the one before it has been seen.

    The result is computed meanwhile, in the worker's thread, and only its delivery waits. As long
    as nobody has ever told of seeing anything, nothing waits.
    """

    def __init__(self) -> None:
        self.fast = False
        self._watched = False
        self._clear = threading.Event()
        self._clear.set()

    def begin(self) -> None:
        """A result is on its way to those who see it."""
        if self._watched and not self.fast:
            self._clear.clear()

    def seen(self, *, by_somebody: bool = False) -> None:
        """The last result has been seen, or need not be."""
        self._watched |= by_somebody
        self._clear.set()

    def of(self, compute: Callable[[], T]) -> Callable[[], T]:
        """The same computation, whose result comes when the last one has been seen."""

        def paced() -> T:
            result = compute()
            self._clear.wait(_PATIENCE_S)
            return result

        return paced
