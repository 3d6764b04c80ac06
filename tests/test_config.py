"""How every knob is declared, what the presets set, and what automatic values stand for.

That every knob turns something is shown in ``test_knob_effects.py``.
"""

import numpy as np
import pytest

from dcrviz import config_rules
from dcrviz.bands import Band
from dcrviz.config import PRESETS, AssembleConfig
from dcrviz.config_rules import USUAL_VALUES, auto_values, threads_of
from dcrviz.cores import available_cores
from dcrviz.knobs import Choice, Factor, Integer, Number

KNOBS = AssembleConfig.knobs()
NUMBERS = [name for name, knob in KNOBS.items() if isinstance(knob, Number | Integer)]
every_knob = pytest.mark.parametrize("name", KNOBS)

# ALGORITHM.md sections 7 and 11: LSST's name and the default of the project.
OF_LSST = {
    "dcrNumSubfilters": ("n_subfilters", 3),
    "maxNumIter": ("max_iterations", None),
    "minNumIter": ("min_iterations", None),
    "convergenceThreshold": ("convergence_threshold", 0.001),
    "useConvergence": ("use_convergence", True),
    "baseGain": ("base_gain", None),
    "useProgressiveGain": ("use_progressive_gain", True),
    "doAirmassWeight": ("airmass_weight", False),
    "modelWeightsWidth": ("model_weights_width", 3),
    "useModelWeights": ("use_model_weights", True),
    "splitSubfilters": ("split_subfilters", True),
    "splitThreshold": ("split_threshold", 0),
    "regularizeModelIterations": ("clamp_iterations", 2),
    "regularizeModelFrequency": ("clamp_subfilters", 4),
    "regularizationWidth": ("clamp_width", 2),
    "convergenceMaskPlanes": ("convergence_planes", ["DETECTED"]),
    "imageInterpOrder": ("interpolation_order", 3),
    "accelerateModel": ("accelerate", 3),
    "effectiveWavelength": ("band", None),
    "subregionSize": ("subregion_size", (2000, 2000)),
    "badMaskPlanes": ("bad_planes", ["NO_DATA", "BAD", "SAT"]),
    "statistic": ("statistic", "MEAN"),
    "sigmaClip": ("sigma_clip", 3),
    "clipIter": ("clip_iterations", 2),
    "calcErrorFromInputVariance": ("error_from_variance", True),
    "maskPropagationThresholds": ("propagate_planes", {"SAT": 0.1}),
    "removeMaskPlanes": ("remove_planes", ["NOT_DEBLENDED", "EDGE"]),
    "doInterp": ("interpolate", True),
    "assembleStaticSkyModel.sigmaClip": ("static_clip", 2.5),
    "assembleStaticSkyModel.clipIter": ("static_clip_iterations", 3),
    "doScaleWarpVariance": ("scale_warp_variance", True),
    "detect.thresholdValue": ("artifact_threshold", 5),
    "detect.minPixels": ("artifact_pixels", 4),
    "detect.nSigmaToGrow": ("artifact_growth", 2),
    "doPrefilterArtifacts": ("prefilter_artifacts", True),
    "prefilterArtifactsMaskPlanes": ("prefilter_planes", ["NO_DATA", "BAD", "SAT", "SUSPECT"]),
    "prefilterArtifactsRatio": ("prefilter_ratio", 0.05),
    "maxNumEpochs": ("max_epochs", 2),
    "maxFractionEpochsLow": ("max_epoch_fraction_low", 0.4),
    "maxFractionEpochsHigh": ("max_epoch_fraction_high", 0.03),
    "spatialThreshold": ("spatial_threshold", 0.5),
    "doPreserveContainedBySource": ("preserve_contained", True),
    "doMaskBrightObjects": ("mask_bright_objects", False),
    "doNImage": ("count_images", True),
}


@every_knob
def test_every_knob_has_a_group(name):
    assert KNOBS[name].group


@every_knob
def test_every_knob_has_a_doc_of_one_sentence(name):
    assert KNOBS[name].doc.endswith(".")
    assert KNOBS[name].doc[0].isupper()
    assert "\n" not in KNOBS[name].doc


@every_knob
def test_every_knob_has_a_doc_unlike_all_others(name):
    assert [other.doc for other in KNOBS.values()].count(KNOBS[name].doc) == 1


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_has_a_lower_bound_and_a_way_up(name):
    low, _ = KNOBS[name].bounds
    assert low is not None
    assert KNOBS[name].allow_None or None not in KNOBS[name].get_soft_bounds()


@pytest.mark.parametrize("name", [n for n, knob in KNOBS.items() if isinstance(knob, Choice)])
def test_every_choice_has_options_and_its_default_is_one(name):
    assert len(KNOBS[name].objects) > 1
    assert KNOBS[name].default in list(KNOBS[name].objects)


def test_every_name_of_lsst_belongs_to_one_knob():
    names = [knob.lsst for knob in KNOBS.values() if knob.lsst]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("lsst", OF_LSST)
def test_a_knob_of_lsst_has_its_name_and_default(lsst):
    name, default = OF_LSST[lsst]
    assert KNOBS[name].lsst == lsst
    assert getattr(AssembleConfig(), name) == default


def test_no_knob_claims_a_name_that_lsst_does_not_have():
    assert {knob.lsst for knob in KNOBS.values() if knob.lsst} == set(OF_LSST)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_out_of_range_is_refused_by_the_name_of_its_knob(name):
    low, high = KNOBS[name].bounds
    below = low - 1
    with pytest.raises(ValueError, match=name):
        AssembleConfig(**{name: below})
    if high is not None:
        with pytest.raises(ValueError, match=name):
            AssembleConfig(**{name: high + 1})


@pytest.mark.parametrize("name", [n for n in NUMBERS if not isinstance(KNOBS[n], Integer)])
def test_what_is_not_a_number_is_refused_by_the_name_of_its_knob(name):
    with pytest.raises(ValueError, match=name):
        AssembleConfig(**{name: float("nan")})
    with pytest.raises(ValueError, match=name):
        AssembleConfig(**{name: "much"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("statistic", "MODE"),
        ("use_convergence", "yes"),
        ("n_subfilters", 2.5),
        ("bad_planes", "BAD"),
        ("convergence_planes", [3]),
        ("subregion_size", (0, 10)),
        ("subregion_size", (10.5, 10)),
        ("subregion_size", (10,)),
        ("propagate_planes", {"SAT": 1.5}),
        ("propagate_planes", {"SAT": "all"}),
        ("visit_factors", {1: -1}),
        ("visit_factors", {1: float("inf")}),
        ("visit_factors", {1: float("nan")}),
        ("visit_factors", {1: True}),
        ("visit_factors", {1: "off"}),
        ("visit_factors", {1.5: 1}),
        ("visit_factors", [1]),
        ("visit_factors", {3: 0, "3": 1}),
        ("accelerate", float("inf")),
        ("model_weights_width", float("nan")),
        ("matched_fwhm", float("inf")),
        ("n_subfilters", True),
        ("accelerate", True),
        ("subregion_size", (True, 3)),
        ("propagate_planes", {3: 0.5}),
        ("subregion_size", (float("nan"), 3)),
        ("subregion_size", (float("inf"), 3)),
        ("band", "g"),
        ("throughput", "lsst2023-g"),
        ("throughput", Band.lsst("g")),
        ("clamp_iterations", 0.5),
        ("clamp_subfilters", 0.99),
    ],
)
def test_a_value_that_a_knob_can_not_have_is_refused_by_its_name(name, value):
    with pytest.raises((ValueError, TypeError), match=name):
        AssembleConfig(**{name: value})


def test_numbers_of_numpy_are_numbers():
    config = AssembleConfig(
        visit_factors={np.int64(3): np.float32(0.5), "a": np.int32(1)},
        propagate_planes={"SAT": np.float32(0.5)},
    )
    assert config.visit_factors == {"3": 0.5, "a": 1}
    assert {type(value) for value in config.visit_factors.values()} == {float, int}
    assert type(config.propagate_planes["SAT"]) is float


@pytest.mark.parametrize("name", [n for n, knob in KNOBS.items() if isinstance(knob, Factor)])
def test_a_clamp_may_be_off_or_a_factor_of_one_or_more(name):
    assert getattr(AssembleConfig(**{name: 0}), name) == 0
    assert getattr(AssembleConfig(**{name: 1}), name) == 1


def test_a_knob_that_does_not_exist_is_refused_by_its_name():
    with pytest.raises(TypeError, match="n_subfilter"):
        AssembleConfig(n_subfilter=3)


def test_the_preset_lsst_2019_turns_what_section_9_lets_choose():
    assert AssembleConfig.preset("lsst-2019").changed() == {
        "weights": "2019",
        "noise_estimator": "std",
        "metric_of_empty_visits": "zero",
        "on_divergence": "last",
        "on_artifact": "mark",
        "fit_seeing": "off",
    }
    assert AssembleConfig.preset("lsst-2019").subregion_mode == "sequential"


def test_the_preset_lsst_today_interpolates_linearly_and_splits_where_it_matters():
    ours = AssembleConfig.preset("lsst-today").values()
    theirs = AssembleConfig.preset("lsst-2019").values()
    assert {name: value for name, value in ours.items() if value != theirs[name]} == {
        "interpolation_order": 1,
        "split_threshold": 0.1,
    }


def test_the_default_preset_turns_nothing():
    assert AssembleConfig.preset("default").changed() == {}
    assert set(PRESETS) == {"default", "lsst-2019", "lsst-today"}


def test_an_unknown_preset_is_an_error_with_the_nearest_name():
    with pytest.raises(ValueError, match="unknown preset 'lsst-2020'; did you mean 'lsst-2019'"):
        AssembleConfig.preset("lsst-2020")


def test_a_copy_is_equal_and_independent():
    config = AssembleConfig(n_subfilters=5)
    copy = config.copy()
    assert copy.values() == config.values()
    copy.bad_planes = [*copy.bad_planes, "CR"]
    assert "CR" not in config.bad_planes


def test_what_is_done_to_the_lists_of_a_copy_stays_there():
    config = AssembleConfig()
    copy = config.copy()
    copy.bad_planes.append("CR")
    copy.propagate_planes["CR"] = 0.5
    assert config.changed() == {}
    assert AssembleConfig().changed() == {}


def test_other_values_make_another_configuration():
    config = AssembleConfig(n_subfilters=5)
    assert config.with_values(accelerate=2.0).changed() == {"n_subfilters": 5, "accelerate": 2.0}
    assert config.changed() == {"n_subfilters": 5}


@pytest.mark.parametrize(("n_subfilters", "gain"), [(1, 1.0), (2, 1.0), (3, 0.5), (5, 0.25)])
def test_automatic_values_follow_the_number_of_subfilters(n_subfilters, gain):
    expected = {"base_gain": gain, "min_iterations": n_subfilters}
    expected |= {"max_iterations": 3 * n_subfilters, "n_threads": available_cores()}
    expected |= {"wavelengths_per_subfilter": 2}
    assert auto_values(n_subfilters) == expected


def test_every_knob_that_may_be_none_has_an_automatic_value():
    automatic = {name for name in NUMBERS if KNOBS[name].allow_None}
    assert automatic == set(auto_values(3)) | set(USUAL_VALUES)


@pytest.mark.parametrize(
    ("shape", "threads"), [((1, 1), 1), ((256, 256), 1), ((512, 512), 4), ((4096, 4096), 8)]
)
def test_a_thread_is_started_where_it_has_enough_to_do(shape, threads, monkeypatch):
    monkeypatch.setattr(config_rules, "available_cores", lambda: 8)
    assert threads_of(AssembleConfig(), shape) == threads


def test_as_many_threads_as_the_knob_says_share_a_field_of_any_size():
    assert threads_of(AssembleConfig(n_threads=3), (1, 1)) == 3
