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
    """What is made now; and anew once the browser holds it, if it has changed until then.

    Parameters
    ----------
    make
        Makes the part as it is to be now.
    changes
        How often what it shows has changed.
    """
    made_at = changes()

    def made() -> Any:
        with in_page_design():
            return make()

    def hold() -> None:
        nonlocal made_at
        if changes() != made_at:
            made_at = changes()
            box[0] = made()

    box = framed(made(), Here(hold))
    return box
