"""Native buttons with what they do in their titles, and a field for how often."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import param

from dcrviz.views.native import Native
from dcrviz.views.telling import BUTTON_CSS, Telling

_JS = Path(__file__).parent / "js"
_CSS = """
button { padding: 0 12px; background: #8882; }
button:hover:enabled { background: #8884; }
button.primary { background: #1f6f8b; border-color: #1f6f8b; color: #fff; }
button.primary:hover:enabled { background: #195b72; }
input { width: 4.6em; padding: 0 4px; }
"""


class PushButton(Telling):
    """A button that calls what it is for."""

    label = param.String("", doc="What is written on it.")
    tip = param.String("", doc="Shown when the pointer rests on it.")
    primary = param.Boolean(False, doc="Whether it is the one that people want first.")
    disabled = param.Boolean(False, doc="Whether it can not be pressed.")
    once = param.Boolean(False, doc="Whether pressing it always disables it.")
    says = param.String("", doc="What the page says at once when it is pressed.")
    channel = param.String("", doc="Under which name it says that, and hears its key.")
    hotkey = param.String("", doc="The key that presses it, by the browser's name; empty for none.")

    _esm = _JS / "button.js"
    _stylesheets: ClassVar[list[str]] = [BUTTON_CSS, _CSS]

    def __init__(self, act: Callable[[], None], **values: Any) -> None:
        super().__init__(**values)
        self._act = act
        self.listen(lambda _: self.press())

    def press(self) -> None:
        """Do what it is for, unless it is disabled."""
        if not self.disabled:
            self._act()


class CountField(Native):
    """A whole number of 1 or more."""

    label = param.String("", doc="Accessible name.")
    tip = param.String("", doc="Shown when the pointer rests on it.")
    value = param.Integer(1, bounds=(1, None), doc="The number.")

    _esm = _JS / "count.js"
    _stylesheets: ClassVar[list[str]] = [BUTTON_CSS, _CSS]
