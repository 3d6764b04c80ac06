"""Which visits are explored: a choice that a link can carry and a script can repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from dcrviz.bundled import bundled
from dcrviz.config import AssembleConfig
from dcrviz.io import read_exposures
from dcrviz.io.config_link import code_of, from_code
from dcrviz.io.entries import Entries
from dcrviz.records import Exposure
from dcrviz.simulate import (
    LIBRARY,
    MadeField,
    Scene,
    library_exposures,
    library_knobs,
    library_name,
    library_words,
    made_exposures,
    made_scene,
    scene_beside,
)
from dcrviz.suggest import unknown

BUNDLED: Mapping[str, str] = {"field": "Bundled field"}
"""Fields that come as files: the word in a link, and what people read."""
SCENES: tuple[str, ...] = (*BUNDLED, *library_words())
"""Every word of a link that names a scene, those of cures by other visits among them."""
_RENAMED = {"spread": "healthy"}
_MADE, _PATHS, _GIVEN = "made", "paths", "given"
_TITLES = {
    _MADE: "A made field",
    _PATHS: "Files",
    _GIVEN: "As started",
    "upload": "Uploaded",
    "run": "A saved run",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataChoice:
    """Where the visits are from.

    Parameters
    ----------
    kind
        ``scene`` that is bundled, ``made``, ``paths``, ``given`` to the program that serves the
        page, ``upload`` or ``run``.
    name
        Of the scene; folder of the run.
    paths
        Files, folders or patterns.
    """

    kind: str
    name: str = ""
    made: MadeField | None = None
    paths: tuple[str, ...] = ()


FIELD = DataChoice(kind="scene", name="field")
GIVEN = DataChoice(kind="given")


def given_choice(exposures: Sequence[Exposure]) -> DataChoice:
    """The choice of whoever started the program; with paths if all visits are in files."""
    paths = tuple(exposure.source for exposure in exposures)
    return DataChoice(
        kind=_GIVEN, paths=paths if all(Path(path).is_file() for path in paths) else ()
    )


def scene_choice(word: str) -> DataChoice:
    """The choice of a scene that comes with the package.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    name = _RENAMED.get(word, word)
    if name not in SCENES:
        raise ValueError(unknown("scene", word, SCENES))
    return DataChoice(kind="scene", name=name)


def word_of(choice: DataChoice) -> str:
    """The word of a link for a choice; empty where no link can repeat it."""
    if choice.kind == "scene":
        return choice.name
    if choice.kind == "made" and choice.made is not None:
        return f"{_MADE}.{code_of(asdict(choice.made))}"
    if choice.kind == "paths":
        return f"{_PATHS}.{code_of({'paths': list(choice.paths)})}"
    return _GIVEN if choice.kind == _GIVEN else ""


def choice_of(word: str, *, local: bool, given: bool) -> DataChoice:
    """The choice that a link's word stands for.

    Parameters
    ----------
    local
        Whether paths of this machine may be opened.
    given
        Whether the program was started with visits of its own.

    Raises
    ------
    ValueError
        If it is none, or not allowed here.
    """
    kind, _, code = word.partition(".")
    if _RENAMED.get(word, word) in SCENES:
        return scene_choice(word)
    if word == _GIVEN:
        if not given:
            raise ValueError("link: data=given needs the visits that the explorer was started with")
        return GIVEN
    if kind == _MADE:
        return DataChoice(kind="made", made=_made(from_code(code, where="link: data")))
    if kind == _PATHS:
        if not local:
            raise ValueError("link: data must be a bundled scene here, no path of this machine")
        paths = from_code(code, where="link: data").list("paths")
        if not paths or not all(isinstance(path, str) and path for path in paths):
            raise ValueError(f"link: data: paths must be a list of paths; got {paths!r}")
        return DataChoice(kind="paths", paths=tuple(paths))
    shown = word if len(word) <= 40 else f"{word[:37]}..."
    raise ValueError(f"link: data must be one of {', '.join(SCENES)}, or made; got {shown!r}")


def in_library(choice: DataChoice) -> bool:
    """Whether it is one of the library's scenes, ill or cured."""
    return choice.kind == "scene" and choice.name in library_words()


def title_of(choice: DataChoice) -> str:
    """What people read of where visits are from."""
    if choice.kind != "scene":
        return _TITLES[choice.kind]
    if not in_library(choice):
        return BUNDLED.get(choice.name, "")
    name = library_name(choice.name)
    return LIBRARY[name].title + ("" if name == choice.name else ", cured")


def config_of(choice: DataChoice) -> AssembleConfig:
    """The knobs that a choice begins with: the defaults, but for ill scenes of the library."""
    return AssembleConfig(**(library_knobs(choice.name) if in_library(choice) else {}))


def load(choice: DataChoice) -> list[Exposure]:
    """The visits of a choice that can be repeated.

    Raises
    ------
    ValueError
        If a file can't be read, or the choice can't be repeated.
    """
    if choice.kind == "made" and choice.made is not None:
        return made_exposures(choice.made)
    if choice.kind == "scene":
        if in_library(choice):
            return library_exposures(choice.name)
        return list(_bundled_exposures(choice.name))
    if choice.paths:
        return read_exposures(list(choice.paths))
    raise ValueError(f"data of the kind {choice.kind} can't be opened again")


@cache
def _bundled_exposures(name: str) -> tuple[Exposure, ...]:
    """Read once for all pages: nobody can change them."""
    return tuple(read_exposures(bundled(name)))


def scene_of(choice: DataChoice, exposures: Sequence[Exposure]) -> Scene | None:
    """What is truly there, where the visits are made ones; None where nobody knows.

    Raises
    ------
    ValueError
        If a scene lies beside the visits' files but can't be read.
    """
    if choice.kind == "made" and choice.made is not None:
        return made_scene(choice.made)
    if in_library(choice):
        return LIBRARY[library_name(choice.name)].sky()
    return scene_beside(exposures)


def _made(entries: Entries) -> MadeField:
    known = [item.name for item in fields(MadeField)]
    strange = [name for name in entries.values if name not in (*known, "v")]
    if strange:
        raise ValueError(f"{entries.where}: a made field has {', '.join(known)}; got {strange[0]}")
    values: dict[str, Any] = {key: entries.values[key] for key in known if key in entries.values}
    try:
        return MadeField(**values)
    except ValueError as error:
        raise ValueError(f"{entries.where}: {error}") from error
