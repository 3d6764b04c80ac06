"""Cards that tell a screen reader whether they are open."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param

from dcrviz.views.inputs import Quiet

_JS = Path(__file__).parent / "js"
_CSS = """
h3 { margin: 8px 0; font-size: 1.1em; }
"""


class Heading(Quiet):
    """What is in a card; the browser sees itself whether that is open."""

    title = param.String("", doc="In a few words.")

    _esm = _JS / "heading.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]


def headed_card(*parts: Any, title: str, **values: Any) -> pn.Card:
    """A card of Panel's whose `header` is a heading.

    Parameters
    ----------
    *parts
        What it holds.
    title
        Of the heading, where it may be changed; a card that has another of its own has the server
        look through the whole page.
    **values
        Others of the card.
    """
    return pn.Card(*parts, header=Heading(title=title, margin=0), **values)
