"""Every knob of the algorithm, declared once; and the presets."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any, Self

import param

from dcrviz.bands import Band
from dcrviz.knobs import (
    Choice,
    Factor,
    Fractions,
    Integer,
    Knob,
    Names,
    Number,
    Pair,
    Record,
    Switch,
)
from dcrviz.suggest import unknown
from dcrviz.throughput import Throughput


class _Config(param.Parameterized):
    """What the configurations share: copying, comparing and setting with checks."""

    @classmethod
    def knobs(cls) -> dict[str, Any]:
        """The knob declarations by name, in the order of declaration."""
        found = {name: cls.param[name] for name in cls.param if name != "name"}
        return {name: knob for name, knob in found.items() if isinstance(knob, Knob)}

    def values(self) -> dict[str, Any]:
        """Value of every knob by name; lists and mappings are copies."""
        return {name: copy(getattr(self, name)) for name in self.knobs()}

    def copy(self) -> Self:
        """An independent configuration with the same values."""
        return type(self)(**self.values())

    def with_values(self, **changes: Any) -> Self:
        """A copy with some knobs changed."""
        return type(self)(**(self.values() | changes))

    def changed(self) -> dict[str, Any]:
        """The knobs whose value is not the default one."""
        knobs = self.knobs()
        return {name: v for name, v in self.values().items() if v != knobs[name].default}


class ProblemConfig(_Config):
    """Knobs that act in `prepare`: a change starts the run anew."""

    n_subfilters = Integer(
        3,
        bounds=(1, 20),
        group="Model",
        lsst="dcrNumSubfilters",
        equation="s_i = sum_a B(d_ia) y_a,  a = 1..N",
        doc="Number of equal wavelength slices into which the band is divided.",
    )
    band = Record(
        None,
        class_=Band,
        allow_None=True,
        group="Model",
        unit="nm",
        lsst="effectiveWavelength",
        doc="Wavelength range that the slices divide; auto takes it from the visits' filter.",
    )
    split_subfilters = Switch(
        True,
        group="Model",
        lsst="splitSubfilters",
        equation="B y = (shift(y, m') + shift(y, m'')) / 2",
        doc="Model each subfilter by two shifts or more, which adds the smear within a slice.",
    )
    wavelengths_per_subfilter = Integer(
        None,
        allow_None=True,
        bounds=(1, 64),
        softbounds=(1, 16),
        group="Model",
        equation="B y = sum_k w_k shift(y, m_k),  k = 1..K",
        doc="Wavelengths K at which the smear within a slice is summed; auto is 2.",
    )
    throughput = Record(
        None,
        class_=Throughput,
        allow_None=True,
        group="Model",
        equation="w_k = throughput(lambda_k) / sum_j throughput(lambda_j)",
        doc="Transmission of the filter, which weighs the wavelengths of a slice and carries the "
        "outer slices to its ends; auto weighs all alike within the band.",
    )
    split_threshold = Number(
        0.0,
        bounds=(0, None),
        softbounds=(0, 1),
        group="Model",
        unit="px",
        lsst="splitThreshold",
        equation="one shift by m where max |m_j - m_k| < threshold",
        doc="Smear within a slice below which a single shift is used; 0 always splits.",
    )
    interpolation_order = Integer(
        3,
        bounds=(0, 5),
        group="Model",
        lsst="imageInterpOrder",
        doc="Order of the spline that interpolates a shifted image; 1 is linear, 3 cubic.",
    )
    subregion_mode = Choice(
        "sequential",
        objects=["sequential", "seamless"],
        group="Regions",
        doc="Run each subregion to its own end in turn, or advance the whole field as one.",
    )
    subregion_size = Pair(
        (2000, 2000),
        length=2,
        group="Regions",
        unit="px",
        lsst="subregionSize",
        doc="Width and height of the subregions into which the field is tiled.",
    )
    use_model_weights = Switch(
        True,
        group="Weights",
        lsst="useModelWeights",
        equation="y <- omega y + (1 - omega) template / N",
        doc="Hold the model to the template away from detected sources.",
    )
    model_weights_width = Number(
        3.0,
        bounds=(0, None),
        softbounds=(0, 20),
        group="Weights",
        unit="px",
        lsst="modelWeightsWidth",
        equation="omega = gauss(detected, width) / max",
        doc="Gaussian width by which the detected footprints are feathered into weights.",
    )
    convergence_planes = Names(
        ["DETECTED"],
        item_type=str,
        group="Weights",
        lsst="convergenceMaskPlanes",
        doc="Mask planes that mark the sources: they weigh the model and measure convergence.",
    )
    weights = Choice(
        "inverse_variance",
        objects={"2019 (0 or 1)": "2019", "inverse variance": "inverse_variance"},
        group="Weights",
        equation="new_a = y_a + sum_i back(w_i r_i) / sum_i back(w_i)",
        doc="How much each pixel of a visit counts in the stacked residual.",
    )
    airmass_weight = Switch(
        False,
        group="Weights",
        lsst="doAirmassWeight",
        equation="weight_i <- weight_i airmass_i",
        doc="Multiply the weight of a visit by its airmass, as high airmass carries more DCR.",
    )
    bad_planes = Names(
        ["NO_DATA", "BAD", "SAT"],
        item_type=str,
        group="Inputs",
        lsst="badMaskPlanes",
        doc="Mask planes whose pixels are left out of every sum.",
    )
    remove_planes = Names(
        ["NOT_DEBLENDED", "EDGE"],
        item_type=str,
        group="Template coadd",
        lsst="removeMaskPlanes",
        doc="Mask planes dropped from the visits before the template coadd is made.",
    )
    statistic = Choice(
        "MEAN",
        objects=["MEAN", "MEANCLIP", "MEDIAN"],
        group="Template coadd",
        lsst="statistic",
        doc="Statistic that stacks the visits into the template coadd to start from.",
    )
    sigma_clip = Number(
        3.0,
        bounds=(0.5, None),
        softbounds=(1, 10),
        group="Template coadd",
        unit="sigma",
        lsst="sigmaClip",
        doc="Deviation beyond which a pixel of a visit is clipped from the template coadd.",
    )
    clip_iterations = Integer(
        2,
        bounds=(1, 20),
        group="Template coadd",
        lsst="clipIter",
        doc="How often the clipping of the template coadd is repeated.",
    )
    error_from_variance = Switch(
        True,
        group="Template coadd",
        lsst="calcErrorFromInputVariance",
        doc="Take the template coadd's variance from the visits' variances, not their scatter.",
    )
    propagate_planes = Fractions(
        {"SAT": 0.1},
        group="Template coadd",
        lsst="maskPropagationThresholds",
        doc="Left-out fraction of a pixel's weight above which a plane marks the template coadd.",
    )
    mask_bright_objects = Switch(
        False,
        group="Outputs",
        lsst="doMaskBrightObjects",
        doc="Set BRIGHT_OBJECT in the template's mask around the catalogued bright stars.",
    )
    interpolate = Switch(
        True,
        group="Outputs",
        lsst="doInterp",
        doc="Fill pixels without data in the coadds from their neighbours and mark them INTRP.",
    )
    count_images = Switch(
        True,
        group="Outputs",
        lsst="doNImage",
        doc="Keep the number of visits that reached each pixel, for nImage.fits.",
    )


class SolverConfig(_Config):
    """Knobs that act in `advance`: a change takes effect at the next step."""

    max_iterations = Integer(
        None,
        allow_None=True,
        bounds=(0, None),
        softbounds=(0, 60),
        group="Stopping",
        lsst="maxNumIter",
        equation="stops after max + 2 iterations, as LSST's task counts",
        doc="Upper limit of iterations m, of which up to m + 2 are run; auto (or 0) is 3 N.",
    )
    min_iterations = Integer(
        None,
        allow_None=True,
        bounds=(0, None),
        softbounds=(0, 30),
        group="Stopping",
        lsst="minNumIter",
        equation="at least min + 1 iterations, as LSST's task counts",
        doc="Lower limit of iterations m, of which at least m + 1 are run; auto (or 0) is N.",
    )
    convergence_threshold = Number(
        0.001,
        bounds=(0, 1),
        inclusive_bounds=(True, False),
        softbounds=(0, 0.1),
        group="Stopping",
        lsst="convergenceThreshold",
        equation="(previous - metric) / metric <= threshold",
        doc="Relative improvement of the metric below which the run has converged.",
    )
    use_convergence = Switch(
        True,
        group="Stopping",
        lsst="useConvergence",
        doc="Measure convergence and stop by it; off runs the full number at the base gain.",
    )
    on_divergence = Choice(
        "best",
        objects={"return to the best iteration": "best", "keep the last (2019)": "last"},
        group="Stopping",
        doc="Which planes are kept when the metric ends worse than its best value.",
    )
    metric_of_empty_visits = Choice(
        "exclude",
        objects={"leave out": "exclude", "count as zero (2019)": "zero"},
        group="Stopping",
        doc="What a visit without a usable pixel contributes to the mean metric.",
    )
    base_gain = Number(
        None,
        allow_None=True,
        bounds=(0, 1),
        inclusive_bounds=(False, True),
        group="Gain",
        lsst="baseGain",
        equation="y <- (gain new + y) / (1 + gain)",
        doc="Smallest weight given to a new solution; auto is 1 / (N - 1).",
    )
    use_progressive_gain = Switch(
        True,
        group="Gain",
        lsst="useProgressiveGain",
        doc="Raise the gain while the metric falls as predicted, lower it when it does not.",
    )
    accelerate = Number(
        3.0,
        bounds=(1, None),
        softbounds=(1, 10),
        group="Gain",
        lsst="accelerateModel",
        equation="y^_a = ref + accelerate (y_a - ref)",
        doc="Factor that amplifies the differences between subfilters when templates are made.",
    )
    clamp_iterations = Factor(
        2.0,
        bounds=(0, None),
        softbounds=(0, 10),
        group="Clamps",
        lsst="regularizeModelIterations",
        equation="old / f <= new <= f |old|",
        doc="Largest factor by which a pixel may change in one iteration; 0 is off.",
    )
    clamp_subfilters = Factor(
        4.0,
        bounds=(0, None),
        softbounds=(0, 20),
        group="Clamps",
        lsst="regularizeModelFrequency",
        equation="S / sqrt(g) <= new_a <= S sqrt(g),  S = smoothed mean of the planes",
        doc="Largest factor between the subfilters of one pixel; 0 is off.",
    )
    clamp_width = Integer(
        2,
        bounds=(0, 20),
        group="Clamps",
        unit="px",
        lsst="regularizationWidth",
        doc="Radius below which deviating pixels are left alone, and width of the smoothing.",
    )
    noise_estimator = Choice(
        "robust",
        objects={"median absolute deviation": "robust", "standard deviation (2019)": "std"},
        group="Clamps",
        doc="How the noise of the background is measured for the clamps and the metric.",
    )

    n_threads = Integer(
        None,
        allow_None=True,
        bounds=(1, 256),
        softbounds=(1, 16),
        group="Computing",
        doc="Threads that share the visits of an iteration; auto is one for each core.",
    )


class AssembleConfig(SolverConfig, ProblemConfig):
    """All knobs of a run, flat: what people see and turn."""

    @classmethod
    def preset(cls, name: str) -> Self:
        """A named configuration: ``default``, ``lsst-2019`` or ``lsst-today``."""
        if name not in PRESETS:
            raise ValueError(unknown("preset", name, PRESETS))
        return cls(**PRESETS[name])


_AS_2019: dict[str, Any] = {
    "weights": "2019",
    "noise_estimator": "std",
    "metric_of_empty_visits": "zero",
    "on_divergence": "last",
    "subregion_mode": "sequential",
}
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "lsst-2019": _AS_2019,
    "lsst-today": _AS_2019 | {"interpolation_order": 1, "split_threshold": 0.1},
}
