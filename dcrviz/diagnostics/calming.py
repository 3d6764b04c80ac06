"""What calms a fit that overshoots."""

from __future__ import annotations

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import auto_values
from dcrviz.diagnostics.verdict import Remedy
from dcrviz.engine import Problem

MODEST_SUBFILTERS = 3
"""Planes that eight visits or so can tell apart."""
_CALM = 0.4


def calmer(problem: Problem, config: AssembleConfig) -> tuple[Remedy, ...]:
    """The knobs that are bolder than usual back to usual, fewer planes, and a solver that is exact.

    The likeliest first: planes beyond what visits tell, clamps that are off, more than the usual
    acceleration, then a gain below that of so many planes.
    """
    usual = AssembleConfig()
    auto = auto_values(config.n_subfilters)["base_gain"]
    gain = config.base_gain or auto
    remedies = []
    if problem.n_subfilters > MODEST_SUBFILTERS:
        remedies.append(
            Remedy(
                sentence=f"Lower n_subfilters to {MODEST_SUBFILTERS}.",
                knobs={"n_subfilters": MODEST_SUBFILTERS},
            )
        )
    off = {
        name: getattr(usual, name)
        for name in ("clamp_iterations", "clamp_subfilters")
        if not getattr(config, name)
    }
    if off:
        names = " and ".join(f"{name} back to {value:g}" for name, value in off.items())
        remedies.append(Remedy(sentence=f"Set {names}.", knobs=off))
    if config.accelerate > usual.accelerate:
        remedies.append(
            Remedy(
                sentence=f"Lower accelerate to {usual.accelerate:g}.",
                knobs={"accelerate": usual.accelerate},
            )
        )
    lower = _CALM * min(auto, gain)
    remedies.append(
        Remedy(sentence=f"Lower base_gain to {lower:.2g}.", knobs={"base_gain": round(lower, 3)})
    )
    remedies.append(
        Remedy(
            sentence="Solve in closed form, which takes no steps that could go too far.",
            knobs={"solver": "direct"},
        )
    )
    return tuple(remedies)
