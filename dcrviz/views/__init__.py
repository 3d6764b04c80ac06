"""The explorer: thin viewers over a session. Nothing is computed here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dcrviz.views.page import Explorer
    from dcrviz.views.serve import explore, explorer_app

__all__ = ["Explorer", "explore", "explorer_app"]

# Imported when first asked for: the take-away page has no use for Panel.
_LATER = {
    "Explorer": "dcrviz.views.page",
    "explore": "dcrviz.views.serve",
    "explorer_app": "dcrviz.views.serve",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'dcrviz.views' has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
