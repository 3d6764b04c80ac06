"""Parts of the page that reach the browser when somebody opens them, or after the first picture."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import panel as pn

from dcrviz.views.appearance import in_page_design
from dcrviz.views.cards import headed_card
from dcrviz.views.messages import in_one_message, served_document

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
    card = headed_card(**values)

    def fill() -> None:
        if not card.collapsed and not card.objects:
            with in_page_design():
                card.append(make())

    card.param.watch(lambda _: fill(), "collapsed")
    fill()
    return card


class Later:
    """Parts of a page that people look at after its first picture, and that are made after it.

    Each stands empty in its place until then. Without an event loop they are made at once.
    """

    def __init__(self) -> None:
        self._document = served_document()
        self._coming: list[Callable[[], None]] = []

    def part(self, *makes: Callable[[], Any], **values: Any) -> pn.Column:
        """A column that holds what each of these makes, once that is due.

        They come together: for each that comes by itself a browser lays out its whole page.

        Parameters
        ----------
        **values
            Others of Panel's column.
        """
        box = pn.Column(margin=0, **values)

        def fill() -> None:
            with in_page_design():
                box.extend([make() for make in makes])

        if self._document is None:
            fill()
        else:
            self._coming.append(fill)
        return box

    def come(self) -> None:
        """Make them now, one after the other, so that clicks are heard between them."""
        document, self._document = self._document, None
        for fill in self._coming if document else ():
            document.add_next_tick_callback(in_one_message(fill))
        self._coming.clear()
