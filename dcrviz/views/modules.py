"""Modules of JavaScript that become one, as a component or a page that stands alone has."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r"^import .*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!function render)", re.MULTILINE)


def one_module(folder: Path) -> str:
    """The modules of a folder as one, in which they need not import each other.

    Only what is called ``render`` is exported.
    """
    return "\n".join(_EXPORT.sub("", text) for text in _plain(folder))


def one_script(*folders: Path, begin: str) -> str:
    """The modules of several folders as one that exports nothing, and begins with this call."""
    texts = [text for folder in folders for text in _plain(folder)]
    inner = [re.sub(r"^export ", "", text, flags=re.MULTILINE) for text in texts]
    return "\n".join([*inner, f"{begin}();\n"])


def _plain(folder: Path) -> list[str]:
    """Without their imports."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js"))]
    return [_IMPORT.sub("", text) for text in texts]
