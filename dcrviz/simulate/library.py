"""The scene library: small fields, each with one thing wrong; their visits and knobs by name."""

from __future__ import annotations

from dcrviz.records import Exposure
from dcrviz.simulate.library_entries import LIBRARY
from dcrviz.simulate.library_records import Cure, Knobs, LibraryScene
from dcrviz.suggest import unknown

__all__ = [
    "LIBRARY",
    "Cure",
    "LibraryScene",
    "cured_knobs",
    "cured_word",
    "library_exposures",
    "library_knobs",
    "library_name",
    "library_words",
]

_CURED = "-cured"


def library_words() -> tuple[str, ...]:
    """What names visits of the library: every scene, and each of those that new visits cure."""
    return tuple(
        word
        for name, scene in LIBRARY.items()
        for word in (name, *(name + _CURED for cure in scene.cures if cure.expose))
    )


def library_name(word: str) -> str:
    """The scene that a word of `library_words` belongs to.

    Raises
    ------
    ValueError
        If it is none.
    """
    if word not in library_words():
        raise ValueError(unknown("scene", word, library_words()))
    return word.removesuffix(_CURED)


def library_exposures(word: str) -> list[Exposure]:
    """The visits of a scene, or of its cure; the same pixels each time.

    Parameters
    ----------
    word
        One of `library_words`.

    Raises
    ------
    ValueError
        If it is none.
    """
    scene = LIBRARY[library_name(word)]
    cures = [cure.expose for cure in scene.cures if cure.expose and word.endswith(_CURED)]
    return (cures or [scene.expose])[0]()


def library_knobs(word: str) -> Knobs:
    """What a scene begins with, or its cure by other visits.

    Raises
    ------
    ValueError
        If the word is none of `library_words`.
    """
    scene = LIBRARY[library_name(word)]
    cures = [cured_knobs(scene, c) for c in scene.cures if c.expose and word.endswith(_CURED)]
    return (cures or [scene.knobs])[0]


def cured_word(name: str, cure: Cure) -> str:
    """The word for the visits of a scene's cure: its own, or that of the scene."""
    return name + _CURED if cure.expose else name


def cured_knobs(scene: LibraryScene, cure: Cure) -> Knobs:
    """What a cured scene begins with."""
    return {**scene.knobs, **cure.knobs}
