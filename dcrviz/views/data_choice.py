"""Which visits are explored: a choice that a link can carry and a script can repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from dcrviz.bundled import bundled
from dcrviz.io import read_exposures
from dcrviz.io.config_link import code_of, from_code
from dcrviz.io.entries import Entries
from dcrviz.records import Exposure
from dcrviz.simulate import FIELDS, MadeField, Scene, made_exposures, made_scene, scene_beside

SCENES: Mapping[str, str] = {
    "field": "Bundled field: nine visits",
    "spread": "Stars, airmasses spread",
    "narrow-airmass": "Stars, narrow airmass",
    "one-angle": "Stars, one parallactic angle",
}
"""Scenes that come with the package: the word in a link, and what people read."""

_MADE, _PATHS, _GIVEN = "made", "paths", "given"


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
    if word in SCENES:
        return DataChoice(kind="scene", name=word)
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
        if choice.name in FIELDS:
            return made_exposures(FIELDS[choice.name])
        return read_exposures(bundled(choice.name))
    if choice.paths:
        return read_exposures(list(choice.paths))
    raise ValueError(f"data of the kind {choice.kind} can't be opened again")


def scene_of(choice: DataChoice, exposures: Sequence[Exposure]) -> Scene | None:
    """What is truly there, where the visits are made ones; None where nobody knows.

    Raises
    ------
    ValueError
        If a scene lies beside the visits' files but can't be read.
    """
    if choice.kind == "made" and choice.made is not None:
        return made_scene(choice.made)
    if choice.kind == "scene" and choice.name in FIELDS:
        return made_scene(FIELDS[choice.name])
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
