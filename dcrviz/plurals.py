"""Numbers of things in words."""

from __future__ import annotations

# Percents that are told without decimals, and never in powers of ten.
_WHOLE = 10


def counted(number: int, word: str) -> str:
    """``1 visit``, ``2 visits``."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def percent(share: float) -> str:
    """A share in words: ``3.2 %``, ``100 %``."""
    number = 100 * share
    return f"{number:.0f} %" if abs(number) >= _WHOLE else f"{number:.2g} %"
