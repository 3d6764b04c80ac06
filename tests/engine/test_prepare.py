"""From exposures to a problem."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.masks import flagged
from dcrviz.engine.reuse import Reuse
from dcrviz.records import Weather
from dcrviz.scratch import Room, Scratch


def scaled(exposure, scale):
    """An exposure in units that its photometric scale turns into the others'."""
    return replace(
        exposure,
        image=exposure.image / np.float32(scale),
        variance=exposure.variance / np.float32(scale**2),
        visit=replace(exposure.visit, scale=scale),
    )


def test_the_photometric_scale_multiplies_the_image(exposures, problem):
    visits = [replace(e, visit=replace(e.visit, scale=3.0)) for e in exposures]
    expected = 3 * np.stack(problem.images)
    np.testing.assert_allclose(np.stack(dcrviz.prepare(visits).images), expected, rtol=1e-6)


def test_the_square_of_the_photometric_scale_multiplies_the_variance(exposures, problem):
    visits = [replace(e, visit=replace(e.visit, scale=3.0)) for e in exposures]
    np.testing.assert_allclose(
        dcrviz.prepare(visits).template.variance, 9 * problem.template.variance, rtol=1e-5
    )


@pytest.mark.parametrize("weights", ["2019", "inverse_variance"])
def test_a_visit_in_other_units_changes_nothing_once_it_is_scaled(exposures, run_of, weights):
    # By a power of two nothing is rounded otherwise.
    other = [scaled(exposures[0], 4.0), *exposures[1:]]
    ours, theirs = (
        run_of(given, weights=weights, max_iterations=1) for given in (other, exposures)
    )
    np.testing.assert_array_equal(ours.last.planes, theirs.last.planes)
    np.testing.assert_array_equal(ours.problem.template.variance, theirs.problem.template.variance)


def test_pixels_with_a_bad_plane_count_nothing(exposures, flag):
    pixels = np.zeros(exposures[0].shape, dtype=bool)
    pixels[5:9, 30:33] = True
    for plane in ("BAD", "SAT", "NO_DATA"):
        problem = dcrviz.prepare([flag(exposures[0], plane, pixels), *exposures[1:]])
        np.testing.assert_array_equal(~problem.usable[0], pixels)
        assert not problem.weights[0][pixels].any()


@pytest.mark.parametrize("plane", ["CLIPPED", "CR", "INTRP"])
def test_pixels_with_any_other_plane_carry_signal(exposures, flag, plane):
    everywhere = np.ones(exposures[0].shape, dtype=bool)
    problem = dcrviz.prepare([flag(exposures[0], plane, everywhere), *exposures[1:]])
    assert problem.usable.all()


def test_the_weights_of_2019_are_the_usable_pixels_themselves(exposures):
    problem = dcrviz.prepare(exposures, dcrviz.AssembleConfig(weights="2019"))
    assert problem.weights is None


@pytest.mark.parametrize("weights", ["2019", "inverse_variance", "background"])
def test_the_closed_form_keeps_no_weights_and_stacks_the_same_ones(exposures, weights):
    keeping, ours = (
        dcrviz.prepare(exposures, dcrviz.AssembleConfig(solver=solver, weights=weights))
        for solver in ("pcg", "direct")
    )
    assert (keeping.weights is None) == (weights == "2019")
    assert ours.weights is None
    np.testing.assert_array_equal(ours.stack_weight, keeping.stack_weight)
    np.testing.assert_array_equal(ours.precision, keeping.precision)


def test_inverse_variance_weights_are_about_one(problem):
    assert np.median(problem.weights) == pytest.approx(1)


def test_a_visit_without_the_plane_detected_takes_the_templates_and_says_so(exposures, problem):
    other = {name: bit for name, bit in exposures[1].planes.items() if name != "DETECTED"}
    bare = replace(exposures[1], planes=other, mask=np.zeros_like(exposures[1].mask))
    borrowed = dcrviz.prepare([exposures[0], bare, *exposures[2:]], template=problem.template)
    sources = flagged(problem.template.mask, problem.template.planes, ["DETECTED"])
    np.testing.assert_array_equal(borrowed.detected[1], sources)
    np.testing.assert_array_equal(borrowed.detected[0], problem.detected[0])
    assert borrowed.warnings == (
        "simulated visit 101: no mask plane DETECTED; the template's is used",
    )


def test_the_background_is_off_the_sources_and_free_of_bad_planes(exposures, problem):
    template = problem.template
    sources = flagged(template.mask, template.planes, ["DETECTED"])
    np.testing.assert_array_equal(problem.background, ~sources)
    mask = template.mask.copy()
    mask[:5] |= 1 << template.planes["SAT"]
    spoilt = dcrviz.prepare(exposures, template=replace(template, mask=mask))
    assert not spoilt.background[:5].any()
    np.testing.assert_array_equal(spoilt.background[5:], problem.background[5:])


def test_missing_weather_is_the_standard_atmosphere_and_the_record_says_so(exposures):
    dry = [replace(e, visit=replace(e.visit, weather=None)) for e in exposures[:2]]
    prepared = dcrviz.prepare([*dry, *with_weather(exposures[2:])])
    (warning,) = prepared.warnings
    assert "2 of 6 visits (100, 101)" in warning
    assert "standard atmosphere" in warning
    assert np.isfinite(prepared.shifts.midpoint).all()


def with_weather(exposures):
    weather = Weather(temperature_c=10.0, pressure_pa=75000.0, humidity_percent=30.0)
    return [replace(e, visit=replace(e.visit, weather=weather)) for e in exposures]


def test_measured_weather_is_no_warning(exposures):
    assert dcrviz.prepare(with_weather(exposures)).warnings == ()


def test_the_problem_keeps_its_knobs_when_the_given_ones_are_turned(exposures):
    config = dcrviz.AssembleConfig()
    problem = dcrviz.prepare(exposures, config)
    config.accelerate = 9.0
    assert problem.config.accelerate == 3.0


def test_the_given_exposures_are_left_as_they_were(exposures):
    images = [exposure.image.copy() for exposure in exposures]
    masks = [exposure.mask.copy() for exposure in exposures]
    dcrviz.prepare(exposures, dcrviz.AssembleConfig(statistic="MEANCLIP"))
    for exposure, image, mask in zip(exposures, images, masks, strict=True):
        np.testing.assert_array_equal(exposure.image, image)
        np.testing.assert_array_equal(exposure.mask, mask)


def test_injected_shifts_are_used_instead_of_the_refraction(exposures, problem):
    shifts = replace(
        problem.shifts, midpoint=problem.shifts.midpoint * 2, split=problem.shifts.split * 2
    )
    prepared = dcrviz.prepare(exposures, shifts=shifts)
    assert prepared.shifts is shifts
    assert prepared.buffer_px > problem.buffer_px


def test_a_given_template_is_not_made_anew(exposures, problem):
    other = replace(problem.template, image=problem.template.image * 2)
    prepared = dcrviz.prepare(exposures, template=other)
    np.testing.assert_array_equal(prepared.template.image, other.image)


class Lazy:
    """Reads when it is indexed, as a section of a file does, and counts how often."""

    def __init__(self, array):
        self._array, self.reads = array, 0
        self.shape, self.dtype = array.shape, array.dtype

    def __getitem__(self, key):
        self.reads += 1
        return self._array[key]

    def __array__(self, dtype=None, copy=None):
        self.reads += 1
        return np.array(self._array, dtype=dtype)


class Packed(Lazy):
    """Takes as long for a row as for all."""

    comes_by_rows = False


def of_planes(kind, exposures):
    return [
        replace(e, image=kind(e.image), mask=kind(e.mask), variance=kind(e.variance))
        for e in exposures
    ]


@pytest.mark.parametrize("kind", [Lazy, Packed])
def test_lazy_images_are_read_as_arrays_are(exposures, problem, kind):
    prepared = dcrviz.prepare(of_planes(kind, exposures))
    np.testing.assert_array_equal(prepared.images, problem.images)
    np.testing.assert_array_equal(prepared.weights, problem.weights)
    np.testing.assert_array_equal(prepared.template.mask, problem.template.mask)


@pytest.mark.parametrize("room", [Room(), Scratch()], ids=["memory", "disk"])
def test_what_is_packed_is_unpacked_once_whatever_is_prepared_of_it(exposures, room):
    packed, reuse = of_planes(Packed, exposures), Reuse(room)
    for weights in ("2019", "inverse_variance"):
        config = dcrviz.AssembleConfig(find_artifacts=True, weights=weights)
        dcrviz.prepare(packed, config, reuse=reuse)
    planes = [plane for e in packed for plane in (e.image, e.mask, e.variance)]
    assert {plane.reads for plane in planes} == {1}
