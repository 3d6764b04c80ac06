"""Keys that move a session, wherever on the page the focus is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import param

from dcrviz.session import Session
from dcrviz.views.telling import BUTTON_CSS, Message, Telling

_JS = Path(__file__).parent / "js"
_CSS = """
.help { width: 2.3em; }
dialog {
  border: 1px solid #8888; border-radius: 8px; padding: 16px 20px;
  color: var(--dcrviz-text, CanvasText); background: var(--dcrviz-page, Canvas);
  font: var(--dcrviz-size, 14px)/1.5 system-ui, sans-serif;
}
dialog::backdrop { background: #0006; }
dialog h2 { font-size: 1.05rem; margin: 0 0 8px; }
dialog button { padding: 0 14px; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 6px 18px; margin: 0 0 14px; }
dt { display: flex; gap: 6px; }
dd { margin: 0; }
kbd {
  font: 12px/1.5 monospace; padding: 0 6px; min-width: 1em; text-align: center;
  border: 1px solid #8888; border-bottom-width: 2px; border-radius: 4px;
  background: var(--dcrviz-raised, #8882);
}
"""
_LINES = (
    (("Space",), "Play, or pause"),
    (("←",), "Show the step before"),
    (("→",), "Show the step after; at the last one, iterate once"),
    (("Home",), "Show the starting model"),
    (("End",), "Show the last step"),
    (("s", "S"), "Look closely at the next source, the brightest first, or at the one before"),
    (("w",), "Show the whole field again"),
    (("b", "B"), "Blink to the next or the previous of what is compared"),
    (("1", "…", "9"), "Show the plane of this subfilter alone"),
    (
        ("n", "p"),
        "In a lesson: the answer or the next step, the one before; Page down, Page up, too",
    ),
    (("Esc",), "Leave the comparison, or this list"),
    (("?",), "Open or close this list"),
)


class Keys(Telling):
    """Hears keys that nobody types into anything, and lists them all on demand.

    Parameters
    ----------
    acts
        What each key does, by the browser's name for it.
    """

    keys = param.List([], item_type=str, doc="Keys to hear.")
    lines = param.List([], doc="Keys and their meanings, as the list shows them.")
    everywhere = param.Boolean(
        True, doc="Whether the whole document is this page; else only what has the focus here."
    )

    channel = param.String("", doc="Under which name buttons hear their keys.")

    _esm = _JS / "keys.js"
    _stylesheets: ClassVar[list[str]] = [BUTTON_CSS, _CSS]

    def __init__(self, acts: Mapping[str, Callable[[], None]], **values: Any) -> None:
        lines = [[list(keys), meaning] for keys, meaning in _LINES]
        super().__init__(keys=list(acts), lines=lines, **values)
        self._acts = dict(acts)
        self.listen(self._pressed)

    def offer(self, acts: Mapping[str, Callable[[], None]]) -> None:
        """Hear these keys, too."""
        self._acts |= acts
        self.keys = list(self._acts)

    def withdraw(self, keys: Iterable[str]) -> None:
        """Leave these keys to the browser."""
        self._acts = {key: act for key, act in self._acts.items() if key not in set(keys)}
        self.keys = list(self._acts)

    def _pressed(self, message: Message) -> None:
        act = self._acts.get(str(message.get("key")))
        if act is not None:
            act()


def keys_of(session: Session, *, everywhere: bool = True, channel: str = "") -> Keys:
    """The keys that play a session and move along its timeline.

    Parameters
    ----------
    everywhere
        Whether the whole document is this page.
    channel
        Of the buttons that are pressed by a key.
    """
    acts = {
        " ": lambda: session.pause() if session.playing else session.play(),
        "ArrowLeft": session.back,
        "ArrowRight": session.forward,
        "Home": lambda: session.show(0),
        "End": lambda: session.show(len(session.moments) - 1),
    }
    return Keys(acts, everywhere=everywhere, channel=channel, width=36, margin=(5, 3))
