"""The component that paints the wall in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.io.state import set_curdoc

from dcrviz.views.modules import one_module
from dcrviz.views.telling import Message, Telling

_JS = Path(__file__).parent / "js" / "wall"


class WallCanvas(Telling):
    """The wall in the browser, which keeps what it was sent: going back needs no traffic.

    Each of its messages has a type.
    """

    plan = param.Dict({}, doc="Rows, their panels, which are visible, and the field's shape.")
    frame = param.Bytes(b"", doc="The newest message.")
    shown = param.String("", doc="Iteration on show.")
    timeline = param.String("", doc="Names of the iterations of the run on show, in order.")
    stale = param.String("", doc="Why the images are not of what is asked for; empty if they are.")
    channel = param.String("", doc="Under which name a slider tells where it is.")
    dark = param.Boolean(False, doc="Whether the page is dark.")
    painter = param.Selector(
        default="fastest",
        objects=["fastest", "webgl", "flat"],
        doc="How to paint: with WebGL, on a plain canvas, or as is fastest in this browser.",
    )
    side = param.Integer(300, doc="Largest side of a panel, CSS pixels.")
    everywhere = param.Boolean(
        True, doc="Whether it hears keys of the whole document; else only where it has the focus."
    )
    budget = param.Integer(256_000_000, doc="Bytes of iterations that the browser keeps.")

    _esm = one_module(_JS)
    _stylesheets: ClassVar[list[str]] = [(_JS / "wall.css").read_text(encoding="utf-8")]

    def _process_bokeh_event(self, doc: Any, event: Any) -> None:
        # Panel would count the page as busy meanwhile, which costs as much as the message itself.
        with set_curdoc(doc):
            self._process_event(event)

    def tell(self, message: Message) -> None:
        """Send a small message to the browser."""
        self._send_msg(message)
