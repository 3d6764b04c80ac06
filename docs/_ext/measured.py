"""Measured numbers that pages take from the JSON of the benchmarks, so that none is typed."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1]


@cache
def results(name: str) -> Any:
    """What a benchmark has kept, such as ``published/colours``."""
    return json.loads((DOCS / f"{name}.json").read_text(encoding="utf-8"))


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table as Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
