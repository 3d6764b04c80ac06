"""The scenes of lessons: what comes with the package, by word, with the knobs they begin with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcrviz.bundled import bundled
from dcrviz.config import AssembleConfig
from dcrviz.io import read_exposures
from dcrviz.records import Exposure
from dcrviz.simulate import library_exposures, library_knobs, library_words

FIELD = "field"
"""The word of the bundled field."""


def lesson_scenes() -> tuple[str, ...]:
    """Every word that a step may name."""
    return (FIELD, *library_words())


def lesson_exposures(scene: str) -> list[Exposure]:
    """The visits of a scene; the same pixels each time."""
    return read_exposures(bundled(FIELD)) if scene == FIELD else library_exposures(scene)


def lesson_config(scene: str, knobs: Mapping[str, Any]) -> AssembleConfig:
    """The knobs of a scene with others besides."""
    own = {} if scene == FIELD else library_knobs(scene)
    return AssembleConfig(**own).with_values(**knobs)
