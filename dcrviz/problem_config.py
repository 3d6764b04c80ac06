"""The knobs that shape the problem: model, weights, inputs and outputs."""

from __future__ import annotations

from dcrviz.artifact_config import ArtifactConfig
from dcrviz.bands import Band
from dcrviz.knobs import (
    Choice,
    Fractions,
    Integer,
    Names,
    Number,
    Pair,
    Record,
    Switch,
    VisitFactors,
)
from dcrviz.seeing_config import SeeingConfig
from dcrviz.throughput import Throughput

FOURIER_SOLVERS = ("direct", "pcg")
"""Solvers that shift images exactly, in Fourier space, and solve for the whole field at once."""


class ProblemConfig(SeeingConfig, ArtifactConfig):
    """Knobs that act in `prepare`: a change starts the run anew."""

    solver = Choice(
        "iterative",
        objects={
            "iterative (LSST's)": "iterative",
            "anderson (the same, accelerated)": "anderson",
            "direct (closed form)": "direct",
            "pcg (masks and weights exactly)": "pcg",
        },
        group="Solver",
        equation="y = argmin sum_i w_i |s_i - B_i y|^2 + prior(y)  (direct, pcg)",
        doc="How the planes are found: by LSST's iteration, or by least squares in Fourier space.",
    )
    hold_to_template = Switch(
        False,
        group="Solver",
        equation="y <- omega y + (1 - omega) template / N",
        doc="Hold the planes of direct and pcg, too, to the template away from detected sources.",
    )
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
        doc="Wavelengths K at which the smear within a slice is summed; auto is 2, or 8 for "
        "direct and pcg.",
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
    slice_spectrum = Choice(
        "mean",
        objects={"mean of the field": "mean", "flat": "flat"},
        group="Model",
        equation="w_k = throughput(lambda_k) f(lambda_k) / sum_j throughput(lambda_j) f(lambda_j)",
        doc="Spectrum f of the light within a slice, which no visit can tell, for direct and pcg: "
        "that of all sources of the field together, as the visits show it, or a flat one.",
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
        "auto",
        objects={
            "auto (by the solver)": "auto",
            "2019 (0 or 1)": "2019",
            "inverse variance": "inverse_variance",
            "inverse variance of the background": "background",
        },
        group="Weights",
        equation="new_a = y_a + sum_i back(w_i r_i) / sum_i back(w_i)",
        doc="How much each pixel of a visit counts; auto is inverse variance, for direct and pcg "
        "that of the background, so that bright stars count like the sky around them.",
    )
    airmass_weight = Switch(
        False,
        group="Weights",
        lsst="doAirmassWeight",
        equation="weight_i <- weight_i airmass_i",
        doc="Multiply the weight of a visit by its airmass, as high airmass carries more DCR.",
    )
    visit_factors = VisitFactors(
        {},
        group="Weights",
        equation="weight_i <- weight_i factor_i;  metric = sum_i factor_i m_i / sum_i factor_i",
        doc="Factor on the weight of each visit named, by its id; 0 switches it off, and a visit "
        "that is not named has 1.",
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

    @property
    def fits_seeing(self) -> bool:
        """Whether the seeing of the visits is fitted, if they tell it."""
        return self.fit_seeing == "on" or (self.fit_seeing == "auto" and self.in_fourier_space)

    @property
    def in_fourier_space(self) -> bool:
        """Whether the solver is one of `FOURIER_SOLVERS`."""
        return self.solver in FOURIER_SOLVERS

    @property
    def pixel_weights(self) -> str:
        """The choice of `weights`, or what auto stands for."""
        if self.weights != "auto":
            return str(self.weights)
        return "background" if self.in_fourier_space else "inverse_variance"
