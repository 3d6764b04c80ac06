"""Numbers on the command line, with their limits."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads an option's whole number from low to high."""

    def read(text: str) -> int:
        number = int(text) if re.fullmatch(r"\s*[+-]?\d+\s*", text) else None
        if number is None or not low <= number <= high:
            raise argparse.ArgumentTypeError(
                f"must be a whole number from {low} to {high}; got {text!r}"
            )
        return number

    return read


def real(low: float, high: float) -> Callable[[str], float]:
    """Reads an option's number from low to high."""

    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"must be a number from {low} to {high}; got {text!r}")
        return number

    return read
