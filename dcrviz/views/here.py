"""What a notebook shows reaches the browser late: as late as somebody scrolls to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
import param

from dcrviz.views.appearance import in_page_design
from dcrviz.views.inputs import Quiet
from dcrviz.views.layout import framed

_JS = Path(__file__).parent / "js"


class Here(Quiet):
    """Tells when the browser has come to hold what stands beside it.

    What changes before that is lost on its way, and whoever changed it is told nothing.
    """

    seen = param.Number(0, doc="When it was last shown, by the browser's clock, milliseconds.")

    _esm = _JS / "here.js"

    def __init__(self, told: Callable[[], None], **values: Any) -> None:
        super().__init__(width=0, height=0, margin=0, **values)
        self.param.watch(lambda _: told(), "seen")


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
