"""Native parts of the page that tell what a person does on them, and how their buttons look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dcrviz.views.native import Native

BUTTON_CSS = (Path(__file__).parent / "css" / "button.css").read_text(encoding="utf-8")
"""The look that all native buttons have in common."""
Message = dict[str, Any]
"""What a component sends, read from JSON."""


class Telling(Native):
    """A component whose messages from the browser are heard by one who listens."""

    __abstract = True

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._take: Callable[[Message], None] | None = None

    def listen(self, take: Callable[[Message], None]) -> None:
        """Call with each message; what is in it is the component's affair."""
        self._take = take

    def _handle_msg(self, message: Any) -> None:
        if self._take is not None and isinstance(message, dict):
            self._take(message)
