"""Numbers of things in words."""

from __future__ import annotations


def counted(number: int, word: str) -> str:
    """``1 visit``, ``2 visits``."""
    return f"{number} {word}{'' if number == 1 else 's'}"
