"""More wavelengths and a throughput in a run: what changes, and what must not."""

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.template import amplify, visit_template
from dcrviz.io import read_coadds, write_coadds
from dcrviz.throughput import Throughput

CURVE = Throughput(
    name="sloping", wavelength_nm=(387, 400, 540, 567), transmission=(0, 0.3, 0.5, 0)
)
MANY = {"wavelengths_per_subfilter": 8, "throughput": CURVE}


def prepared(exposures, **knobs):
    return dcrviz.prepare(exposures, dcrviz.AssembleConfig(max_iterations=1, **knobs))


def product_of(problem):
    return dcrviz.coadds(problem, dcrviz.advance(problem, dcrviz.first_step(problem)))


@pytest.fixture(scope="module")
def many(exposures):
    return prepared(exposures, **MANY)


def test_two_wavelengths_without_a_throughput_are_lssts_split(exposures, problem):
    two = prepared(exposures, wavelengths_per_subfilter=2)
    np.testing.assert_array_equal(two.shifts.split, problem.shifts.split)
    np.testing.assert_array_equal(two.shifts.midpoint, problem.shifts.midpoint)
    assert two.forward_model.wavelength_nm == ()


def test_the_knob_says_how_many_shifts_a_subfilter_has(many):
    assert many.shifts.split.shape == (6, 3, 8, 2)
    assert many.shifts.weights.shape == (3, 8)


def test_subfilters_that_are_not_split_are_shifted_once(exposures):
    problem = prepared(exposures, split_subfilters=False, **MANY)
    assert len(problem.shifts.forward(0, 0)[0]) == 1


@pytest.mark.parametrize(
    "knobs", [{"wavelengths_per_subfilter": 5}, {"throughput": CURVE}, MANY], ids=str
)
def test_more_wavelengths_and_a_throughput_change_the_coadds(exposures, knobs):
    plain = product_of(prepared(exposures)).planes
    assert (product_of(prepared(exposures, **knobs)).planes != plain).any()


def test_a_template_keeps_the_flux_of_the_planes(many):
    planes = np.zeros((3, 60, 60), dtype=np.float32)
    planes[:, 30, 30] = [1000, 2000, 3000]
    for visit in range(len(many.visits)):
        template = visit_template(planes, many.shifts, visit, order=3)
        assert template.sum(dtype=np.float64) == pytest.approx(6000, rel=1e-5)


def test_the_template_is_the_weighted_mean_of_the_shifted_planes(many):
    from dcrviz.kernels import shift_image

    plane = np.zeros((40, 40), dtype=np.float32)
    plane[20, 20] = 1000
    planes = np.stack([plane, 0 * plane, 0 * plane])
    expected = sum(
        weight * shift_image(plane, moved, order=3)
        for moved, weight in zip(many.shifts.split[5, 0], many.shifts.weights[0], strict=True)
    )
    ours = visit_template(planes, many.shifts, 5, order=3)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-3)


def test_a_spectrum_within_a_slice_smears_as_its_integral_does(exposures):
    # The finest sum is the integral; eight points are much nearer to it than LSST's two.
    planes = np.zeros((3, 48, 48), dtype=np.float32)
    planes[:, 24, 24] = 1000

    def template(**knobs):
        return visit_template(planes, prepared(exposures, **knobs).shifts, 5, order=3)

    finest = template(wavelengths_per_subfilter=64)
    two, eight = (np.abs(template(wavelengths_per_subfilter=k) - finest).max() for k in (2, 8))
    assert eight < two / 8


def test_the_matched_template_of_a_fitted_visit_has_the_same_band_integral(many):
    step = dcrviz.advance(many, dcrviz.first_step(many))
    result = dcrviz.coadds(many, step)
    for index, visit in enumerate(many.visits):
        expected = visit_template(amplify(step.planes, 3.0), many.shifts, index, order=3)
        np.testing.assert_array_equal(dcrviz.matched_template(result, visit).image, expected)


def test_coadds_from_files_predict_the_same_template(many, tmp_path):
    result = product_of(many)
    write_coadds(result, tmp_path)
    after = read_coadds(tmp_path)
    assert after.model == result.model
    np.testing.assert_allclose(
        dcrviz.matched_template(after, many.visits[4]).image,
        dcrviz.matched_template(result, many.visits[4]).image,
        rtol=0,
        atol=1e-5 * result.planes.max(),
    )


def test_a_filter_of_another_band_is_an_error_that_names_it(exposures):
    red = Throughput(name="r", wavelength_nm=(540, 600, 700), transmission=(0, 1, 1))
    with pytest.raises(ValueError, match="throughput r must be above 0 somewhere in every subfil"):
        prepared(exposures, throughput=red)
