"""Whether loops of the engine are being compiled, for which the first fit on a machine waits."""

from __future__ import annotations

import logging
import math
import time
from functools import cache

from numba.core import event

_log = logging.getLogger(__name__)
# From the end of one loop to the beginning of the next.
_BETWEEN_S = 2.0


class Compiler(event.Listener):
    """Hears of loops that are compiled, in whatever thread; of one from the cache it does not."""

    def __init__(self) -> None:
        self._at_hand = 0
        self._ended = -math.inf

    def on_start(self, _event: event.Event) -> None:
        """One more is at hand; the first of all is logged."""
        if self._ended == -math.inf and not self._at_hand:
            _log.info("loops of the engine are compiled, once on this machine: up to a minute")
        self._at_hand += 1

    def on_end(self, _event: event.Event) -> None:
        """It is done."""
        self._at_hand -= 1
        self._ended = time.monotonic()

    @property
    def at_work(self) -> bool:
        """Whether it is at one, or was a moment ago."""
        return self._at_hand > 0 or time.monotonic() - self._ended < _BETWEEN_S


@cache
def compiler() -> Compiler:
    """The one of this process, which hears from the first call on."""
    heard = Compiler()
    event.register("numba:compile", heard)  # type: ignore[no-untyped-call]
    return heard
