"""Work that a click asks for, done where nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dcrviz.worker import Worker


class Background:
    """Computes in the session's thread; without one in place, as a test wants it.

    Parameters
    ----------
    told
        Called with one sentence when something can't be done.
    """

    def __init__(self, worker: Worker | None, *, told: Callable[[str], None]) -> None:
        self._worker, self.told = worker, told

    def do(self, compute: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Compute, then hand over the result where the page lives.

        Parameters
        ----------
        compute
            A closure over values that nobody changes.
        """
        if self._worker is not None:
            self._worker.submit(compute, done=done, failed=self.told)
            return
        try:
            result = compute()
        except ValueError as error:
            self.told(str(error))
            return
        done(result)
