"""The explorer: thin viewers over a session. Nothing is computed here."""

from dcrviz.views.page import Explorer
from dcrviz.views.serve import explore, explorer_app

__all__ = ["Explorer", "explore", "explorer_app"]
