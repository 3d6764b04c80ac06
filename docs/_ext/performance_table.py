"""The performance page: one line for each case that was measured."""

from __future__ import annotations

from typing import Any

from measured import DOCS, results, table

_HEAD = ("Case", "Plain, s", "Here, s", "Ratio", "Wall, ratio", "Largest difference")
_BUSY = 0.5
"""Load, in processes that ran already, from which times of pairs may be off."""


def performance_table() -> str:
    """All cases with their machine, and a word where it had other work."""
    names = sorted(path.stem for path in (DOCS / "performance").glob("*.json"))
    cases = [results(f"performance/{name}") for name in names]
    cases.sort(key=lambda case: (case["solver"], case["size"], case["visits"], -case["order"]))
    rows = table(_HEAD, [_row(case) for case in cases])
    return "\n".join([rows, *_words(cases), ""])


def _row(case: dict[str, Any]) -> tuple[str, ...]:
    off = case.get("worst_plane")
    return (
        _title(case),
        f"{case['plain_seconds']:.3g}",
        f"{case['seconds']:.3g}",
        f"{case['ratio']:.0f}",
        f"{case['wall_ratio']:.0f}",
        f"{off:.1g} of the peak" if off is not None else "another solution",
    )


def _title(case: dict[str, Any]) -> str:
    what = "one iteration"
    if case["solver"] == "direct":
        iterations, wavelengths = case["plain_iterations"], case["wavelengths"]
        what = (
            f"`direct` with {wavelengths} wavelengths in a subfilter: the whole solution "
            f"against {iterations} iterations"
        )
    order = {1: "linear", 3: "cubic"}.get(case["order"], f"order {case['order']}")
    threads = f", {case['threads']} threads" if case["threads"] > 1 else ""
    return (
        f"{what}, {case['size']} x {case['size']}, {case['visits']} visits, "
        f"{case['subfilters']} subfilters, {order}{threads}"
    )


def _words(cases: list[dict[str, Any]]) -> list[str]:
    machines = sorted({case["machine"] for case in cases})
    words = [f"Measured on {', '.join(machines)}."]
    busy = max((case["load"] for case in cases), default=0)
    if busy > _BUSY:
        words.append(
            f"The machine had other work meanwhile (a load of up to {busy:g}), "
            "so that times may be off."
        )
    return words
