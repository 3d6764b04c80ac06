"""Parts of the page that share one place, of which one is on show."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import param

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
