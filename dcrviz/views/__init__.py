"""The explorer: thin viewers over a session. Nothing is computed here.

`explore` shows all of it, `Parts` its parts one by one, `StarView` a single star, and
`dcrviz.views.hv` gives images and curves as HoloViews objects.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dcrviz.views.page import Explorer
    from dcrviz.views.parts import Parts
    from dcrviz.views.serve import explore, explorer_app
    from dcrviz.views.star_view import StarView

__all__ = ["Explorer", "Parts", "StarView", "explore", "explorer_app"]

# Imported when first asked for: the take-away page has no use for Panel.
_LATER = {
    "Explorer": "dcrviz.views.page",
    "Parts": "dcrviz.views.parts",
    "StarView": "dcrviz.views.star_view",
    "explore": "dcrviz.views.serve",
    "explorer_app": "dcrviz.views.serve",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'dcrviz.views' has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
