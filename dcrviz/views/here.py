"""What a notebook shows reaches the browser late: as late as somebody scrolls to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
import param

from dcrviz.views.appearance import in_page_design
from dcrviz.views.layout import framed
from dcrviz.views.telling import Message, Telling

_JS = Path(__file__).parent / "js"


class Here(Telling):
    """Tells when the browser has come to hold what stands beside it.

    What changes before that is lost on its way, and whoever changed it is told nothing. What the
    browser tells may be lost as well: it tells again until it is answered.
    """

    heard = param.Number(0, doc="The last showing that was told, by the browser's clock, ms.")

    _esm = _JS / "here.js"

    def __init__(self, told: Callable[[], None], **values: Any) -> None:
        super().__init__(width=0, height=0, margin=0, **values)
        self._told = told
        self.listen(self._hear)

    def _hear(self, message: Message) -> None:
        if message["shown"] != self.heard:
            self.heard = message["shown"]
            self._told()


def kept_up(make: Callable[[], Any], *, changes: Callable[[], int]) -> pn.Column:
    """A place for what is made now, which goes there once the browser holds the place.

    Parameters
    ----------
    make
        Makes the part as it is to be now; called again for a part that has changed on its way, or
        that a page which was loaded anew has lost.
    changes
        How often what it shows has changed.
    """

    def made() -> tuple[Any, int]:
        with in_page_design():
            return make(), changes()

    # Made at once, so that what can't be made is told in the cell that asks for it.
    ready: tuple[Any, int] | None = made()

    def fill() -> None:
        nonlocal ready
        part, made_at = ready or made()
        box[:-1] = [part if made_at == changes() else made()[0]]
        ready = None

    box = framed(Here(fill))
    return box
