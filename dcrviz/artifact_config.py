"""The knobs of the search for artifacts: LSST's ``CompareWarpAssembleCoaddTask``."""

from __future__ import annotations

from dcrviz.config_base import Config
from dcrviz.knobs import Choice, Integer, Names, Number, Switch


class ArtifactConfig(Config):
    """Knobs by which visits are compared with the static sky."""

    find_artifacts = Switch(
        False,
        group="Artifacts",
        doc="Look for what is in few visits and not in the static sky: trails, cosmic rays, "
        "asteroids, transients.",
    )
    on_artifact = Choice(
        "leave_out",
        objects={"leave out of the fit": "leave_out", "mark only (LSST's)": "mark"},
        group="Artifacts",
        equation="w_i = 0 outside sources, and inside where no refraction explains it",
        doc="Leave the pixels of artifacts out of the fit, but for those in sources that may be "
        "refraction; or only mark them as CLIPPED and leave them out of the template coadd.",
    )
    matched_fwhm = Number(
        0.0,
        bounds=(0, None),
        softbounds=(0, 20),
        group="Artifacts",
        unit="px",
        doc="Seeing to which the visits are brought to be compared; 0 is that of the broadest.",
    )
    static_clip = Number(
        2.5,
        bounds=(0.5, None),
        softbounds=(1, 10),
        group="Artifacts",
        unit="sigma",
        lsst="assembleStaticSkyModel.sigmaClip",
        doc="Deviation beyond which a pixel of a visit is clipped from the static sky.",
    )
    static_clip_iterations = Integer(
        3,
        bounds=(1, 20),
        group="Artifacts",
        lsst="assembleStaticSkyModel.clipIter",
        doc="How often the clipping of the static sky is repeated.",
    )
    scale_warp_variance = Switch(
        True,
        group="Artifacts",
        lsst="doScaleWarpVariance",
        doc="Scale the noise of each difference to what it shows itself, off the sources.",
    )
    artifact_threshold = Number(
        5.0,
        bounds=(1, None),
        softbounds=(2, 20),
        group="Artifacts",
        unit="sigma",
        lsst="detect.thresholdValue",
        doc="Deviation from the static sky, up or down, above which a pixel is a candidate.",
    )
    artifact_pixels = Integer(
        4,
        bounds=(1, None),
        softbounds=(1, 50),
        group="Artifacts",
        lsst="detect.minPixels",
        doc="Fewest connected pixels of a candidate, before it is grown.",
    )
    artifact_growth = Number(
        2.0,
        bounds=(0, None),
        softbounds=(0, 10),
        group="Artifacts",
        unit="sigma",
        lsst="detect.nSigmaToGrow",
        doc="How far candidates are grown on all sides, in sigma of the seeing.",
    )
    prefilter_artifacts = Switch(
        True,
        group="Artifacts",
        lsst="doPrefilterArtifacts",
        doc="Drop candidates that lie almost wholly on pixels that are known to be bad.",
    )
    prefilter_planes = Names(
        ["NO_DATA", "BAD", "SAT", "SUSPECT"],
        item_type=str,
        group="Artifacts",
        lsst="prefilterArtifactsMaskPlanes",
        doc="Mask planes whose pixels are not good enough to tell an artifact.",
    )
    prefilter_ratio = Number(
        0.05,
        bounds=(0, 1),
        group="Artifacts",
        lsst="prefilterArtifactsRatio",
        doc="Least part of good pixels that a candidate must have.",
    )
    max_epochs = Integer(
        2,
        bounds=(0, None),
        softbounds=(0, 20),
        group="Artifacts",
        lsst="maxNumEpochs",
        equation="M = int(min(low n, max_epochs + high n))",
        doc="Number of visits that may deviate at an artifact, where there are few visits n.",
    )
    max_epoch_fraction_low = Number(
        0.4,
        bounds=(0, 1),
        group="Artifacts",
        lsst="maxFractionEpochsLow",
        equation="M = int(min(low n, max_epochs + high n))",
        doc="Part of the visits that may deviate at most, which counts where there are very few.",
    )
    max_epoch_fraction_high = Number(
        0.03,
        bounds=(0, 1),
        group="Artifacts",
        lsst="maxFractionEpochsHigh",
        equation="M = int(min(low n, max_epochs + high n))",
        doc="Part of the visits that may deviate beside max_epochs, which counts where there are "
        "many.",
    )
    spatial_threshold = Number(
        0.5,
        bounds=(0, 1),
        group="Artifacts",
        lsst="spatialThreshold",
        doc="Part of a candidate's pixels that must deviate in few visits for it to be clipped.",
    )
    preserve_contained = Switch(
        True,
        group="Artifacts",
        lsst="doPreserveContainedBySource",
        doc="Keep candidates that lie wholly inside a source of the static sky.",
    )
