"""The template coadd that a run starts from."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.masks import flagged
from dcrviz.physics.seeing import star_image
from dcrviz.psf import KOLMOGOROV

HOLE = (slice(10, 14), slice(20, 26))


def template_of(exposures, **knobs):
    return dcrviz.prepare(exposures, dcrviz.AssembleConfig(**knobs)).template


def carries(template, name):
    return flagged(template.mask, template.planes, [name])


@pytest.fixture
def hole(exposures):
    pixels = np.zeros(exposures[0].shape, dtype=bool)
    pixels[HOLE] = True
    return pixels


@pytest.fixture
def spoilt(exposures, flag, hole):
    """Puts a plane on the hole of the first few visits."""

    def spoil(plane, n_visits):
        marked = [flag(exposure, plane, hole) for exposure in exposures[:n_visits]]
        return [*marked, *exposures[n_visits:]]

    return spoil


def test_the_template_is_the_mean_weighted_by_the_visits_mean_variance(exposures, problem):
    weights = np.array([1 / e.variance.mean(dtype=np.float64) for e in exposures])
    images = np.stack([exposure.image for exposure in exposures])
    expected = np.tensordot(weights, images, axes=1) / weights.sum()
    np.testing.assert_allclose(problem.template.image, expected, rtol=0, atol=1e-3)


def test_the_variance_of_the_template_is_that_of_the_weighted_mean(exposures, problem):
    weights = np.array([1 / e.variance.mean(dtype=np.float64) for e in exposures])
    variances = np.stack([exposure.variance for exposure in exposures])
    expected = np.tensordot(weights**2, variances, axes=1) / weights.sum() ** 2
    np.testing.assert_allclose(problem.template.variance, expected, rtol=1e-5)


def test_the_variance_may_come_from_the_scatter(exposures, problem):
    template = template_of(exposures, error_from_variance=False)
    quiet = ~carries(template, "DETECTED")
    ratio = template.variance[quiet] / problem.template.variance[quiet]
    assert (template.variance != problem.template.variance).all()
    assert ratio.mean() == pytest.approx(1, abs=0.1)


def test_the_weight_of_a_visit_counts_in_the_template(exposures):
    heavy = replace(exposures[0], visit=replace(exposures[0].visit, weight=1e6))
    template = template_of([heavy, *exposures[1:]])
    np.testing.assert_allclose(template.image, exposures[0].image, rtol=0, atol=0.1)


def test_the_airmass_counts_in_the_template_if_asked(exposures, problem):
    template = template_of(exposures, airmass_weight=True)
    assert (template.image != problem.template.image).any()


@pytest.mark.parametrize("statistic", ["MEANCLIP", "MEDIAN"])
def test_a_cosmic_ray_is_left_out_by_clipping_and_by_the_median(exposures, problem, statistic):
    image = exposures[2].image.copy()
    image[40, 5] += 1e6
    hit = [*exposures[:2], replace(exposures[2], image=image), *exposures[3:]]
    template = template_of(hit, statistic=statistic, sigma_clip=5.0)
    assert abs(template.image[40, 5] - problem.template.image[40, 5]) < 100
    assert template_of(hit).image[40, 5] > 1e5


def test_a_bad_pixel_of_one_visit_is_left_out(exposures, spoilt):
    template = template_of(spoilt("BAD", 1))
    weights = np.array([1 / e.variance.mean(dtype=np.float64) for e in exposures[1:]])
    images = np.stack([exposure.image[HOLE] for exposure in exposures[1:]])
    expected = np.tensordot(weights, images, axes=1) / weights.sum()
    np.testing.assert_allclose(template.image[HOLE], expected, rtol=0, atol=0.1)
    assert not carries(template, "BAD").any()


def test_where_no_visit_reaches_the_template_has_no_data(spoilt, hole):
    problem = dcrviz.prepare(spoilt("SAT", 6))
    np.testing.assert_array_equal(carries(problem.template, "NO_DATA"), hole)
    np.testing.assert_array_equal(~problem.covered, hole)
    assert np.isfinite(problem.template.image).all()


def test_a_plane_that_a_used_pixel_carries_is_in_the_template(spoilt, hole):
    template = template_of(spoilt("CR", 1))
    np.testing.assert_array_equal(carries(template, "CR"), hole)


def test_a_plane_to_remove_is_not_in_the_template(spoilt, hole):
    assert not carries(template_of(spoilt("EDGE", 1)), "EDGE").any()
    kept = template_of(spoilt("EDGE", 1), remove_planes=[])
    np.testing.assert_array_equal(carries(kept, "EDGE"), hole)


@pytest.mark.parametrize(("threshold", "propagates"), [(0.1, True), (0.2, False)])
def test_a_plane_is_propagated_where_the_left_out_fraction_passes_its_threshold(
    spoilt, hole, threshold, propagates
):
    # One of six visits of nearly equal weight.
    template = template_of(spoilt("SAT", 1), propagate_planes={"SAT": threshold})
    np.testing.assert_array_equal(carries(template, "SAT"), hole & propagates)


def test_a_threshold_for_a_plane_that_no_visit_has_does_nothing(exposures, problem):
    template = template_of(exposures, propagate_planes={"NOT_KNOWN": 0.0})
    np.testing.assert_array_equal(template.mask, problem.template.mask)


def test_planes_that_visits_number_differently_are_put_together_by_name(exposures, flag, hole):
    other = {"DETECTED": 0, "CR": 1, "BAD": 2, "NO_DATA": 3, "SAT": 4, "OWN": 5}
    mask = np.where(flagged(exposures[0].mask, exposures[0].planes, ["DETECTED"]), 1, 0)
    foreign = replace(exposures[0], mask=mask.astype(np.int32), planes=other)
    template = template_of([flag(foreign, "OWN", hole), *exposures[1:]])
    np.testing.assert_array_equal(carries(template, "OWN"), hole)
    assert not carries(template, "CR").any()


def test_a_visit_without_a_usable_pixel_leaves_the_template_as_it_is_without_it(exposures, flag):
    everywhere = np.ones(exposures[0].shape, dtype=bool)
    with_it = template_of([*exposures, flag(_renamed(exposures[0]), "SAT", everywhere)])
    without = template_of(exposures)
    np.testing.assert_allclose(with_it.image, without.image, rtol=1e-6)
    np.testing.assert_allclose(with_it.variance, without.variance, rtol=1e-6)
    assert not carries(with_it, "SAT").any()


def _renamed(exposure):
    return replace(exposure, visit=replace(exposure.visit, id=999), source="empty")


def test_the_visits_own_detections_are_not_those_of_the_template(exposures, flag):
    everywhere = np.ones(exposures[0].shape, dtype=bool)
    template = template_of([flag(exposures[0], "DETECTED", everywhere), *exposures[1:]])
    assert 0.1 < carries(template, "DETECTED").mean() < 0.9


def test_the_sources_are_detected_on_the_template(problem, scene):
    detected = carries(problem.template, "DETECTED")
    for source in scene.sources:
        assert detected[round(source.y), round(source.x)]
    assert not detected[4, 40]


def test_sources_are_found_with_the_seeing_that_star_images_tell(exposures):
    told = [replace(e, visit=replace(e.visit, psf_fwhm_px=8.0)) for e in exposures]
    star = star_image(8.0, psf=KOLMOGOROV, reach_px=24)
    shown = [replace(e, visit=replace(e.visit, psf_fwhm_px=None), psf=star) for e in exposures]
    one, other = (carries(template_of(visits), "DETECTED") for visits in (told, shown))
    # The width of an image is measured to some parts in a thousand.
    assert (one != other).sum() < 0.02 * one.sum()
