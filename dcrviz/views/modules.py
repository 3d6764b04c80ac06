"""Modules of JavaScript that become one, as a component has."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r"^import .*;\n", re.MULTILINE)


def one_module(folder: Path) -> str:
    """The modules of a folder as one, in which they need not import each other.

    Only what is called ``render`` is exported.
    """
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js"))]
    plain = [_IMPORT.sub("", text) for text in texts]
    inner = [re.sub(r"^export (?!function render)", "", t, flags=re.MULTILINE) for t in plain]
    return "\n".join(inner)
