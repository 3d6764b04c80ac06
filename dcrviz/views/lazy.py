"""Parts of the page that reach the browser when somebody opens them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import panel as pn

from dcrviz.views.appearance import in_page_design

# With the first event of what was made later, Bokeh's browser side describes it to the server once
# more; the server keeps what it has, and need not complain.
warnings.filterwarnings("ignore", "reference already known")


def lazy_card(make: Callable[[], Any], **values: Any) -> pn.Card:
    """A card whose content is made when it is first opened.

    What is on a page is made before its first picture, and walked over with every message to it.

    Parameters
    ----------
    make
        Makes the content.
    **values
        Others of Panel's card.
    """
    card = pn.Card(**values)

    def fill() -> None:
        if not card.collapsed and not card.objects:
            with in_page_design():
                card.append(make())

    card.param.watch(lambda _: fill(), "collapsed")
    fill()
    return card
