"""The differences from LSST's task of 2019, each with what it changes as measured."""

from __future__ import annotations

from collections.abc import Callable

from measured import results, table

_HEAD = ("In 2019", "Here", "What it changes")
_SCORES_HEAD = ("Scene", "", "Outcome", "It.", "Metric", "Colour slope", "Planes", "Templates")
_RUNS = {"lsst-2019": "as in 2019", "here": "here"}
_STARS = 2500
"""Of DMTN-037's field, to which its page scales the counts."""


def difference_table() -> str:
    """What only changes numbers: each with a measured effect."""
    return table(_HEAD, [(then, here, effect()) for then, here, effect in _ROWS])


def scores_table() -> str:
    """The scenes behind the effects, with every number before and after."""
    rows = [_scores_row(name, run) for name in _SCORED for run in _RUNS]
    return table(("Difference", *_SCORES_HEAD), rows)


def _scores_row(name: str, run: str) -> tuple[str, ...]:
    found = results(f"differences/{name}")
    scores, is_first = found[run], run == "lsst-2019"
    return (
        name.replace("_", " ") if is_first else "",
        found["scene"] if is_first else "",
        _RUNS[run],
        scores["outcome"].lower(),
        str(scores["iterations"]),
        f"{scores['metric']:.3g}",
        f"{scores['colour_slope']:.2f}",
        f"{scores['plane_sigma']:.2f}",
        f"{scores['template_sigma']:.2f}",
    )


def _pair(name: str, key: str, digits: int) -> str:
    """A score as in 2019 and here."""
    found = results(f"differences/{name}")
    then, here = (found[run][key] for run in _RUNS)
    return f"{then:.{digits}f} to {here:.{digits}f}"


def _slopes(name: str, before: str = "") -> Callable[[], str]:
    def words() -> str:
        slope, templates = _pair(name, "colour_slope", 2), _pair(name, "template_sigma", 2)
        return f"{before}colour slope {slope}, templates off by {templates} sigma"

    return words


def _refraction() -> str:
    rows = results("differences/refraction")["rows"]
    airmass = ", ".join(f"{row['airmass']:g}" for row in rows)
    whole = ", ".join(f"{row['absolute_mas']:.0f}" for row in rows)
    across = ", ".join(f"{row['across_g_mas']:.1f}" for row in rows)
    return (
        f"too large at airmass {airmass} by {whole} mas of absolute refraction; by {across} mas "
        "from end to end of g, which is what a fit sees"
    )


def _empty_visit() -> str:
    metric = _pair("metric_of_empty_visits", "metric", 4)
    return f"one such visit: metric at the end {metric}, and nothing else"


def _divergence() -> str:
    metric = _pair("on_divergence", "metric", 2)
    templates = _pair("on_divergence", "template_sigma", 2)
    slope = _pair("on_divergence", "colour_slope", 2)
    return (
        f"a gain that is too high: metric {metric}, templates off by {templates} sigma; planes of "
        f"an earlier iteration have flatter colours, slope {slope}"
    )


def _tiling() -> str:
    found = results("differences/subregion_mode")
    then, here = (100 * found[run]["of_peak"] for run in _RUNS)
    return f"nine subregions against one: planes differ by {then:.0f} % of the peak; here {here:g}"


def _published() -> str:
    detections, colours = results("published/detections"), results("published/colours")
    scale = _STARS / detections["settings"]["n_stars"]
    then, here = (
        scale * detections["parts"][solver]["counts"][solver][0][0]
        for solver in ("lsst-2019", "direct")
    )
    stops = colours["parts"]["lsst-2019"]["stars 1"]["stops"]["0.001"]
    return (
        f"{_slopes('solver')()}; one step in place of {stops} iterations; at 30 degrees of "
        f"elevation false detections {then:.0f} to {here:.0f} for {_STARS} stars "
        "([published numbers](../published.md))"
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
        "both as Stone and Owens have them: equations {eq}`eq-refraction` and {eq}`eq-densities`",
        _refraction,
    ),
    (
        "Direction: the sign of x is wrong where east is left, and the mean of arctangents breaks "
        "at 180 degrees",
        "the zenith through the WCS: equation {eq}`eq-direction`",
        _slopes("direction", "angles with the wrong sign: "),
    ),
    (
        "A good pixel counts as 1; variance and weight of a visit never reach the fit",
        "inverse variance times visit weight ({knob}`weights`)",
        _slopes("weights", "three visits with three times the noise: "),
    ),
    (
        "Noise: standard deviation of the background, NaN where all is detected",
        "a robust estimate, of all pixels if there is no background ({knob}`noise_estimator`)",
        _slopes("noise_estimator", "on a healthy field next to nothing: "),
    ),
    (
        "A visit without a usable pixel counts as a perfect 0 in the metric",
        "it is left out, and listed ({knob}`metric_of_empty_visits`)",
        _empty_visit,
    ),
    (
        "A run that gets worse can end as finished, with its last planes",
        "it has diverged, and its best planes come back ({knob}`on_divergence`)",
        _divergence,
    ),
    (
        "Subregions run one after another; their templates lack the buffer",
        "`seamless` advances all as one, and tiling changes nothing ({knob}`subregion_mode`; "
        "`sequential` is still the default)",
        _tiling,
    ),
    (
        "Artifacts are marked CLIPPED, and fitted",
        "they are left out, but where refraction may explain them ({knob}`on_artifact`)",
        _slopes("on_artifact", "a trail and a flare: "),
    ),
    (
        "All visits are taken for equally sharp",
        "`direct` and `pcg` fit the seeing of each ({knob}`fit_seeing`; [how](../seeing.md))",
        _slopes("fit_seeing", "three of ten visits blurred: "),
    ),
    (
        "An iteration with clamps, which hold it from its fixed point",
        "also least squares in one step ({knob}`solver`; [which](../solvers.md))",
        _published,
    ),
)
