"""Native buttons with what they do in their titles, and a field for how often."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

_JS = Path(__file__).parent / "js"
_CSS = """
button, input {
  font: var(--dcrviz-size, 14px)/1.2 system-ui, sans-serif; height: 2.3em;
  box-sizing: border-box; color: inherit;
  border: 1px solid var(--dcrviz-edge, #8886); border-radius: 4px;
}
button { padding: 0 12px; background: #8882; cursor: pointer; white-space: nowrap; }
button:hover:enabled { background: #8884; }
button.primary { background: #1f6f8b; border-color: #1f6f8b; color: #fff; }
button.primary:hover:enabled { background: #195b72; }
button:disabled { opacity: 0.45; cursor: default; }
input { width: 4.6em; padding: 0 4px; background: transparent; }
:focus-visible { outline: 2px solid var(--dcrviz-accent, #1f6f8b); outline-offset: 1px; }
"""


class PushButton(JSComponent):
    """A button that calls what it is for."""

    label = param.String("", doc="What is written on it.")
    tip = param.String("", doc="Shown when the pointer rests on it.")
    primary = param.Boolean(False, doc="Whether it is the one that people want first.")
    disabled = param.Boolean(False, doc="Whether it can not be pressed.")
    once = param.Boolean(False, doc="Whether pressing it always disables it.")
    says = param.String("", doc="What the page says at once when it is pressed.")
    channel = param.String("", doc="Under which name it says that.")

    _esm = _JS / "button.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]

    def __init__(self, act: Callable[[], None], **values: Any) -> None:
        self._act = act
        super().__init__(**values)

    def press(self) -> None:
        """Do what it is for, unless it is disabled."""
        if not self.disabled:
            self._act()

    def _handle_msg(self, message: Any) -> None:
        if message == {"type": "click"}:
            self.press()


class CountField(JSComponent):
    """A whole number of 1 or more."""

    label = param.String("", doc="Accessible name.")
    tip = param.String("", doc="Shown when the pointer rests on it.")
    value = param.Integer(1, bounds=(1, None), doc="The number.")

    _esm = _JS / "count.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]
