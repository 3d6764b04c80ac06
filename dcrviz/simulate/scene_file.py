"""Scenes in files: the scene.yaml that a simulation leaves beside its warps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from dcrviz.records import Exposure
from dcrviz.simulate.scene import Scene
from dcrviz.simulate.scene_mapping import scene_from_mapping
from dcrviz.yaml_text import load_yaml

SCENE_FILE = "scene.yaml"


def read_scene(path: str | Path) -> Scene:
    """The scene of a file, as `scene_from_mapping` reads it.

    Raises
    ------
    ValueError
        If the file can't be read, or holds no scene.
    """
    try:
        mapping = load_yaml(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"{path}: must be a YAML file; got {error}") from error
    if not isinstance(mapping, dict):
        raise ValueError(f"{path}: must hold a mapping; got {type(mapping).__name__}")
    try:
        return scene_from_mapping(mapping)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(
            f"{path}: must be a scene as in the {SCENE_FILE} of a simulation; got {error}"
        ) from error


def scene_beside(exposures: Sequence[Exposure]) -> Scene | None:
    """The scene that lies beside the files of all these visits; None if there is no such one."""
    folders = {Path(exposure.source).parent for exposure in exposures if exposure.source}
    if len(folders) != 1 or not all(exposure.source for exposure in exposures):
        return None
    path = folders.pop() / SCENE_FILE
    return read_scene(path) if path.is_file() else None
