"""The knobs that act from one step to the next: gain, clamps, stopping."""

from __future__ import annotations

from dcrviz.config_base import Config
from dcrviz.knobs import Choice, Factor, Integer, Number, Switch


class SolverConfig(Config):
    """Knobs that act in `advance`: a change takes effect at the next step."""

    max_iterations = Integer(
        None,
        allow_None=True,
        bounds=(0, None),
        softbounds=(0, 60),
        group="Stopping",
        lsst="maxNumIter",
        equation="stops after max + 2 iterations, as LSST's task counts",
        doc="Upper limit of iterations m, of which up to m + 2 are run; auto (or 0) is 3 N, N + 1 "
        "for anderson, 30 for pcg.",
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
    tolerance = Number(
        1e-4,
        bounds=(0, 1),
        inclusive_bounds=(False, False),
        softbounds=(1e-6, 0.1),
        group="Stopping",
        equation="|b - A y| / |b| <= tolerance",
        doc="Relative residual of the normal equations at which pcg has converged.",
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
    positivity = Switch(
        False,
        group="Clamps",
        equation="y_a >= sky level",
        doc="Push pixels of the planes that are below the sky towards it, as pcg iterates.",
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
        doc="Threads that share a field; auto is one for each core that has enough to do.",
    )
