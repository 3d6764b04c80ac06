"""Which options are given, as a person writes them."""

from __future__ import annotations

import argparse

OF_VISITS = (
    "table",
    "template",
    "planes",
    "bright_objects",
    "band",
    "effective_nm",
    "min_nm",
    "max_nm",
    "measure_seeing",
)
"""Options that are told about visits."""
OF_KNOBS = ("config", "settings", "throughput", "preset", "solver")
"""Options that turn knobs."""
_NO_PRESET = ("preset", "default")
# What is called otherwise than it is kept; words without an option go by what the help calls them.
_WRITTEN = {
    "settings": "--set",
    "ranges": "--range",
    "paths": "PATH",
    "folder": "DIR",
    "run_folder": "RUN",
    "visit": "VISIT.fits",
}


def written(name: str) -> str:
    """An option as a person writes it, or a word as the help calls it."""
    return _WRITTEN.get(name) or f"--{name.replace('_', '-')}"


def given(options: argparse.Namespace, *names: str) -> list[str]:
    """Those of the options that are given, as a person writes them; not each command has all.

    Of ``paths`` each is one.
    """
    found: list[str] = []
    for name in names:
        value = getattr(options, name, None)
        if name == "paths":
            found += value or []
        elif value and (name, value) != _NO_PRESET:
            found.append(written(name))
    return found


def refuse_beside(options: argparse.Namespace, has_its_own: str, *names: str) -> None:
    """Raise if one of the options is given beside what has its own; a sentence tells what that is.

    Raises
    ------
    ValueError
        That names the first of them.
    """
    others = given(options, *names)
    if others:
        raise ValueError(f"{has_its_own}; got {others[0]} beside it")
