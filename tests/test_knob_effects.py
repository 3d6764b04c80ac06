"""Every knob turns something, or says why it does not."""

import numpy as np
import pytest

import dcrviz
from dcrviz.artifact_config import ArtifactConfig
from dcrviz.bands import Band
from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig
from dcrviz.config_rules import acts_in, idle_knobs, starts_anew
from dcrviz.engine.masks import merge_flags
from dcrviz.engine.reuse import Reuse
from dcrviz.simulate import (
    RUBIN,
    Scene,
    Source,
    blackbody,
    points_of_light,
    simulate_exposures,
    with_light,
)
from dcrviz.throughput import Throughput

KNOBS = AssembleConfig.knobs()
every_knob = pytest.mark.parametrize("name", KNOBS)

# The change of each knob, and what wakes the knob where it is asleep by default.
_DIVERGES = {"clamp_iterations": 0, "clamp_subfilters": 0, "accelerate": 8.0, "max_iterations": 4}
_SEARCHED = {"find_artifacts": True}
_IN_SOURCES = {"find_artifacts": True, "on_artifact": "mark", "preserve_contained": False}
TURNED = {
    "solver": ("direct", {}),
    "positivity": (True, {"solver": "pcg"}),
    "hold_to_template": (True, {"solver": "direct"}),
    "tolerance": (0.5, {"solver": "pcg"}),
    "n_subfilters": (2, {}),
    "band": (Band(name="wide", effective_nm=470.0, min_nm=380.0, max_nm=580.0), {}),
    "split_subfilters": (False, {}),
    "wavelengths_per_subfilter": (5, {}),
    "throughput": (
        Throughput(name="sloping", wavelength_nm=(390, 405, 570), transmission=(0, 1, 0.1)),
        {},
    ),
    "slice_spectrum": ("flat", {"solver": "direct"}),
    "split_threshold": (5.0, {}),
    "interpolation_order": (3, {}),
    "subregion_mode": ("seamless", {"subregion_size": (20, 48)}),
    "subregion_size": ((20, 48), {}),
    "use_model_weights": (False, {}),
    "model_weights_width": (1.0, {}),
    "convergence_planes": (["SUSPECT"], {}),
    "weights": ("2019", {}),
    "airmass_weight": (True, {}),
    "visit_factors": ({"1": 0.5}, {}),
    "bad_planes": (["NO_DATA", "SAT"], {}),
    "remove_planes": ([], {}),
    "statistic": ("MEDIAN", {}),
    "sigma_clip": (1.0, {"statistic": "MEANCLIP"}),
    "clip_iterations": (5, {"statistic": "MEANCLIP", "sigma_clip": 1.0}),
    "error_from_variance": (False, {}),
    "propagate_planes": ({}, {}),
    "find_artifacts": (True, {}),
    "on_artifact": ("mark", _SEARCHED),
    "fit_seeing": ("off", {"solver": "direct", "model_fwhm": 5.0}),
    "model_fwhm": (5.0, {"solver": "direct"}),
    "seeing_exponent": (0.5, {"solver": "direct"}),
    "refine_seeing": ("on", {"solver": "direct"}),
    "seeing_model": ("gaussian", {}),
    "moffat_beta": (2.5, {"seeing_model": "moffat"}),
    "matched_fwhm": (7.0, _SEARCHED),
    "static_clip": (0.5, _SEARCHED),
    "static_clip_iterations": (1, _SEARCHED | {"static_clip": 0.5}),
    "scale_warp_variance": (False, _SEARCHED),
    "artifact_threshold": (60.0, _SEARCHED),
    "artifact_pixels": (500, _SEARCHED),
    "artifact_growth": (0.5, _SEARCHED),
    "prefilter_artifacts": (False, _SEARCHED | {"prefilter_ratio": 0.9}),
    "prefilter_planes": ([], _SEARCHED | {"prefilter_ratio": 0.9}),
    "prefilter_ratio": (0.9, _SEARCHED),
    "max_epochs": (0, _SEARCHED),
    "max_epoch_fraction_low": (0.1, _SEARCHED),
    "max_epoch_fraction_high": (0.5, _IN_SOURCES | {"max_epoch_fraction_low": 1.0}),
    "spatial_threshold": (1.0, _SEARCHED),
    "preserve_contained": (
        False,
        {
            "find_artifacts": True,
            "on_artifact": "mark",
            "max_epoch_fraction_low": 1.0,
            "max_epoch_fraction_high": 1.0,
        },
    ),
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
    "n_threads": (1, {"n_threads": 3}),
}
_QUICK = {"interpolation_order": 1, "max_iterations": 1}
# What puts knobs to sleep, and which.
_UNMEASURED = {
    "min_iterations",
    "convergence_threshold",
    "on_divergence",
    "metric_of_empty_visits",
    "use_progressive_gain",
}
_OF_THE_ITERATION = {
    "min_iterations",
    "convergence_threshold",
    "on_divergence",
    "base_gain",
    "use_progressive_gain",
    "accelerate",
    "clamp_iterations",
    "clamp_subfilters",
    "clamp_width",
    "split_threshold",
    "subregion_mode",
    "subregion_size",
    "use_model_weights",
    "model_weights_width",
}
ASLEEP = {
    "LSST's iteration": (
        {},
        {
            "hold_to_template",
            "tolerance",
            "positivity",
            "slice_spectrum",
            "model_fwhm",
            "seeing_exponent",
            "refine_seeing",
            "moffat_beta",
        },
    ),
    "LSST's iteration with seeing": (
        {"fit_seeing": "on"},
        {"seeing_exponent", "refine_seeing", "moffat_beta"},
    ),
    "seeing not fitted": (
        {"solver": "direct", "fit_seeing": "off"},
        {"model_fwhm", "seeing_exponent", "refine_seeing", "moffat_beta"},
    ),
    "closed form": (
        {"solver": "direct"},
        {"max_iterations", "tolerance", "positivity"} | _OF_THE_ITERATION,
    ),
    "conjugate gradients": ({"solver": "pcg"}, _OF_THE_ITERATION),
    "not split": (
        {"split_subfilters": False},
        {"split_threshold", "wavelengths_per_subfilter", "throughput", "slice_spectrum"},
    ),
    "one wavelength": ({"wavelengths_per_subfilter": 1}, {"split_threshold"}),
    "seamless": ({"subregion_mode": "seamless"}, {"subregion_size"}),
    "no model weights": ({"use_model_weights": False}, {"model_weights_width"}),
    "not clipped": ({"statistic": "MEDIAN"}, {"sigma_clip", "clip_iterations"}),
    "no convergence": ({"use_convergence": False}, _UNMEASURED),
    "no clamps": ({"clamp_iterations": 0, "clamp_subfilters": 0}, {"clamp_width"}),
    "no search": (
        {},
        {name for name in ArtifactConfig.knobs() if name != "find_artifacts"},
    ),
    "no filter": (
        {"find_artifacts": True, "prefilter_artifacts": False},
        {"prefilter_planes", "prefilter_ratio"},
    ),
    "no noise": ({"use_convergence": False, "clamp_subfilters": 0}, {"noise_estimator"}),
    "one subfilter": ({"n_subfilters": 1}, {"accelerate", "use_progressive_gain"}),
    # No gain is above 1, so nothing progresses from there.
    "two subfilters": ({"n_subfilters": 2}, {"use_progressive_gain"}),
    "greatest gain": ({"base_gain": 1.0}, {"use_progressive_gain"}),
}
SLEEPERS = [(reason, name) for reason, (_, names) in ASLEEP.items() for name in sorted(names)]


@pytest.fixture(scope="module")
def exposures():
    """Six visits with flaws and artifacts of every kind, and one without a usable pixel."""
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
    # One on bad pixels, one on good ones, and a faint one on a star.
    for visit, place, flux in ((0, (30, 6), 2e4), (3, (14, 30), 2e4), (4, (32, 25), 4e3)):
        light = points_of_light(scene.shape, [place], flux=flux, fwhm_px=4.0)
        made[visit] = with_light(made[visit], np.clip(light, 0, None), seed=visit)
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


@pytest.fixture(scope="module")
def prepared(exposures):
    """The problem of a configuration, and the parts that it was made of; each made once."""
    done = {}

    def prepare(config):
        key = repr(sorted(config.changed().items()))
        if key not in done:
            reuse = Reuse()
            done[key] = dcrviz.prepare(exposures, config, reuse=reuse), reuse
        return done[key]

    return prepare


def _fingerprint(problem, steps):
    product = dcrviz.coadds(problem, steps[-1])
    history = [(h.gains, repr(h.metrics), h.outcome) for h in steps[-1].histories]
    arrays = [step.planes for step in steps]
    arrays += [product.planes, product.mask, product.variance, product.input_weights]
    arrays += [product.psf, product.corrected.mask]
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
    asleep, _ = ASLEEP[reason]
    assert result_of(**(asleep | {name: TURNED[name][0]})) == result_of(**asleep)


@pytest.mark.parametrize("reason", ASLEEP)
def test_the_idle_knobs_are_those_without_effect_and_say_why(reason):
    knobs, names = ASLEEP[reason]
    idle = idle_knobs(AssembleConfig(**knobs))
    assert names <= set(idle)
    assert set(idle) <= {name for _, name in SLEEPERS}
    assert all(sentence.startswith("no effect: ") for sentence in idle.values())


@every_knob
def test_a_knob_that_acts_in_prepare_starts_anew_and_is_ignored_later(prepared, name):
    value, awake = TURNED[name]
    config = AssembleConfig(**(_QUICK | awake))
    problem, _ = prepared(config)
    turned = config.with_values(**{name: value})
    start = dcrviz.first_step(problem, config)
    assert starts_anew([name]) == (acts_in(name) == "prepare")
    if acts_in(name) == "prepare":
        np.testing.assert_array_equal(
            dcrviz.advance(problem, start, turned).planes,
            dcrviz.advance(problem, start, config).planes,
        )
    else:
        np.testing.assert_array_equal(start.planes, dcrviz.first_step(problem, turned).planes)


def test_one_knob_that_starts_anew_is_enough():
    assert starts_anew(["accelerate", "weights"])
    assert not starts_anew(["accelerate", "clamp_width"])


@every_knob
def test_a_preparation_that_takes_parts_again_is_the_same_to_the_last_bit(
    exposures, prepared, name
):
    value, awake = TURNED[name]
    before = AssembleConfig(**(_QUICK | awake))
    after, (_, parts) = before.with_values(**{name: value}), prepared(before)
    again = dcrviz.prepare(exposures, after, reuse=parts.copy())
    assert _arrays(again) == _arrays(dcrviz.prepare(exposures, after))


def _arrays(problem):
    """Every array of a problem, and of the records in it."""
    found = [*problem.images, problem.template.image, problem.template.mask]
    found += [problem.template.variance, problem.shifts.midpoint]
    names = ("usable", "detected", "weights", "stack_weight", "counts", "covered", "background")
    found += [getattr(problem, name) for name in (*names, "precision", "visit_weights")]
    found += [tile.omega for tile in problem.tiles]
    return [None if array is None else array.tobytes() for array in found]
