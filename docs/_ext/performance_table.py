"""The performance page: one line for each case that was measured."""

from __future__ import annotations

from typing import Any

from measured import DOCS, results, table

_HEAD = ("Case", "Plain, s", "Here, s", "Ratio", "Wall, ratio", "Largest difference")
_BUSY = 0.8
"""Load beside the benchmark's own threads above which times may be off."""


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
        f"{off:.0e} of the peak".replace("e-0", "e-") if off is not None else "another solution",
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
    beside = max((case["load"] - case["threads"] for case in cases), default=0)
    if beside > _BUSY:
        words.append(
            f"The machine had other work meanwhile (a load of up to {beside:.1f} beside the "
            "benchmark's own), so that times may be off."
        )
    return words
