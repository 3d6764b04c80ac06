"""How changes of a page reach its browser: from any thread, and many in one message."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, TypeGuard

import panel as pn
from bokeh.document import Document
from panel.viewable import Viewable

from dcrviz.worker import Deliver


def is_served(document: Document | None) -> TypeGuard[Document]:
    """Whether a browser has the document from a server, and has not closed it; no notebook has."""
    return document is not None and document.session_context is not None


def served_document() -> Document | None:
    """The document of the page being made, if it is served."""
    document = pn.state.curdoc
    return document if is_served(document) else None


def deliver_to_page() -> Deliver | None:
    """How a thread hands results to the page being made; None where there is no event loop."""
    document = served_document()
    if document is None:
        return _deliver_to_notebook()

    loop = _running_loop()

    def hand_over(callback: Callable[[], None]) -> None:
        # Bokeh's books of a callback are found late by the garbage collector; the images that it
        # carries must not wait with them.
        carried = [callback]

        def ask() -> None:
            # A page that has closed has nothing left to show a result on.
            if is_served(document):
                document.add_next_tick_callback(in_one_message(lambda: carried.pop()()))

        if loop is None:
            ask()
            return
        # In the page's thread: what another one asks for just as held changes are let go may stay
        # among them, until there are others.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(ask)

    gate = Gate(hand_over)
    gate.shut()
    pn.state.onload(gate.open)
    return gate.deliver


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class Gate:
    """Keeps results until the browser holds the page: one that is still being made loses them.

    Whatever is handed over is handed over in the order in which it came.
    """

    def __init__(self, hand_over: Deliver) -> None:
        self._hand_over = hand_over
        self._lock = threading.RLock()
        self._early: list[Callable[[], None]] | None = None

    def shut(self) -> None:
        """Keep what comes from now on."""
        with self._lock:
            self._early = self._early or []

    def deliver(self, callback: Callable[[], None]) -> None:
        """Hand over a result, or keep it."""
        with self._lock:
            if self._early is not None:
                self._early.append(callback)
            else:
                self._hand_over(callback)

    def open(self) -> None:
        """Hand over what was kept, and what comes from now on."""
        with self._lock:
            early, self._early = self._early or [], None
            for callback in early:
                self._hand_over(callback)


def _deliver_to_notebook() -> Deliver | None:
    """Through the loop in which a cell is being run, when nobody else changes what is shown."""
    loop = _running_loop()
    if loop is None:
        return None

    def deliver(callback: Callable[[], None]) -> None:
        loop.call_soon_threadsafe(_in_turn(in_one_message(callback)))

    return deliver


# Held by who changes what a notebook shows: JupyterLab hands over what its browser tells in other
# threads than that of the cells, and the parts of two messages would mix.
_TURN = threading.RLock()


def _in_turn(act: Callable[..., None]) -> Callable[..., None]:
    @wraps(act)
    def wait_and_act(*given: Any) -> None:
        with _TURN:
            act(*given)

    return wait_and_act


def take_turns() -> None:
    """Let what a notebook's browser tells and results of threads wait for each other."""
    heard = Viewable._on_msg
    if not hasattr(heard, "__wrapped__"):
        Viewable._on_msg = _in_turn(heard)


def in_one_message(callback: Callable[[], None]) -> Callable[[], None]:
    """The callback, all of whose changes of the page go to the browser together.

    Each message costs the server a walk over the whole page.
    """

    def call() -> None:
        with pn.io.hold():
            callback()

    return call


# Between two drawings of what nobody reads while iterations follow each other.
CALM_S = 0.4
# The same for tables, which are read and not watched.
TABLE_S = 0.8


class Seldom:
    """Does something to the page being made soon after each call, but not more often than so.

    Without an event loop it is done at once. What it does may change the page's document, also
    when the call is made amid a widget's event, in which that is forbidden.

    Parameters
    ----------
    pause_s
        Seconds from one time to the next; calls meanwhile count as one.
    """

    def __init__(self, act: Callable[[], None], *, pause_s: float = CALM_S) -> None:
        self._act, self._pause_s = act, pause_s
        self._document = pn.state.curdoc
        self._last = -pause_s
        self._waiting = False

    def __call__(self) -> None:
        """Have it done."""
        document = self._document
        if not is_served(document):
            self._act()
        elif not self._waiting:
            self._waiting = True
            left_s = self._last + self._pause_s - time.monotonic()
            if left_s <= 0:
                document.add_next_tick_callback(self._now)
            else:
                document.add_timeout_callback(self._now, math.ceil(1000 * left_s))

    def at_once(self) -> None:
        """Have it done without a pause: somebody waits for it."""
        document = self._document
        if is_served(document):
            document.add_next_tick_callback(self._now)
        else:
            self._act()

    def _now(self) -> None:
        self._waiting = False
        self._last = time.monotonic()
        in_one_message(self._act)()
