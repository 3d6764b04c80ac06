"""What each number of `live.py` must reach, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """What a number must not exceed, or must reach."""

    most: float | None = None
    least: float | None = None

    def reached(self, value):
        """Whether it is so."""
        return (self.most is None or value <= self.most) and (
            self.least is None or value >= self.least
        )


LIMITS = {
    "live256.updates_per_s": Limit(least=10),
    "live256.p95_ms": Limit(most=150),
    "live256.server_cpu_ms": Limit(most=15),
    "live256.mb_per_update": Limit(most=1),
    "live512.updates_per_s": Limit(least=4),
    "scrub.bytes": Limit(most=0),
    "blink.bytes": Limit(most=0),
    "look.bytes": Limit(most=0),
    "zoom.bytes": Limit(most=0),
    "readout.at_once_ms": Limit(most=50),
    "readout.exact_ms": Limit(most=200),
    "crop.ms": Limit(most=500),
    "pause.pause_worst_ms": Limit(most=100),
    "pause.stop_worst_ms": Limit(most=100),
    "load.first_picture_s": Limit(most=3.5),
    "sessions.median_ms": Limit(most=250),
    "history.server_growth": Limit(most=0.1),
    "history.browser_growth": Limit(most=0.1),
    "sigterm.s": Limit(most=2),
}


def judged(case, numbers):
    """The numbers of a case with what they must reach."""
    found = {}
    for name, value in numbers.items():
        limit = LIMITS.get(f"{case}.{name}")
        found[name] = {"value": value}
        if limit is not None:
            bounds = {"most": limit.most, "least": limit.least}
            found[name] |= {key: bound for key, bound in bounds.items() if bound is not None}
            found[name]["reached"] = limit.reached(value)
    return found


def show(case, numbers):
    """One line for each number."""
    for name, number in numbers.items():
        bound = next((f"{key} {number[key]:g}" for key in ("most", "least") if key in number), "")
        verdict = {True: "reached", False: "NOT REACHED"}.get(number.get("reached"), "")
        print(f"{case + '.' + name:>30} {number['value']:12.4g}  {bound:<12} {verdict}", flush=True)
