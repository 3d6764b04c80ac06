"""The differences from LSST's task of 2019, each with what it changes as measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from measured import results, table

_HEAD = ("In 2019", "Here", "What it changes")


def difference_table() -> str:
    """What only changes numbers: each with a measured effect."""
    return table(_HEAD, [(then, here, effect()) for then, here, effect in _ROWS])


def scores_table() -> str:
    """The scenes behind the effects, with every number before and after."""
    head = ("Difference", "Scene", "", "Outcome", "It.", "Metric", "Colour slope", "Planes", "Templates")
    rows = []
    for name in _SCORED:
        found = results(f"differences/{name}")
        for run, words in (("lsst-2019", "as in 2019"), ("here", "here")):
            scores = found[run]
            rows.append(
                (
                    name.replace("_", " ") if run == "lsst-2019" else "",
                    found["scene"] if run == "lsst-2019" else "",
                    words,
                    scores["outcome"].lower(),
                    str(scores["iterations"]),
                    f"{scores['metric']:.3g}",
                    f"{scores['colour_slope']:.2f}",
                    f"{scores['plane_sigma']:.2f}",
                    f"{scores['template_sigma']:.2f}",
                )
            )
    return table(head, rows)


def _pair(name: str, key: str, digits: int) -> str:
    """A score as in 2019 and here."""
    found = results(f"differences/{name}")
    then, here = (found[run][key] for run in ("lsst-2019", "here"))
    return f"{then:.{digits}f} to {here:.{digits}f}"


def _refraction() -> str:
    rows = results("differences/refraction")["rows"]
    airmass = ", ".join(f"{row['airmass']:g}" for row in rows)
    whole = ", ".join(f"{row['absolute_mas']:.0f}" for row in rows)
    across = ", ".join(f"{row['across_g_mas']:.1f}" for row in rows)
    return (
        f"too large at airmass {airmass} by {whole} mas of absolute refraction; {across} mas across g, "
        "which is what a fit sees"
    )


def _slopes(name: str) -> Callable[[], str]:
    return lambda: f"colour slope {_pair(name, 'colour_slope', 2)}, templates off by {_pair(name, 'template_sigma', 2)} sigma"


def _tiling() -> str:
    found = results("differences/subregion_mode")
    then, here = (100 * found[run]["of_peak"] for run in ("lsst-2019", "here"))
    return f"nine subregions against one: planes differ by {then:.0f} % of the peak; {here:.0f} % here"


def _published() -> str:
    parts = results("published/colours")["parts"]
    lowest = results("published/detections")["parts"]
    scale = 2500 / results("published/detections")["settings"]["n_stars"]
    then, here = (
        scale * lowest[name]["counts"][name][0][0] for name in ("lsst-2019", "direct")
    )
    steps = [list(parts[name]["stars 1"]["stops"].values())[-1] for name in ("lsst-2019", "direct")]
    return (
        f"{_slopes('solver')()}; false detections at 30 degrees of elevation {then:.0f} to {here:.0f} "
        f"for 2500 stars, iterations {steps[0]} to {steps[1]} ([published numbers](../published.md))"
    )


_SCORED = (
    "direction",
    "weights",
    "noise_estimator",
    "metric_of_empty_visits",
    "on_divergence",
    "on_artifact",
    "fit_seeing",
    "solver",
)

_ROWS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    (
        "Refraction: a plus before the cubic term, and 7.75141e-4 in the density of water vapour",
        "both as Stone and Owens have them: {eq}`eq-refraction`, {eq}`eq-densities`",
        _refraction,
    ),
    (
        "Direction: the sign of x is wrong where east is left; averaged arctangents break at 180 degrees",
        "the zenith through the WCS: {eq}`eq-direction`",
        lambda: f"angles with the wrong sign: {_slopes('direction')()}",
    ),
    (
        "A good pixel counts as 1; variance and weight of a visit never reach the fit",
        "inverse variance times visit weight ({knob}`weights`)",
        lambda: f"three of the visits with three times the noise: {_slopes('weights')()}",
    ),
    (
        "Noise: standard deviation of the background, NaN where all is detected",
        "a robust estimate, of all pixels if there is no background ({knob}`noise_estimator`)",
        lambda: f"on a healthy field next to nothing: {_slopes('noise_estimator')()}",
    ),
    (
        "A visit without a usable pixel counts as a perfect 0 in the metric",
        "it is left out, and listed ({knob}`metric_of_empty_visits`)",
        lambda: "one such visit: metric at the end "
        + _pair("metric_of_empty_visits", "metric", 4)
        + ", and nothing else",
    ),
    (
        "A run that gets worse can end as finished, with its last planes",
        "it has diverged, and its best planes come back ({knob}`on_divergence`)",
        lambda: "a gain that is too high: metric "
        + _pair("on_divergence", "metric", 2)
        + ", templates off by "
        + _pair("on_divergence", "template_sigma", 2)
        + " sigma; the colours of the earlier planes are flatter, slope "
        + _pair("on_divergence", "colour_slope", 2),
    ),
    (
        "Subregions run one after another; their templates lack the buffer",
        "`seamless` advances all as one, and tiling changes nothing ({knob}`subregion_mode`; the default is still `sequential`)",
        _tiling,
    ),
    (
        "Artifacts are marked CLIPPED, and fitted",
        "they are left out of the fit, but where refraction may explain them ({knob}`on_artifact`)",
        lambda: f"a trail and a transient: {_slopes('on_artifact')()}",
    ),
    (
        "All visits are taken for equally sharp",
        "`direct` and `pcg` fit the seeing of each ({knob}`fit_seeing`; [how](../seeing.md))",
        lambda: f"three of ten visits blurred: {_slopes('fit_seeing')()}",
    ),
    (
        "An iteration with clamps, which end it before its fixed point",
        "also least squares in one step ({knob}`solver`; [which](../solvers.md))",
        _published,
    ),
)
