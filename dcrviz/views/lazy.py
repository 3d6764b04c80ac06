"""Sections of the page that reach the browser when somebody opens them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import panel as pn


def lazy_accordion(
    sections: Mapping[str, Callable[[], Any]], *, active: Sequence[int] = (), **values: Any
) -> pn.Accordion:
    """An accordion whose sections are made when they are first opened.

    What is on a page is made before its first picture, and walked over with every message to it.

    Parameters
    ----------
    sections
        What makes the content of each, by its heading.
    active
        Places of those that are open from the beginning.
    **values
        Others of Panel's accordion.
    """
    makers = list(sections.values())
    boxes = [pn.Column(margin=0, sizing_mode="stretch_width") for _ in makers]
    accordion = pn.Accordion(*zip(sections, boxes, strict=True), active=list(active), **values)

    def fill() -> None:
        for place in accordion.active:
            if not boxes[place].objects:
                boxes[place].append(makers[place]())

    accordion.param.watch(lambda _: fill(), "active")
    fill()
    return accordion


def lazy_card(make: Callable[[], Any], **values: Any) -> pn.Card:
    """A card whose content is made when it is first opened.

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
            card.append(make())

    card.param.watch(lambda _: fill(), "collapsed")
    fill()
    return card
