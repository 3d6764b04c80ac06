"""Sentences about names that do not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def unknown(kind: str, name: str, known: Iterable[str], *, most: int = 1) -> str:
    """Error sentence for a name that does not exist, with at most so many of the nearest ones."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=most, cutoff=0.5)
    hint = (
        f"did you mean {' or '.join(map(repr, near))}?"
        if near
        else f"known are {', '.join(sorted(names))}"
    )
    return f"unknown {kind} {name!r}; {hint}"
