"""What follows from the knobs: when each acts, which is idle and why, what auto stands for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from dcrviz.artifact_config import ArtifactConfig
from dcrviz.config import FOURIER_SOLVERS, AssembleConfig, ProblemConfig
from dcrviz.cores import available_cores

# All but the switch itself.
_OF_THE_SEARCH = [name for name in ArtifactConfig.knobs() if name != "find_artifacts"]
# Where there are less, to wake another thread and to hand it the interpreter's lock takes longer
# than what it spares.
_PIXELS_OF_A_THREAD = 1 << 16


USUAL_VALUES = {"model_fwhm": 4.0, "seeing_exponent": -0.2}
"""Where what auto stands for depends on the visits: what is shown before they are known."""


def auto_values(n_subfilters: int, solver: str = "iterative") -> dict[str, float]:
    """What the knobs that may be None stand for then, for this number of subfilters N.

    Notes
    -----
    ALGORITHM.md section 6: the gain is 1 / (N - 1), or 1 for a single subfilter. In Fourier space
    many wavelengths cost no more than a few, and iterations go on until the equations are solved.
    Anderson's mixing is after N + 1 iterations where LSST's is after 3 N; to go on would fit noise.
    """
    in_fourier_space = solver in FOURIER_SOLVERS
    most = {"anderson": n_subfilters + 1, "direct": 30, "pcg": 30}
    return {
        "base_gain": 1.0 / (n_subfilters - 1) if n_subfilters > 1 else 1.0,
        "min_iterations": n_subfilters,
        "max_iterations": most.get(solver, 3 * n_subfilters),
        "n_threads": available_cores(),
        "wavelengths_per_subfilter": 8 if in_fourier_space else 2,
    }


def most_iterations(config: AssembleConfig, *, prepared: AssembleConfig | None = None) -> int:
    """How many iterations a subregion may take.

    Parameters
    ----------
    prepared
        Knobs with which the problem was prepared, if they may be others.

    Notes
    -----
    ALGORITHM.md section 6: LSST's task counts so that ``max_iterations + 2`` are run at most.
    """
    prepared = prepared or config
    if prepared.solver == "direct":
        return 1
    auto = auto_values(prepared.n_subfilters, prepared.solver)["max_iterations"]
    return int(config.max_iterations or auto) + 2


def most_threads(config: AssembleConfig) -> int:
    """How many threads share a loop over a large field."""
    return int(config.n_threads or available_cores())


def threads_of(config: AssembleConfig, shape: tuple[int, int]) -> int:
    """How many threads share a loop over fields of this shape.

    Unless the knob says, each has so much to do that it is worth its start.
    """
    if config.n_threads:
        return int(config.n_threads)
    return max(1, min(available_cores(), math.prod(shape) // _PIXELS_OF_A_THREAD))


def acts_in(knob: str) -> str:
    """``prepare`` when a change of the knob starts anew, ``advance`` when it acts at once."""
    return "prepare" if knob in ProblemConfig.knobs() else "advance"


def starts_anew(knobs: Iterable[str]) -> bool:
    """Whether changing these knobs invalidates the prepared problem."""
    return any(acts_in(knob) == "prepare" for knob in knobs)


def differing_knobs(runs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Knobs that do not have the same value in all of these, in the order of declaration."""
    first, *others = runs
    return [name for name in first if any(other[name] != first[name] for other in others)]


def idle_knobs(config: AssembleConfig) -> dict[str, str]:
    """Knobs that have no effect under this configuration, each with the reason."""
    fourier, direct = config.in_fourier_space, config.solver == "direct"
    rules = {
        "the solver is not direct or pcg": (not fourier, ["hold_to_template"]),
        "the solver is not pcg": (config.solver != "pcg", ["tolerance", "positivity"]),
        "the solver finds the planes in one step": (direct, ["max_iterations"]),
        "the solver stops by its own tolerance": (
            fourier,
            ["min_iterations", "convergence_threshold", "on_divergence"],
        ),
        "the solver takes whole steps, which nothing need clamp": (
            fourier,
            [
                "base_gain",
                "use_progressive_gain",
                "accelerate",
                "clamp_iterations",
                "clamp_subfilters",
                "clamp_width",
            ],
        ),
        "the solver takes light to be flat within a slice": (not fourier, ["slice_spectrum"]),
        "the solver shifts images in Fourier space": (fourier, ["split_threshold"]),
        "the solver has the whole field at once": (fourier, ["subregion_mode", "subregion_size"]),
        "the knob hold_to_template decides for this solver": (fourier, ["use_model_weights"]),
        "the solver holds nothing to the template": (
            fourier and not config.hold_to_template,
            ["model_weights_width"],
        ),
        "one wavelength has no smear within a slice": (
            config.wavelengths_per_subfilter == 1,
            ["split_threshold"],
        ),
        "the subfilters are not split": (not config.split_subfilters, ["split_threshold"]),
        "a subfilter that is not split is shifted once, by its midpoint": (
            not config.split_subfilters,
            ["wavelengths_per_subfilter"],
        ),
        "a subfilter that is not split has no wavelengths to weigh": (
            not config.split_subfilters,
            ["throughput", "slice_spectrum"],
        ),
        "the whole field advances as one": (
            config.subregion_mode == "seamless",
            ["subregion_size"],
        ),
        "the model weights are off": (
            not (config.use_model_weights or fourier),
            ["model_weights_width"],
        ),
        "the template coadd is not clipped": (
            config.statistic != "MEANCLIP",
            ["sigma_clip", "clip_iterations"],
        ),
        "convergence is not measured": (
            not config.use_convergence,
            [
                "min_iterations",
                "convergence_threshold",
                "on_divergence",
                "metric_of_empty_visits",
                "use_progressive_gain",
            ],
        ),
        "the base gain is 1 already": (
            (config.base_gain or auto_values(config.n_subfilters)["base_gain"]) == 1,
            ["use_progressive_gain"],
        ),
        "both clamps are off": (
            not (config.clamp_iterations or config.clamp_subfilters),
            ["clamp_width"],
        ),
        "neither the clamp between subfilters nor convergence needs the noise": (
            not ((config.clamp_subfilters and not fourier) or config.use_convergence),
            ["noise_estimator"],
        ),
        "the seeing of the visits is not fitted": (
            not config.fits_seeing,
            ["model_fwhm", "seeing_exponent", "refine_seeing"],
        ),
        "the iteration blurs a template as a whole, by the width that is told": (
            config.fits_seeing and not fourier,
            ["seeing_exponent", "refine_seeing"],
        ),
        "the profile is not Moffat's": (config.seeing_model != "moffat", ["moffat_beta"]),
        "artifacts are not searched for": (not config.find_artifacts, _OF_THE_SEARCH),
        "candidates are not filtered": (
            not config.prefilter_artifacts,
            ["prefilter_planes", "prefilter_ratio"],
        ),
        "with one subfilter there is nothing to differ": (
            config.n_subfilters == 1,
            ["accelerate"],
        ),
    }
    idle: dict[str, str] = {}
    for reason, (applies, knobs) in rules.items():
        if applies:
            idle |= {knob: f"no effect: {reason}" for knob in knobs}
    return idle
