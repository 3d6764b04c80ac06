"""Every knob is declared once, well, and turns something; what the presets set."""

import numpy as np
import pytest

import dcrviz
from dcrviz.bands import Band
from dcrviz.bright import BrightObject
from dcrviz.config import PRESETS, AssembleConfig, acts_in, auto_values, idle_knobs, starts_anew
from dcrviz.engine.masks import merge_flags
from dcrviz.knobs import Choice, Factor, Integer, Number
from dcrviz.simulate import RUBIN, Scene, Source, blackbody, simulate_exposures

KNOBS = AssembleConfig.knobs()
NUMBERS = [name for name, knob in KNOBS.items() if isinstance(knob, Number | Integer)]
every_knob = pytest.mark.parametrize("name", KNOBS)

# ALGORITHM.md section 11: LSST's name and the default of the project.
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


def test_the_other_names_of_lsst_are_none_that_the_table_has():
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
        ("band", "g"),
        ("clamp_iterations", 0.5),
        ("clamp_subfilters", 0.99),
    ],
)
def test_a_value_that_a_knob_can_not_have_is_refused_by_its_name(name, value):
    with pytest.raises((ValueError, TypeError), match=name):
        AssembleConfig(**{name: value})


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


def test_other_values_make_another_configuration():
    config = AssembleConfig(n_subfilters=5)
    assert config.with_values(accelerate=2.0).changed() == {"n_subfilters": 5, "accelerate": 2.0}
    assert config.changed() == {"n_subfilters": 5}


@pytest.mark.parametrize(("n_subfilters", "gain"), [(1, 1.0), (2, 1.0), (3, 0.5), (5, 0.25)])
def test_automatic_values_follow_the_number_of_subfilters(n_subfilters, gain):
    expected = {"base_gain": gain, "min_iterations": n_subfilters}
    assert auto_values(n_subfilters) == expected | {"max_iterations": 3 * n_subfilters}


def test_every_knob_that_may_be_none_has_an_automatic_value():
    automatic = {name for name in NUMBERS if KNOBS[name].allow_None}
    assert automatic == set(auto_values(3))


# The effect of each knob: the change, and what wakes the knob where that is asleep by default.

_DIVERGES = {"clamp_iterations": 0, "clamp_subfilters": 0, "accelerate": 8.0, "max_iterations": 4}
TURNED = {
    "n_subfilters": (2, {}),
    "band": (Band(name="wide", effective_nm=470.0, min_nm=380.0, max_nm=580.0), {}),
    "split_subfilters": (False, {}),
    "split_threshold": (5.0, {}),
    "interpolation_order": (3, {}),
    "subregion_mode": ("seamless", {"subregion_size": (20, 48)}),
    "subregion_size": ((20, 48), {}),
    "use_model_weights": (False, {}),
    "model_weights_width": (1.0, {}),
    "convergence_planes": (["SUSPECT"], {}),
    "weights": ("2019", {}),
    "airmass_weight": (True, {}),
    "bad_planes": (["NO_DATA", "SAT"], {}),
    "remove_planes": ([], {}),
    "statistic": ("MEDIAN", {}),
    "sigma_clip": (1.0, {"statistic": "MEANCLIP"}),
    "clip_iterations": (5, {"statistic": "MEANCLIP", "sigma_clip": 1.0}),
    "error_from_variance": (False, {}),
    "propagate_planes": ({}, {}),
    "mask_bright_objects": (True, {}),
    "interpolate": (False, {}),
    "count_images": (False, {}),
    "max_iterations": (2, {}),
    "min_iterations": (2, {"convergence_threshold": 0.99, "max_iterations": 9}),
    "convergence_threshold": (0.99, {"min_iterations": 1}),
    "use_convergence": (False, {}),
    "on_divergence": ("last", _DIVERGES),
    "metric_of_empty_visits": ("zero", {}),
    "base_gain": (0.3, {}),
    "use_progressive_gain": (False, {}),
    "accelerate": (1.0, {}),
    "clamp_iterations": (0, {}),
    "clamp_subfilters": (0, {}),
    "clamp_width": (0, {}),
    "noise_estimator": ("std", {}),
}
_QUICK = {"interpolation_order": 1, "max_iterations": 1}
ASLEEP = {
    "not split": {"split_subfilters": False},
    "seamless": {"subregion_mode": "seamless"},
    "no model weights": {"use_model_weights": False},
    "not clipped": {"statistic": "MEDIAN"},
    "no convergence": {"use_convergence": False},
    "no clamps": {"clamp_iterations": 0, "clamp_subfilters": 0},
    "no noise": {"use_convergence": False, "clamp_subfilters": 0},
    "one subfilter": {"n_subfilters": 1},
}
SLEEPERS = [
    (reason, name)
    for reason, knobs in ASLEEP.items()
    for name in idle_knobs(AssembleConfig(**knobs))
]


@pytest.fixture(scope="module")
def exposures():
    """Six visits with a flaw of every kind, and one without a usable pixel."""
    scene = Scene(
        sources=(
            Source(x=12, y=12, flux=4e4, spectrum=blackbody(9000)),
            Source(x=25, y=32, flux=6e4, spectrum=blackbody(3400)),
        ),
        band=Band.lsst("g"),
        shape=(48, 40),
    )
    angles = {1.1: -2.0, 1.25: 0.4, 1.4: 1.5, 1.6: -0.8, 1.75: 2.6, 1.9: 0.9, 1.5: 0.0}
    visits = [
        dcrviz.Visit(id=i, airmass=airmass, parallactic_rad=angle, site=RUBIN, psf_fwhm_px=4.0)
        for i, (airmass, angle) in enumerate(angles.items())
    ]
    made = simulate_exposures(scene, visits, seed=6)
    flaws = [("BAD", 0, 30), ("SAT", 1, 34), ("EDGE", 2, 38)]
    for plane, visit, row in flaws:
        made[visit] = merge_flags(made[visit], {plane: _rows(scene, row, row + 2)})
    made = [merge_flags(exposure, {"NO_DATA": _rows(scene, 44, 46)}) for exposure in made]
    made[-1] = merge_flags(made[-1], {"NO_DATA": _rows(scene, 0, 48)})
    return made


def _rows(scene, first, last):
    rows = np.zeros(scene.shape, dtype=bool)
    rows[first:last] = True
    return rows


@pytest.fixture(scope="module")
def result_of(exposures):
    """All that a short run gives, each made once; what differs shows."""
    done = {}
    ra_deg, dec_deg = exposures[0].wcs.pixel_to_world_values(30, 10)
    star = BrightObject(ra_deg=float(ra_deg), dec_deg=float(dec_deg), radius_arcsec=0.5)

    def result(**knobs):
        key = repr(sorted(knobs.items()))
        if key not in done:
            config = AssembleConfig(**(_QUICK | knobs))
            problem = dcrviz.prepare(exposures, config, bright_objects=[star])
            done[key] = _fingerprint(problem, list(dcrviz.assemble(problem)))
        return done[key]

    return result


def _fingerprint(problem, steps):
    product = dcrviz.coadds(problem, steps[-1])
    history = [(h.gains, repr(h.metrics), h.outcome) for h in steps[-1].histories]
    arrays = [step.planes for step in steps]
    arrays += [product.planes, product.mask, product.variance, product.input_weights]
    arrays += [product.n_images, product.n_visits]
    return history, [None if array is None else array.tobytes() for array in arrays]


def test_the_table_of_effects_has_every_knob():
    assert set(TURNED) == set(KNOBS)


@every_knob
def test_every_knob_that_is_not_idle_has_an_effect(result_of, name):
    value, awake = TURNED[name]
    before = AssembleConfig(**(_QUICK | awake))
    assert getattr(before, name) != value
    assert name not in idle_knobs(before)
    assert result_of(**(awake | {name: value})) != result_of(**awake)


@pytest.mark.parametrize(("reason", "name"), SLEEPERS)
def test_a_knob_that_is_idle_has_no_effect(result_of, reason, name):
    asleep = ASLEEP[reason]
    assert result_of(**(asleep | {name: TURNED[name][0]})) == result_of(**asleep)


def test_every_rule_of_idleness_is_tested():
    assert {name for _, name in SLEEPERS} == {
        name for knobs in ASLEEP.values() for name in idle_knobs(AssembleConfig(**knobs))
    }
    assert all(idle_knobs(AssembleConfig(**knobs)) for knobs in ASLEEP.values())


@pytest.mark.parametrize("reason", ASLEEP)
def test_an_idle_knob_says_why(reason):
    for sentence in idle_knobs(AssembleConfig(**ASLEEP[reason])).values():
        assert sentence.startswith("no effect: ")


@pytest.mark.parametrize("one", [{"n_subfilters": 2}, {"n_subfilters": 1}, {"base_gain": 1.0}])
def test_the_progressive_gain_is_idle_where_the_smallest_gain_is_the_greatest(result_of, one):
    # No gain is above 1, so nothing progresses from there.
    assert result_of(**one) == result_of(use_progressive_gain=False, **one)
    assert "use_progressive_gain" in idle_knobs(AssembleConfig(**one))


@every_knob
def test_a_knob_acts_in_prepare_or_in_advance(result_of, exposures, name):
    value, awake = TURNED[name]
    config = AssembleConfig(**(_QUICK | awake))
    problem = dcrviz.prepare(exposures, config)
    turned = config.with_values(**{name: value})
    starts = dcrviz.first_step(problem, config), dcrviz.first_step(problem, turned)
    del result_of
    if acts_in(name) == "prepare":
        assert starts_anew([name])
        np.testing.assert_array_equal(
            dcrviz.advance(problem, starts[0], turned).planes,
            dcrviz.advance(problem, starts[0], config).planes,
        )
    else:
        assert not starts_anew([name])
        np.testing.assert_array_equal(starts[0].planes, starts[1].planes)


def test_one_knob_that_starts_anew_is_enough():
    assert starts_anew(["accelerate", "weights"])
    assert not starts_anew(["accelerate", "clamp_width"])
