"""Lessons in files: short YAML, in which each step names what is other than in the step before."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from dcrviz.bundled import bundled
from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.panels import ROW_NAMES
from dcrviz.engine import Outcome
from dcrviz.io.entries import Entries
from dcrviz.io.knob_values import with_knob
from dcrviz.lessons.claims import NUMBERS
from dcrviz.lessons.records import END, Claim, Lesson, LessonStep
from dcrviz.lessons.scenes import lesson_config, lesson_scenes
from dcrviz.suggest import unknown
from dcrviz.yaml_text import load_yaml

_FOLDER = "lessons"
_OF_LESSON = ("title", "about", "steps")
_OF_STEP = ("scene", "knobs", "iteration", "rows", "look", "question", "caption", "expect")
_BOUNDS = tuple(f"{name}_{side}" for name in NUMBERS for side in ("above", "below"))
_OF_CLAIM = ("outcome", "verdicts", "not_verdicts", "rises", "falls", *_BOUNDS)
_OUTCOMES = tuple(outcome.name.lower() for outcome in Outcome)
_FIRST_ROWS = ("plane", "minus_mean")
_MOST_BYTES = 200_000


def lesson_names() -> tuple[str, ...]:
    """The lessons that come with the package, in the order in which they build on each other."""
    return tuple(path.stem[3:] for path in _included())


def read_lesson(name: str) -> Lesson:
    """A lesson that comes with the package, by its name, or of a file.

    Raises
    ------
    ValueError
        If there is none of that name, or the file breaks a rule; names file, step, key, rule and
        value.
    """
    paths = [path for path in _included() if path.stem[3:] == name]
    if paths:
        return _included_lesson(paths[0])
    path = Path(name)
    if not path.suffix and not path.exists():
        raise ValueError(unknown("lesson", name, lesson_names()))
    return _lesson_in(path, name=path.stem)


@cache
def _included_lesson(path: Path) -> Lesson:
    """Read once: every page asks for the titles of all."""
    return _lesson_in(path, name=path.stem[3:])


def _lesson_in(path: Path, *, name: str) -> Lesson:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: must be a text file; got {error}") from error
    return lesson_from(text, where=str(path), name=name)


def lesson_from(text: str, *, where: str, name: str) -> Lesson:
    """The lesson of a file's text.

    Raises
    ------
    ValueError
        As `read_lesson`.
    """
    if len(text) > _MOST_BYTES:
        raise ValueError(f"{where}: must be at most {_MOST_BYTES} characters; got {len(text)}")
    try:
        document = load_yaml(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(f"{where}: must be YAML; got {error}") from error
    if not isinstance(document, dict):
        raise ValueError(f"{where}: must hold a mapping; got {type(document).__name__}")
    entries = _checked(Entries(values=document, where=where), _OF_LESSON)
    steps: list[LessonStep] = []
    for number, value in enumerate(entries.list("steps"), 1):
        if not isinstance(value, dict):
            raise ValueError(f"{where}: step {number} must be a mapping; got {value!r:.80}")
        step = _checked(Entries(values=value, where=f"{where}: step {number}"), _OF_STEP)
        steps.append(_step(step, steps[-1] if steps else None))
    if not steps:
        raise ValueError(f"{where}: steps must be one or more; got none")
    return Lesson(
        name=name,
        title=_words(entries, "title"),
        about=_words(entries, "about"),
        steps=tuple(steps),
    )


@cache
def _included() -> tuple[Path, ...]:
    """Files whose names begin with the lesson's number."""
    return tuple(sorted(bundled(_FOLDER).glob("??-*.yaml")))


def _checked(entries: Entries, known: tuple[str, ...]) -> Entries:
    """The same, once all its keys are known."""
    for key in entries.values:
        if key not in known:
            raise ValueError(f"{entries.where}: {unknown('key', str(key), known)}")
    return entries


def _words(entries: Entries, key: str) -> str:
    """Text that says something, in one line."""
    text = " ".join(entries.text(key).split())
    if not text:
        raise ValueError(f"{entries.where}: {key} must say something; got nothing")
    return text


def _step(entries: Entries, before: LessonStep | None) -> LessonStep:
    """What a step does not name is as in the step before; a scene begins with its own knobs."""
    values = entries.values
    if before is None and "scene" not in values:
        raise ValueError(f"{entries.where}: scene must be there in the first step; got none")
    scene = _scene(entries) if "scene" in values or before is None else before.scene
    anew = before is None or "scene" in values
    kept: Mapping[str, Any] = {} if before is None or anew else before.knobs
    knobs = {**kept, **(_knobs(entries, scene) if "knobs" in values else {})}
    iteration = before.iteration if before is not None and not (anew or "knobs" in values) else 0
    return LessonStep(
        scene=scene,
        knobs=MappingProxyType(knobs),
        iteration=_iteration(entries) if "iteration" in values else iteration,
        rows=_rows(entries) if "rows" in values else (before.rows if before else _FIRST_ROWS),
        look=_look(entries) if values.get("look") is not None else None,
        question=_words(entries, "question") if "question" in values else "",
        caption=_words(entries, "caption"),
        expect=_claim(entries.inner("expect")) if "expect" in values else Claim(),
    )


def _scene(entries: Entries) -> str:
    word = entries.text("scene")
    if word not in lesson_scenes():
        raise ValueError(f"{entries.where}: {unknown('scene', word, lesson_scenes())}")
    return word


def _knobs(entries: Entries, scene: str) -> dict[str, Any]:
    """As the knobs hold them."""
    config, knobs = lesson_config(scene, {}), {}
    for name, value in entries.inner("knobs").values.items():
        if name not in AssembleConfig.knobs():
            known = list(AssembleConfig.knobs())
            raise ValueError(f"{entries.where}: {unknown('knob', str(name), known)}")
        config = with_knob(config, name, value, where=f"{entries.where}: ")
        knobs[name] = getattr(config, name)
    return knobs


def _iteration(entries: Entries) -> int:
    if entries.value("iteration") == "end":
        return END
    try:
        return entries.whole("iteration")
    except ValueError as error:
        got = entries.value("iteration")
        rule = "iteration must be a whole number of at least 0, or end"
        raise ValueError(f"{entries.where}: {rule}; got {got!r}") from error


def _names(
    entries: Entries, key: str, *, kind: str, known: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """One name, or a list of them."""
    value = entries.value(key)
    names = [value] if isinstance(value, str) else entries.list(key)
    for name in names:
        if not isinstance(name, str):
            raise ValueError(f"{entries.where}: {key} must be names; got {name!r:.80}")
        if known and name not in known:
            raise ValueError(f"{entries.where}: {unknown(kind, name, known)}")
    return tuple(names)


def _rows(entries: Entries) -> tuple[str, ...]:
    rows = _names(entries, "rows", kind="row", known=ROW_NAMES)
    if not rows:
        raise ValueError(f"{entries.where}: rows must be one or more; got none")
    return rows


def _look(entries: Entries) -> tuple[int, int]:
    place = entries.list("look")
    if len(place) != 2 or not all(type(one) is int and one >= 0 for one in place):
        raise ValueError(f"{entries.where}: look must be a pixel, x and y; got {place!r:.80}")
    return place[0], place[1]


def _claim(entries: Entries) -> Claim:
    values = _checked(entries, _OF_CLAIM).values

    def names(key: str, kind: str, known: tuple[str, ...] = ()) -> tuple[str, ...]:
        return _names(entries, key, kind=kind, known=known) if key in values else ()

    def bounds(side: str) -> Mapping[str, float]:
        keys = {name: f"{name}_{side}" for name in NUMBERS}
        return {name: entries.number(key) for name, key in keys.items() if key in values}

    return Claim(
        outcome=entries.one_of("outcome", _OUTCOMES) if "outcome" in values else "",
        verdicts=names("verdicts", "verdict"),
        not_verdicts=names("not_verdicts", "verdict"),
        above=bounds("above"),
        below=bounds("below"),
        rises=names("rises", "number", tuple(NUMBERS)),
        falls=names("falls", "number", tuple(NUMBERS)),
    )
