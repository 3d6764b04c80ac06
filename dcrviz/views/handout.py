"""What the page hands out: files to download, texts to copy."""

from __future__ import annotations

import json
import struct
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import param

from dcrviz.views.native import Native

_JS = Path(__file__).parent / "js"
_CSS = """
dialog {
  width: min(46rem, 90vw); border: 1px solid #8888; border-radius: 8px; padding: 16px;
  color: var(--dcrviz-text, CanvasText); background: var(--dcrviz-page, Canvas);
  font: 14px/1.4 system-ui, sans-serif;
}
dialog::backdrop { background: #0006; }
dialog h2 { font-size: 1.05rem; margin: 0 0 8px; }
dialog textarea {
  width: 100%; height: 18rem; box-sizing: border-box; font: 12px/1.45 monospace;
  white-space: pre; color: inherit; background: var(--dcrviz-raised, #8882);
  border: 1px solid #8886;
}
dialog .row { display: flex; gap: 8px; align-items: center; margin-top: 10px; }
dialog button { font: inherit; padding: 4px 14px; cursor: pointer; }
"""


class Handout(Native):
    """Hands files to the browser, which saves them as it saves any download."""

    message = param.Bytes(b"", doc="The newest file, behind its name and kind.")

    _esm = _JS / "handout.js"

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._numbers = count(1)

    def give(self, name: str, content: bytes, *, kind: str = "application/octet-stream") -> None:
        """Download this content under this name."""
        # The number makes the same file a new message when it is asked for again.
        header = {"name": name, "kind": kind, "number": next(self._numbers)}
        text = json.dumps(header).encode()
        self.message = struct.pack("<I", len(text)) + text + content


class TextDialog(Native):
    """A dialog with a text and a button that copies it."""

    content = param.Dict({}, doc="Title, text, whether it follows the page's address, a number.")

    _esm = _JS / "dialog.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._numbers = count(1)

    def show(self, title: str, text: str, *, link: bool = False) -> None:
        """Open the dialog.

        Parameters
        ----------
        link
            Whether the text is the query of a link to this page.
        """
        self.content = {"title": title, "text": text, "link": link, "number": next(self._numbers)}
