"""Names and bit numbers of mask planes."""

from __future__ import annotations

from collections.abc import Mapping

USUAL_PLANES: Mapping[str, int] = {
    "BAD": 0,
    "SAT": 1,
    "INTRP": 2,
    "CR": 3,
    "EDGE": 4,
    "DETECTED": 5,
    "DETECTED_NEGATIVE": 6,
    "SUSPECT": 7,
    "NO_DATA": 8,
}
"""Bit numbers for planes that an input does not define, as LSST's files usually number them."""

UNTRUE_PLANES = ("NO_DATA", "BAD", "SAT", "CR", "SUSPECT", "EDGE", "INTRP")
"""In these a pixel does not show the light of its place, which stars are measured by."""
