"""Parts of the page that share one place, of which one is on show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from panel.viewable import Viewer

from dcrviz.views.appearance import in_page_design
from dcrviz.views.inputs import Quiet

_JS = Path(__file__).parent / "js"
_CSS = """
.tabs { display: flex; gap: 2px; border-bottom: 1px solid var(--dcrviz-line, #8884); }
button {
  font: var(--dcrviz-size, 14px)/1.2 system-ui, sans-serif; color: inherit; cursor: pointer;
  background: none; border: 0; border-bottom: 3px solid transparent; padding: 7px 12px 5px;
}
button:hover { background: #8882; }
button[aria-selected=true] { font-weight: 600; border-color: var(--dcrviz-accent, #1f6f8b); }
:focus-visible { outline: 2px solid var(--dcrviz-accent, #1f6f8b); outline-offset: -2px; }
"""


class TabBar(Quiet):
    """The headings; who makes the parts shows the one that is chosen."""

    label = param.String("", doc="Accessible name.")
    names = param.List([], item_type=str, doc="Headings.")
    value = param.String("", doc="The one that is on show.")

    _esm = _JS / "tabs.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]


class Tabs(Viewer):
    """Parts under their headings; each is made when it is first on show.

    Parameters
    ----------
    label
        Accessible name of the headings.
    parts
        What makes each part, by its heading; the first is on show.
    """

    def __init__(self, label: str, parts: Mapping[str, Callable[[], Any]]) -> None:
        super().__init__()
        self._parts = dict(parts)
        first, *_ = names = list(parts)
        self.bar = TabBar(label=label, names=names, value=first, sizing_mode="stretch_width")

    def tell(self, turned: Callable[[str], None]) -> None:
        """Call with the heading of the part that has come on show."""
        self.bar.param.watch(lambda event: turned(event.new), "value")

    def __panel__(self) -> pn.Column:
        wide: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
        boxes = {name: pn.Column(**wide) for name in self._parts}

        def show() -> None:
            for name, box in boxes.items():
                box.visible = name == self.bar.value
                if box.visible and not box.objects:
                    with in_page_design():
                        box.append(self._parts[name]())

        self.bar.param.watch(lambda _: show(), "value")
        show()
        # As high as its parts, of which the column may show a piece.
        return pn.Column(self.bar, *boxes.values(), styles={"max-height": "none"}, **wide)
