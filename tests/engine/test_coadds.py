"""Products of a run, and the template that they predict for any visit."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.fill import fill_holes
from dcrviz.engine.masks import flagged
from dcrviz.engine.template import amplify, visit_template

HOLE = (slice(20, 24), slice(30, 35))


@pytest.fixture(scope="module")
def result(problem, steps):
    return dcrviz.coadds(problem, steps[-1])


@pytest.fixture(scope="module")
def holed(exposures, flag):
    """Visits that all lack the same pixels."""
    pixels = np.zeros(exposures[0].shape, dtype=bool)
    pixels[HOLE] = True
    return [flag(exposure, "NO_DATA", pixels) for exposure in exposures]


def products_of(exposures, template=None, **knobs):
    config = dcrviz.AssembleConfig(max_iterations=1, **knobs)
    problem = dcrviz.prepare(exposures, config, template=template)
    *_, last = dcrviz.assemble(problem)
    return dcrviz.coadds(problem, last)


def inside(shape, margin=6):
    pixels = np.zeros(shape, dtype=bool)
    pixels[margin:-margin, margin:-margin] = True
    return pixels


def carries(coadd, name):
    return flagged(coadd.mask, coadd.planes, [name])


def test_the_coadds_are_the_amplified_planes(result, steps):
    np.testing.assert_array_equal(result.planes, amplify(steps[-1].planes, 3.0))


def test_the_amplification_is_that_which_was_in_force(problem, steps):
    config = problem.config.with_values(accelerate=5.0)
    step = dcrviz.advance(problem, steps[1], config)
    np.testing.assert_array_equal(dcrviz.coadds(problem, step).planes, amplify(step.planes, 5.0))


def test_the_corrected_coadd_is_the_sum_of_the_planes(result):
    np.testing.assert_allclose(result.corrected.image, result.planes.sum(axis=0), rtol=1e-5)
    np.testing.assert_array_equal(result.corrected.mask, result.mask)


def test_the_variances_of_the_planes_add_up_to_that_of_the_template(problem, result):
    for plane in result.variance:
        np.testing.assert_allclose(plane, problem.template.variance / 3, rtol=1e-6)
    np.testing.assert_allclose(result.corrected.variance, problem.template.variance, rtol=1e-6)


def test_the_mask_is_the_templates(problem, result):
    np.testing.assert_array_equal(result.mask, problem.template.mask)
    assert dict(result.mask_planes) == dict(problem.template.planes)


def test_the_coadds_know_their_inputs_and_the_weights_of_these(problem, result):
    assert result.inputs == problem.visits
    np.testing.assert_array_equal(result.input_weights, problem.visit_weights)


def test_where_no_visit_reaches_the_planes_are_interpolated_and_marked(holed):
    result = products_of(holed)
    assert np.isfinite(result.planes).all()
    assert np.isfinite(result.corrected.image).all()
    marked = carries(result.corrected, "INTRP")
    assert marked[HOLE].all()
    assert marked.sum() == marked[HOLE].size


def test_interpolated_pixels_come_from_their_neighbours(holed):
    result = products_of(holed)
    holes = carries(result.corrected, "INTRP")
    for plane in result.planes:
        np.testing.assert_array_equal(plane, fill_holes(plane, holes))


def test_without_interpolation_pixels_without_data_are_nan(holed):
    result = products_of(holed, interpolate=False)
    holes = np.isnan(result.planes)
    assert holes[:, *HOLE].all()
    assert holes.sum() == holes[:, *HOLE].size
    assert not carries(result.corrected, "INTRP").any()


def test_a_pixel_that_the_visits_fill_is_not_interpolated_for_the_templates_sake(
    exposures, problem
):
    # Visits reach the pixel: what the fit makes of it is data.
    image = problem.template.image.copy()
    image[HOLE] = np.nan
    template = replace(problem.template, image=image)
    result = products_of(exposures, template=template, interpolate=False)
    assert np.isfinite(result.planes).all()
    assert not carries(products_of(exposures, template=template).corrected, "INTRP").any()


def test_the_matched_template_of_a_fitted_visit_is_the_forward_model_of_the_planes(
    problem, steps, result
):
    amplified = amplify(steps[-1].planes, 3.0)
    for index, visit in enumerate(problem.visits):
        expected = visit_template(amplified, problem.shifts, index, order=problem.order)
        np.testing.assert_array_equal(dcrviz.matched_template(result, visit).image, expected)


@pytest.mark.parametrize(
    "knobs", [{"split_subfilters": False}, {"split_threshold": 0.3}, {"interpolation_order": 1}]
)
def test_the_coadds_remember_the_forward_model_of_their_run(exposures, knobs):
    config = dcrviz.AssembleConfig(max_iterations=1, **knobs)
    problem = dcrviz.prepare(exposures, config)
    step = dcrviz.advance(problem, dcrviz.first_step(problem))
    expected = visit_template(
        amplify(step.planes, 3.0), problem.shifts, 5, order=config.interpolation_order
    )
    template = dcrviz.matched_template(dcrviz.coadds(problem, step), problem.visits[5])
    np.testing.assert_array_equal(template.image, expected)


def test_the_matched_template_at_the_zenith_is_the_corrected_coadd(result, visits):
    zenith = replace(visits[0], airmass=1.0)
    template = dcrviz.matched_template(result, zenith)
    np.testing.assert_allclose(
        template.image, result.corrected.image, rtol=0, atol=1e-5 * result.planes.max()
    )
    assert not carries(template, "NO_DATA").any()


def test_the_matched_template_fits_a_visit_better_than_the_template_does(
    exposures, problem, result
):
    sources = problem.detected[5] & inside(problem.shape)
    visit = exposures[5]
    matched = dcrviz.matched_template(result, visit.visit).image
    ours = np.abs(visit.image - matched)[sources].mean()
    plain = np.abs(visit.image - problem.template.image)[sources].mean()
    assert ours < 0.6 * plain


def test_a_matched_template_has_no_data_where_refraction_brings_the_edge_into_view(result, visits):
    low = replace(visits[0], airmass=2.2, parallactic_rad=0.7)
    lacking = carries(dcrviz.matched_template(result, low), "NO_DATA")
    assert lacking.any()
    assert not lacking[inside(lacking.shape)].any()
    assert lacking[0].any() or lacking[-1].any()


def test_pixels_without_data_spoil_a_matched_template_in_their_neighbourhood_only(holed, visits):
    template = dcrviz.matched_template(products_of(holed, interpolate=False), visits[3])
    near = np.zeros(template.image.shape, dtype=bool)
    near[14:30, 24:41] = True
    assert np.isfinite(template.image[~near]).all()
    assert carries(template, "NO_DATA")[HOLE].all()


def test_the_variance_and_the_mask_of_a_matched_template_are_the_models(result, visits):
    template = dcrviz.matched_template(result, visits[3])
    np.testing.assert_array_equal(template.variance, result.corrected.variance)
    np.testing.assert_array_equal(
        carries(template, "DETECTED"), carries(result.corrected, "DETECTED")
    )


def test_a_matched_template_needs_the_place_of_the_zenith(result, visits):
    with pytest.raises(ValueError, match="visit 100: its shift needs the parallactic angle"):
        dcrviz.matched_template(result, replace(visits[0], parallactic_rad=None))


def test_a_matched_template_needs_a_wcs(result, visits):
    with pytest.raises(ValueError, match="needs the WCS of the model"):
        dcrviz.matched_template(replace(result, wcs=None), visits[0])
