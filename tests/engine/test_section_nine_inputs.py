"""Rows of ALGORITHM.md section 9 on what the input may hold; a test of each is named after it."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz import Outcome

SHORT = {"max_iterations": 1}
# As many iterations at the same gain, whatever a metric says.
STEADY = {"max_iterations": 3, "use_convergence": False}
PIXEL = (20, 24)


def with_image(exposure, image):
    return replace(exposure, image=image.astype(np.float32))


def with_variance(exposure, factor):
    return replace(exposure, variance=exposure.variance * np.float32(factor))


def with_nan(exposure, *pixels):
    image = exposure.image.copy()
    for pixel in pixels:
        image[pixel] = np.nan
    return with_image(exposure, image)


def everywhere(exposure):
    return np.ones(exposure.shape, dtype=bool)


@pytest.fixture(scope="module")
def template(problem):
    return problem.template


@pytest.fixture(scope="module")
def halves(half_empty, run_of):
    """A run whose second subregion has no sources."""
    return run_of(half_empty, subregion_size=(48, 40), **SHORT)


def test_a_subregion_without_detected_keeps_the_template_with_outcome_no_detections(halves):
    assert halves.outcomes[1] is Outcome.NO_DETECTIONS
    inner = halves.problem.tiles[1].inner.slices
    share = halves.problem.template.image[inner] / np.float32(3)
    assert (halves.last.planes[:, *inner] == share).all()
    assert halves.last.histories[1].iterations == 0


def test_a_subregion_without_detected_leaves_the_others_unaffected(half_empty, halves, run_of):
    assert halves.outcomes[0] is Outcome.EXHAUSTED
    assert np.isfinite(halves.last.planes).all()
    # The same with the tiles in the other order: the empty one first.
    mirrored = [
        replace(e, image=e.image[:, ::-1], mask=e.mask[:, ::-1], variance=e.variance[:, ::-1])
        for e in half_empty
    ]
    shifts = halves.problem.shifts
    flip = np.array([1, -1])
    shifts = replace(shifts, midpoint=shifts.midpoint * flip, split=shifts.split * flip)
    other = run_of(mirrored, shifts=shifts, subregion_size=(48, 40), **SHORT)
    assert other.outcomes == halves.outcomes[::-1]
    peak = halves.last.planes.max()
    np.testing.assert_allclose(
        other.last.planes[..., ::-1], halves.last.planes, rtol=0, atol=1e-5 * peak
    )


def test_a_subregion_without_detected_is_fitted_where_the_model_weights_are_off(half_empty, run_of):
    run = run_of(half_empty, subregion_size=(48, 40), use_model_weights=False, **SHORT)
    assert run.outcomes[1] is not Outcome.NO_DETECTIONS
    assert np.isfinite(run.last.planes).all()


def test_every_pixel_detected_takes_the_noise_from_the_whole_area(exposures, template, run_of):
    bit = np.int32(1 << template.planes["DETECTED"])
    full = replace(template, mask=template.mask | bit)
    run = run_of(exposures, template=full, **SHORT)
    assert np.isfinite(run.last.planes).all()
    assert np.isfinite(run.history.metrics).all()
    assert run.last.outcome is Outcome.EXHAUSTED
    assert any("every pixel of the template is DETECTED" in w for w in run.problem.warnings)


def test_no_pixel_detected_is_told_in_a_warning(exposures, template):
    bit = np.int32(1 << template.planes["DETECTED"])
    problem = dcrviz.prepare(exposures, template=replace(template, mask=template.mask & ~bit))
    assert any("no pixel of the template is DETECTED" in w for w in problem.warnings)


def test_no_plane_that_marks_sources_is_told_in_a_warning(exposures, template):
    problem = dcrviz.prepare(
        exposures, dcrviz.AssembleConfig(convergence_planes=[]), template=template
    )
    assert any("convergence_planes names no mask plane" in w for w in problem.warnings)
    other = dcrviz.prepare(
        exposures, dcrviz.AssembleConfig(convergence_planes=["CR"]), template=template
    )
    assert any("no pixel of the template is CR" in w for w in other.warnings)


def test_one_unmasked_nan_pixel_is_no_data_for_that_pixel_of_that_visit_only(
    exposures, problem, template
):
    spoilt = [with_nan(exposures[0], PIXEL), *exposures[1:]]
    changed = dcrviz.prepare(spoilt, template=template)
    difference = changed.usable != problem.usable
    assert np.argwhere(difference).tolist() == [[0, *PIXEL]]
    assert not changed.usable[0][PIXEL]


def test_one_unmasked_nan_pixel_does_as_the_same_pixel_with_no_data_does(
    exposures, template, run_of, flag
):
    pixels = np.zeros(exposures[0].shape, dtype=bool)
    pixels[PIXEL] = True
    spoilt = run_of([with_nan(exposures[0], PIXEL), *exposures[1:]], template=template, **SHORT)
    masked = run_of(
        [flag(exposures[0], "NO_DATA", pixels), *exposures[1:]], template=template, **SHORT
    )
    np.testing.assert_array_equal(spoilt.last.planes, masked.last.planes)
    assert np.isfinite(spoilt.last.planes).all()


def test_unmasked_nan_pixels_are_counted_in_a_warning_that_names_the_visit(exposures):
    one = dcrviz.prepare([with_nan(exposures[0], PIXEL), *exposures[1:]])
    assert one.warnings[0].startswith("simulated visit 100: 1 pixel is NaN without a mask plane")
    two = dcrviz.prepare([*exposures[:-1], with_nan(exposures[-1], PIXEL, (3, 4))])
    assert two.warnings[0].startswith("simulated visit 105: 2 pixels are NaN without a mask plane")


def test_a_nan_pixel_that_its_mask_explains_is_no_warning(exposures, flag):
    pixels = np.zeros(exposures[0].shape, dtype=bool)
    pixels[PIXEL] = True
    explained = flag(with_nan(exposures[0], PIXEL), "NO_DATA", pixels)
    assert dcrviz.prepare([explained, *exposures[1:]]).warnings == ()


def test_nan_in_the_template_are_filled_before_the_start(exposures, template, run_of):
    image = template.image.copy()
    image[PIXEL] = np.nan
    image[0, :5] = np.nan
    run = run_of(exposures, template=replace(template, image=image), **SHORT)
    assert all(np.isfinite(step.planes).all() for step in run.steps)
    known = np.isfinite(image)
    np.testing.assert_array_equal(run.problem.template.image[known], image[known])


@pytest.fixture(scope="module")
def with_empty_visit(exposures, flag):
    return [*exposures[:-1], flag(exposures[-1], "NO_DATA", everywhere(exposures[-1]))]


def test_a_visit_without_a_usable_pixel_is_left_out_of_the_mean_metric(
    with_empty_visit, template, run_of
):
    run = run_of(with_empty_visit, template=template, metric_of_empty_visits="exclude", **SHORT)
    for metric, per_visit in zip(run.history.metrics, run.history.visit_metrics, strict=True):
        assert np.isnan(per_visit).tolist() == [False] * 5 + [True]
        assert metric == pytest.approx(per_visit[:5].mean())


def test_a_visit_without_a_usable_pixel_counts_zero_if_asked_as_in_2019(
    with_empty_visit, template, run_of
):
    run = run_of(with_empty_visit, template=template, metric_of_empty_visits="zero", **SHORT)
    for metric, per_visit in zip(run.history.metrics, run.history.visit_metrics, strict=True):
        assert metric == pytest.approx(per_visit[:5].sum() / 6)


def test_a_visit_without_a_usable_pixel_is_listed_in_a_warning(with_empty_visit):
    warnings = dcrviz.prepare(with_empty_visit).warnings
    assert warnings == ("simulated visit 105: no usable pixel; the visit is left out",)


@pytest.mark.parametrize("weights", ["2019", "inverse_variance"])
def test_a_visit_without_a_usable_pixel_changes_no_plane(
    exposures, with_empty_visit, template, run_of, weights
):
    with_it = run_of(with_empty_visit, template=template, weights=weights, **STEADY)
    without = run_of(exposures[:-1], template=template, weights=weights, **STEADY)
    np.testing.assert_allclose(
        with_it.last.planes, without.last.planes, rtol=0, atol=1e-6 * template.image.max()
    )


def test_weights_2019_let_the_input_variance_have_no_effect(exposures, template, run_of):
    odd = [with_variance(exposures[0], 100), *exposures[1:]]
    ours, theirs = (
        run_of(given, template=template, weights="2019", **SHORT) for given in (odd, exposures)
    )
    np.testing.assert_array_equal(ours.last.planes, theirs.last.planes)


def test_inverse_variance_weights_are_a_weighted_mean_in_which_only_ratios_count(
    exposures, template, run_of
):
    # By a power of two nothing is rounded otherwise.
    scaled = [with_variance(exposure, 4) for exposure in exposures]
    ours, theirs = (run_of(given, template=template, **SHORT) for given in (scaled, exposures))
    np.testing.assert_array_equal(ours.last.planes, theirs.last.planes)


@pytest.fixture(scope="module")
def nonsense(exposures):
    rng = np.random.default_rng(8)
    image = exposures[0].image + rng.normal(0, 1e4, exposures[0].shape)
    return with_variance(with_image(exposures[0], image), 1e9)


@pytest.mark.parametrize(("weights", "pulls"), [("2019", True), ("inverse_variance", False)])
def test_a_visit_of_huge_variance_pulls_the_planes_only_with_the_weights_of_2019(
    exposures, nonsense, template, run_of, weights, pulls
):
    knobs = STEADY | {"weights": weights, "max_iterations": 1}
    with_it = run_of([nonsense, *exposures[1:]], template=template, **knobs)
    without = run_of(exposures[1:], template=template, **knobs)
    difference = np.abs(with_it.last.planes - without.last.planes).max()
    assert (difference > 1e-3 * template.image.max()) == pulls


def test_a_visit_of_twice_the_weight_counts_as_one_of_half_the_variance(
    exposures, template, run_of
):
    heavy = replace(exposures[0], visit=replace(exposures[0].visit, weight=2.0))
    deep = with_variance(exposures[0], 0.5)
    ours, theirs, plain = (
        run_of([first, *exposures[1:]], template=template, **SHORT)
        for first in (heavy, deep, exposures[0])
    )
    np.testing.assert_array_equal(ours.last.planes, theirs.last.planes)
    assert (ours.last.planes != plain.last.planes).any()


def test_the_airmass_reaches_the_fit_with_true_weights_only(exposures, template, run_of):
    def planes(**knobs):
        return run_of(exposures, template=template, **SHORT, **knobs).last.planes

    assert (planes(airmass_weight=True) != planes()).any()
    np.testing.assert_array_equal(
        planes(weights="2019", airmass_weight=True), planes(weights="2019")
    )


def test_the_airmass_reaches_the_recorded_weights_in_any_case(exposures):
    config = dcrviz.AssembleConfig(airmass_weight=True, weights="2019")
    expected = [exposure.visit.airmass * exposure.visit.weight for exposure in exposures]
    np.testing.assert_allclose(dcrviz.prepare(exposures, config).visit_weights, expected)


@pytest.mark.parametrize("depth", [30, 1000])
def test_a_hole_in_the_deepest_visit_does_not_blow_up_the_planes(
    exposures, template, run_of, flag, depth
):
    # A spline rings around the hole; divided by a small sum of weights it would grow without limit.
    hole = np.zeros(exposures[0].shape, dtype=bool)
    hole[20:28, 20:28] = True
    deep = flag(with_variance(exposures[0], 1 / depth), "BAD", hole)
    free = {"clamp_iterations": 0, "clamp_subfilters": 0, "use_model_weights": False}
    run = run_of([deep, *exposures[1:]], template=template, **STEADY, **free)
    assert np.abs(run.last.planes).max() < template.image.max()


def test_a_single_visit_ends_at_once_with_outcome_too_few_visits(exposures, run_of):
    run = run_of(exposures[:1])
    assert run.last.outcome is Outcome.TOO_FEW_VISITS
    assert len(run.steps) == 1
    assert (run.last.planes == run.problem.template.image / np.float32(3)).all()


def test_n_image_counts_per_subfilter_as_2019_and_in_total_the_visits(exposures, flag):
    hole = np.zeros(exposures[0].shape, dtype=bool)
    hole[10:30, 10:30] = True
    spoilt = dcrviz.prepare([flag(exposures[0], "SAT", hole), *exposures[1:]])
    result = dcrviz.coadds(spoilt, dcrviz.first_step(spoilt))
    assert result.n_images.dtype == result.n_visits.dtype == np.uint16
    # Far from the hole's edge and the field's, which the shifts move.
    assert (result.n_images[:, 18:22, 18:22] == 5).all()
    assert (result.n_images[:, 38:42, 10:38] == 6).all()
    np.testing.assert_array_equal(result.n_visits, np.where(hole, 5, 6))
