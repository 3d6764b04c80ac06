"""Configurations as YAML files: every knob, with its unit and meaning."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from dcrviz.config import AssembleConfig
from dcrviz.io.atomic import atomic_write
from dcrviz.io.knob_values import lsst_names, plain, with_knobs
from dcrviz.suggest import unknown
from dcrviz.yaml_text import load_yaml

_HEADER = "# Knobs of a dcrviz run. null is automatic; a knob that is left out has its default.\n"


def write_config(config: AssembleConfig, path: str | Path) -> None:
    """Write a configuration so that `read_config` gives it back."""
    with atomic_write(path) as temporary:
        temporary.write_text(config_text(config), encoding="utf-8")


def read_config(path: str | Path, *, base: AssembleConfig | None = None) -> AssembleConfig:
    """Read a configuration; knobs that the file leaves out are those of `base`, or their defaults.

    Raises
    ------
    ValueError
        If the file cannot be read, is no YAML mapping, repeats a key, has an unknown knob, or
        breaks a knob's rule; names the file.
    """
    entries, known = _entries(Path(path)), AssembleConfig.knobs()
    for name in entries:
        if name not in known:
            raise ValueError(f"{path}: {_unknown_knob(str(name))}")
    return with_knobs(base or AssembleConfig(), entries, where=f"{path}: ")


def config_text(config: AssembleConfig) -> str:
    """The configuration as YAML, every knob under a comment that explains it."""
    return "\n".join([_HEADER, *_lines(config)]) + "\n"


def _lines(config: AssembleConfig) -> Iterator[str]:
    for group, members in groupby(AssembleConfig.knobs().items(), key=lambda item: item[1].group):
        yield f"# --- {group} ---"
        for name, knob in members:
            yield f"# {knob.doc}" + (f" [{knob.unit}]" if knob.unit else "")
            yield _entry(name, getattr(config, name))
        yield ""


def _entry(name: str, value: Any) -> str:
    listed = plain(value)
    entry = {name: list(listed) if isinstance(listed, tuple) else listed}
    # In flow style, less its braces, every value stays on the line of its knob.
    flow = yaml.safe_dump(entry, default_flow_style=True, sort_keys=False, width=float("inf"))
    return flow.strip()[1:-1]


def _entries(path: Path) -> dict[Any, Any]:
    try:
        entries = load_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: a config file must be readable; got {error.strerror}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        sentence = " ".join(str(error).split())
        raise ValueError(f"{path}: a config file must be YAML; got {sentence}") from error
    if not isinstance(entries, dict):
        raise ValueError(
            f"{path}: a config file must map knobs to values, as in 'n_subfilters: 3'; got "
            f"{'nothing' if entries is None else type(entries).__name__}"
        )
    return entries


def _unknown_knob(name: str) -> str:
    if name in lsst_names():
        return f"unknown knob {name!r}; did you mean {lsst_names()[name]!r}?"
    return unknown("knob", name, AssembleConfig.knobs())
