"""Numbers for tables and JSON, which have no NaN."""

from __future__ import annotations

import math


def finite_or_none(value: float) -> float | None:
    """The value as a plain number, or None where it is not finite."""
    return float(value) if math.isfinite(value) else None
