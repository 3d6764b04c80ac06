"""The table of all knobs, from their declarations."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from dcrviz.config import PRESETS, AssembleConfig
from dcrviz.config_rules import acts_in
from dcrviz.io.knob_values import in_words, rule

_METHOD, _SEEING, _SOLVERS = "../explanation/method.md", "../seeing.md", "../solvers.md"
EQUATIONS = {
    "n_subfilters": "eq-model",
    "band": "eq-amplitude",
    "split_subfilters": "eq-split",
    "wavelengths_per_subfilter": "eq-split",
    "throughput": "eq-split",
    "slice_spectrum": "eq-split",
    "split_threshold": "eq-split",
    "interpolation_order": "eq-shift",
    "subregion_mode": "eq-buffer",
    "subregion_size": "eq-buffer",
    "use_model_weights": "eq-omega",
    "model_weights_width": "eq-omega",
    "convergence_planes": "eq-omega",
    "hold_to_template": "eq-omega",
    "weights": "eq-weights",
    "airmass_weight": "eq-weights",
    "visit_factors": "eq-weights",
    "bad_planes": "eq-weights",
    "count_images": "eq-weights",
    "solver": "eq-least-squares",
    "tolerance": "eq-normal",
    "positivity": "eq-least-squares",
    "fit_seeing": "eq-least-squares",
    "model_fwhm": "eq-normal",
    "max_iterations": "eq-check",
    "min_iterations": "eq-check",
    "convergence_threshold": "eq-check",
    "use_convergence": "eq-check",
    "on_divergence": "eq-check",
    "metric_of_empty_visits": "eq-metric",
    "base_gain": "eq-gain",
    "use_progressive_gain": "eq-gain",
    "accelerate": "eq-amplify",
    "clamp_iterations": "eq-clamp-change",
    "clamp_subfilters": "eq-clamp-spectrum",
    "clamp_width": "eq-smooth-ratio",
    "noise_estimator": "eq-importance",
    "max_epochs": "eq-epochs",
    "max_epoch_fraction_low": "eq-epochs",
    "max_epoch_fraction_high": "eq-epochs",
    "spatial_threshold": "eq-epochs",
}
"""Label of the equation of the method page in which a knob acts."""
_PAGES = {
    "Seeing": f"[seeing]({_SEEING})",
    "Artifacts": "[artifacts](../artifacts.md)",
    "Template coadd": f"[method, 7]({_METHOD}#method-7)",
    "Outputs": f"[method, 8]({_METHOD}#method-8)",
    "Computing": "[large fields](../large.md)",
}
"""Where the knobs of a group are explained that act in no equation of their own."""
_HEAD = ("Knob, *LSST's name*", "Default, *LSST's presets*", "May be", "What it does, and where")


def knob_table() -> str:
    """A section for each group of knobs, in the order of declaration."""
    knobs = AssembleConfig.knobs()
    names = sorted(knobs, key=lambda name: _places(knobs)[knobs[name].group])
    return "\n".join(
        f"## {group}\n\n{_table(knobs, list(members))}"
        for group, members in groupby(names, key=lambda name: knobs[name].group)
    )


def knob_anchor(name: str) -> str:
    """Name of a knob's row on its page, in which docutils leaves no underscore."""
    return f"knob-{name.replace('_', '-')}"


def _places(knobs: dict[str, Any]) -> dict[str, int]:
    """Groups in the order of their first knobs; those of the fit come before its surroundings."""
    late = ("Seeing", "Artifacts")
    groups = list(dict.fromkeys(knob.group for knob in knobs.values()))
    ordered = sorted(groups, key=lambda group: group in late)
    return {group: place for place, group in enumerate(ordered)}


def _table(knobs: dict[str, Any], names: list[str]) -> str:
    lines = [_HEAD, ["---"] * len(_HEAD), *(_row(name, knobs[name]) for name in names)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _row(name: str, knob: Any) -> list[str]:
    equation = f"<br>`{_escaped(knob.equation)}`" if knob.equation else ""
    when = "starts anew" if acts_in(name) == "prepare" else "acts at once"
    unit = f"<br>unit: {knob.unit}" if knob.unit else ""
    theirs = "<br>".join(f"*{part}*" for part in _parts(knob.lsst))
    return [
        f"[`{name}`]{{#{knob_anchor(name)}}}" + (f"<br>{theirs}" if theirs else ""),
        _defaults(name, knob),
        f"{rule(knob)}{unit}",
        f"{_escaped(knob.doc)}{equation}<br>{_place(name, knob)}; {when}",
    ]


def _parts(name: str) -> list[str]:
    """LSST's name in lines that are not too long for a column."""
    head, dot, field = name.rpartition(".")
    return [part for part in (head + dot, field) if part]


def _defaults(name: str, knob: Any) -> str:
    """The default, and what LSST's presets have if that is another."""
    others = {
        preset: in_words(values[name]) for preset, values in PRESETS.items() if name in values
    }
    words = [in_words(knob.default)]
    if len(set(others.values())) == 1 and len(others) > 1:
        words.append(f"*{next(iter(others.values()))}*")
    else:
        words += [f"*{preset}: {value}*" for preset, value in others.items()]
    return "<br>".join(words)


def _place(name: str, knob: Any) -> str:
    if name in EQUATIONS:
        return f"equation {{eq}}`{EQUATIONS[name]}`"
    return _PAGES[knob.group]


def _escaped(text: str) -> str:
    """What stands in a cell: its bars are none of the table."""
    return text.replace("|", "\\|")
