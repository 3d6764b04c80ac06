"""Serving the explorer: in a notebook cell, by this process, or by ``panel serve``."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import panel as pn

from dcrviz.config import AssembleConfig
from dcrviz.engine import Problem
from dcrviz.lessons import Lesson
from dcrviz.records import Coadd, Coadds, Cube, Exposure
from dcrviz.runs import SavedRun
from dcrviz.session.jobs import Start
from dcrviz.views.data_choice import (
    FIELD,
    GIVEN,
    DataChoice,
    config_of,
    given_choice,
    in_library,
    load,
    scene_choice,
)
from dcrviz.views.hosts import answer_only_to
from dcrviz.views.link import read_link
from dcrviz.views.messages import served_document, take_turns
from dcrviz.views.page import Explorer, Source
from dcrviz.views.warm import warm_up_in_background

_log = logging.getLogger(__name__)
_TITLE = "dcrviz explorer"
WELCOME = "welcome"
"""In the place of visits: the page begins with what can be looked at."""
# A closed page is noticed after this long; a reload takes less.
_GRACE_MS = 3000
_CHECK_MS = 500
# An upload comes in one message, a third longer than its files.
_LARGEST_MESSAGE = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the explorer listens; a port of 0 takes a free one."""

    host: str = "localhost"
    port: int = 0
    allowed_origins: tuple[str, ...] = ()


def explorer_app(
    exposures: Sequence[Exposure] | str | Lesson | None = None,
    config: AssembleConfig | None = None,
    *,
    start: Start | None = None,
    run: tuple[SavedRun, Problem] | None = None,
    local: bool = False,
) -> Explorer:
    """An explorer for the page being served; a link's knobs and visits win over those given here.

    Parameters
    ----------
    exposures
        Visits, the word of a scene of the library, `WELCOME` to begin with what can be looked at,
        or a lesson, with which the page begins as a class sees it; the bundled field if none are
        given.
    config
        The knobs to start with; those of the scene without it.
    start
        Template, planes and bright objects that runs of these visits begin with.
    run
        A saved run with its prepared problem, to go on with instead.
    local
        Whether files of this machine may be read and written from the page: only where nobody
        else can reach it.

    Notes
    -----
    With ``?teacher=1`` in its address the page begins as a class sees it.
    """
    prepare_page()
    arguments = pn.state.session_args or {}
    lesson = exposures if isinstance(exposures, Lesson) else None
    # A link that asks for visits or knobs shows them.
    welcome = exposures == WELCOME and not {"cfg", "data"} & arguments.keys()
    if exposures == WELCOME:
        exposures = None
    elif lesson is not None:
        exposures = []
    choice = _choice(exposures, run)
    given = choice.kind != "scene"
    link = read_link(arguments, local=local, given=given)
    if link.choice is not None:
        lesson = None
    wanted = None if link.choice in (None, GIVEN if given else choice) else link.choice
    if wanted is not None:
        exposures, run, start = [], None, None
    first = wanted or choice
    if in_library(first) and (config is None or wanted is not None):
        config = config_of(first)
    explorer = Explorer(
        [] if run is not None or welcome else _visits(exposures),
        link.config or config,
        start=start,
        source=Source(
            choice=choice if wanted is None else GIVEN,
            wanted=wanted,
            refused=link.refused,
            run=run,
            lesson=lesson,
            welcome=welcome,
            local=local,
        ),
    )
    explorer.appearance.teacher = arguments.get("teacher", [b""])[-1] == b"1"
    if served_document() is not None:
        pn.state.on_session_destroyed(_Closer(explorer))
    return explorer


def _choice(
    exposures: Sequence[Exposure] | str | None, run: tuple[SavedRun, Problem] | None
) -> DataChoice:
    if run is not None:
        return DataChoice(kind="run", name=str(run[0].folder))
    if isinstance(exposures, str):
        return scene_choice(exposures)
    return FIELD if exposures is None else given_choice(exposures)


def _visits(exposures: Sequence[Exposure] | str | None) -> Sequence[Exposure]:
    if isinstance(exposures, str):
        return load(scene_choice(exposures))
    return bundled_exposures() if exposures is None else exposures


def explore(
    exposures: Sequence[Exposure] | str | None = None,
    config: AssembleConfig | None = None,
    *,
    template: Coadd | None = None,
    planes: Coadds | Cube | None = None,
) -> Explorer | None:
    """Explore visits: in the cell of a notebook, else in the browser until the page is closed.

    Parameters
    ----------
    exposures
        Visits on one pixel grid, or the word of a scene of the library; the bundled field if none
        are given.
    config
        The knobs to start with; those of the scene without it.
    template
        Coadd to start from; made from the visits if none is given.
    planes
        Subfilter planes to begin with, as for `dcrviz.start_from`; equal shares of the template if
        none are given.

    Returns
    -------
    Explorer or None
        The explorer, to be shown as the cell's value; None once the browser's page has closed.
    """
    start = Start(template=template, planes=planes)
    if in_notebook():
        return explorer_app(exposures, config, start=start, local=True)
    with suppress(KeyboardInterrupt):
        serve(
            lambda: explorer_app(exposures, config, start=start, local=True),
            Address(),
            announce=lambda url: _log.info("explorer at %s", url),
            solver=(config or AssembleConfig()).solver,
        )
    return None


def serve(
    make: Callable[[], Explorer],
    address: Address,
    *,
    announce: Callable[[str], None],
    open_browser: bool = True,
    keep: bool = False,
    solver: str = "iterative",
) -> None:
    """Serve until the last page has closed or the person interrupts, or for ever with `keep`.

    Parameters
    ----------
    make
        Makes the explorer of each page that is opened.
    announce
        Told the address once the server listens.
    solver
        With which the pages start, whose loops are compiled first.
    """
    # While the browser is still opening.
    warm_up_in_background(solver)
    pages = _OpenPages(keep=keep)

    def page() -> pn.viewable.Viewable:
        pages.opened()
        pn.state.on_session_destroyed(pages.closed)
        return make().__panel__()

    interrupt = signal.getsignal(signal.SIGINT)
    origins = [f"{name}:{address.port}" for name in ("localhost", "127.0.0.1") if address.port]
    server = pn.serve(
        {"/": page},
        title=_TITLE,
        port=address.port,
        address=address.host,
        websocket_origin=[*origins, *address.allowed_origins] or None,
        show=open_browser,
        start=False,
        verbose=False,
        websocket_max_message_size=_LARGEST_MESSAGE,
        check_unused_sessions_milliseconds=_CHECK_MS,
        unused_session_lifetime_milliseconds=_GRACE_MS,
    )
    answer_only_to(server, [address.host, *address.allowed_origins])
    if threading.current_thread() is threading.main_thread():
        # Panel takes Ctrl-C for itself, and would go on as if the last page had closed.
        signal.signal(signal.SIGINT, interrupt)
    pages.stop = lambda: server.io_loop.add_callback(server.io_loop.stop)
    announce(f"http://{address.host}:{server.port}")
    server.start()
    try:
        server.io_loop.start()
    finally:
        server.stop(wait=False)


class _OpenPages:
    """Counts the open pages, and stops the server a moment after the last has closed."""

    def __init__(self, *, keep: bool) -> None:
        self._keep = keep
        self._open = 0
        self.stop: Callable[[], Any] = lambda: None

    def opened(self) -> None:
        self._open += 1

    def closed(self, _context: Any) -> None:
        self._open -= 1
        if self._open == 0 and not self._keep:
            asyncio.get_event_loop().call_later(_GRACE_MS / 1000, self._stop_if_idle)

    def _stop_if_idle(self) -> None:
        if self._open == 0:
            self.stop()


class _Closer:
    """Ends an explorer's threads when its page has closed."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer

    def __call__(self, _context: Any) -> None:
        self._explorer.close()


def prepare_page() -> None:
    """Load what a page needs; nothing of it comes from another machine."""
    # A notebook would fetch its scripts from afar, and those of notifications even so. They are
    # 6 MB, which it needs only once.
    here = not in_notebook()
    if not here:
        take_turns()
        if pn.extension._loaded:
            return
    pn.extension(notifications=here, sizing_mode=None, inline=not here)


def bundled_exposures() -> list[Exposure]:
    """The field that comes with the package."""
    return load(FIELD)


def in_notebook() -> bool:
    """Whether this is a kernel that shows values of cells."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")
