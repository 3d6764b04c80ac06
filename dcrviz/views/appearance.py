"""How the page looks: light or dark, with its knobs or without, for one person or for a class."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from panel.layout import Card
from panel.theme.base import Inherit
from panel.theme.native import Native
from panel.widgets import Widget

from dcrviz.views.inputs import Quiet
from dcrviz.views.modules import one_module
from dcrviz.views.telling import BUTTON_CSS

_HERE = Path(__file__).parent
_CSS = """
.appearance { display: flex; gap: 6px; }
button { padding: 0 10px; }
button[aria-pressed=true] {
  background: color-mix(in srgb, var(--dcrviz-accent, #1f6f8b) 22%, transparent);
  border-color: var(--dcrviz-accent, #1f6f8b);
}
"""
_WIDGETS_CSS = (_HERE / "css" / "widgets.css").read_text(encoding="utf-8")


class PageDesign(Native):
    """Panel's plainest design, in the colours and sizes of the page; it loads nothing."""

    modifiers: ClassVar[dict[Any, Any]] = {
        kind: {"stylesheets": [Inherit, _WIDGETS_CSS]} for kind in (Widget, Card)
    }


def in_page_design() -> AbstractContextManager[None]:
    """While what is made takes the page's design, which others in the same process keep out of."""
    design: AbstractContextManager[None] = pn.config.set(design=PageDesign)
    return design


class Appearance(Quiet):
    """Three buttons that change the look of the whole explorer, in the browser and at once.

    What is drawn on canvases can't follow a stylesheet: its views watch `dark`.
    """

    dark = param.Boolean(False, doc="Whether the page is dark, as its browser says.")
    teacher = param.Boolean(False, doc="Whether the page is for a class.")
    alone = param.Boolean(True, doc="Whether the whole document is this page.")
    room = param.Integer(800, doc="Height of the browser's window, CSS pixels.")

    _esm = one_module(_HERE / "js" / "appearance")
    _stylesheets: ClassVar[list[str]] = [BUTTON_CSS, _CSS]
