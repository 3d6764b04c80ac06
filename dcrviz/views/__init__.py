"""The explorer: thin viewers over a session. Nothing is computed here.

`explore` shows all of it, `Parts` its parts one by one, `StarView` a single star, and
`dcrviz.views.hv` gives images and curves as HoloViews objects.
"""

from dcrviz.views.page import Explorer
from dcrviz.views.parts import Parts
from dcrviz.views.serve import explore, explorer_app
from dcrviz.views.star_view import StarView

__all__ = ["Explorer", "Parts", "StarView", "explore", "explorer_app"]
