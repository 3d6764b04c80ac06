"""What a scene of the library says of itself, and what cures it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from dcrviz.records import Exposure
from dcrviz.simulate.library_visits import stars
from dcrviz.simulate.scene import Scene

Knobs = Mapping[str, Any]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Cure:
    """What to change about a scene so that its fit comes out well.

    Parameters
    ----------
    label
        In two or three words, as a button has it.
    sentence
        What is changed, and why that helps.
    knobs
        Values that follow it, besides those that the scene begins with.
    expose
        Makes other visits; None where the scene's own stay.
    """

    label: str
    sentence: str
    knobs: Knobs = field(default_factory=lambda: MappingProxyType({}))
    expose: Callable[[], list[Exposure]] | None = None


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class LibraryScene:
    """A made field that shows one disease, or none.

    Parameters
    ----------
    title
        As a list has it.
    trouble
        What is wrong, and what that does to the fit, for somebody who has never seen one.
    expose
        Makes the visits; each time the same pixels.
    sky
        What is truly there.
    knobs
        Values that it begins with where they aren't the defaults.
    cures
        The best first; none for the healthy field.
    """

    title: str
    trouble: str
    expose: Callable[[], list[Exposure]]
    sky: Callable[[], Scene] = stars
    knobs: Knobs = field(default_factory=lambda: MappingProxyType({}))
    cures: tuple[Cure, ...] = ()
