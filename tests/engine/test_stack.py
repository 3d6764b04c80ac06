"""The statistics of the template coadd, against plain numpy."""

import numpy as np
import pytest

from dcrviz.engine.stack import left_out_fraction, stack_images, stack_variance

N = 8
SHAPE = (6, 7)
WEIGHTS = np.linspace(0.5, 2, N)


@pytest.fixture
def images():
    return np.random.default_rng(21).normal(10, 2, (N, *SHAPE)).astype(np.float32)


@pytest.fixture
def variances():
    return np.random.default_rng(22).uniform(1, 4, (N, *SHAPE)).astype(np.float32)


@pytest.fixture
def counted():
    """Here and there a pixel that does not count, and one that counts nowhere."""
    flags = np.random.default_rng(23).random((N, *SHAPE)) > 0.2
    flags[:, 2, 3] = False
    return flags


def everything():
    return np.ones((N, *SHAPE), dtype=bool)


def stack(images, counted, statistic, *, sigma_clip=3.0, clip_iterations=2, weights=WEIGHTS):
    return stack_images(
        images,
        counted,
        weights,
        statistic=statistic,
        sigma_clip=sigma_clip,
        clip_iterations=clip_iterations,
    )


def test_the_mean_is_that_of_the_counted_pixels_by_weight(images, counted):
    image, used = stack(images, counted, "MEAN")
    weight = WEIGHTS[:, None, None] * counted
    some = counted.any(axis=0)
    expected = (weight * images).sum(axis=0)[some] / weight.sum(axis=0)[some]
    np.testing.assert_allclose(image[some], expected, rtol=1e-6)
    np.testing.assert_array_equal(used, counted)


def test_the_median_is_that_of_the_counted_pixels(images, counted):
    image, used = stack(images, counted, "MEDIAN")
    for y, x in np.argwhere(counted.any(axis=0)):
        assert image[y, x] == pytest.approx(np.median(images[counted[:, y, x], y, x]), rel=1e-6)
    np.testing.assert_array_equal(used, counted)


@pytest.mark.parametrize("statistic", ["MEAN", "MEANCLIP", "MEDIAN"])
def test_a_pixel_that_no_visit_counts_is_nan(images, counted, statistic):
    image, used = stack(images, counted, statistic)
    assert np.argwhere(np.isnan(image)).tolist() == [[2, 3]]
    assert not used[:, 2, 3].any()
    assert image.dtype == np.float32


def test_the_clipped_mean_without_outliers_is_the_mean(images):
    clipped, used = stack(images, everything(), "MEANCLIP", sigma_clip=100)
    mean, _ = stack(images, everything(), "MEAN")
    np.testing.assert_array_equal(clipped, mean)
    assert used.all()


def test_clipping_removes_an_outlier_and_nothing_else(images):
    spoilt = images.copy()
    spoilt[5, 3, 4] += 200
    clipped, used = stack(spoilt, everything(), "MEANCLIP", sigma_clip=6)
    assert np.argwhere(~used).tolist() == [[5, 3, 4]]
    weight = np.delete(WEIGHTS, 5)
    expected = (weight * np.delete(images[:, 3, 4], 5)).sum() / weight.sum()
    assert clipped[3, 4] == pytest.approx(expected, rel=1e-6)


def test_the_mean_and_the_median_keep_an_outlier(images):
    spoilt = images.copy()
    spoilt[5, 3, 4] += 1000
    mean, _ = stack(spoilt, everything(), "MEAN")
    median, _ = stack(spoilt, everything(), "MEDIAN")
    assert mean[3, 4] > 100
    assert median[3, 4] < 15


def test_a_smaller_limit_clips_more_pixels(images):
    left = [
        stack(images, everything(), "MEANCLIP", sigma_clip=sigma)[1].sum()
        for sigma in (1.0, 2.0, 5.0)
    ]
    assert left[0] < left[1] < left[2]


def test_clipping_again_finds_what_the_first_limits_hid():
    values = np.array([0, 1, 2, 3, 4, 5, 6, 12], dtype=np.float32)[:, None, None]
    flags = np.ones(values.shape, dtype=bool)
    used = [
        stack(values, flags, "MEANCLIP", sigma_clip=2.2, clip_iterations=n)[1].sum() for n in (1, 3)
    ]
    assert used[1] <= used[0] < N


def test_a_pixel_is_never_clipped_altogether(images):
    _, used = stack(images, everything(), "MEANCLIP", sigma_clip=0.5, clip_iterations=20)
    assert used.any(axis=0).all()


def test_equal_pixels_are_not_clipped():
    images = np.full((N, *SHAPE), 0.1, dtype=np.float32)
    image, _ = stack(images, everything(), "MEANCLIP")
    np.testing.assert_allclose(image, 0.1, rtol=1e-6)


@pytest.mark.parametrize("statistic", ["MEAN", "MEANCLIP", "MEDIAN"])
def test_what_does_not_count_may_hold_anything(images, counted, statistic):
    spoilt = np.where(counted, images, np.float32(np.nan))
    np.testing.assert_array_equal(
        stack(spoilt, counted, statistic)[0], stack(images, counted, statistic)[0]
    )


def test_the_variance_of_the_inputs_is_that_of_a_weighted_mean(images, variances, counted):
    variance = stack_variance(images, variances, counted, WEIGHTS, from_inputs=True)
    weight = WEIGHTS[:, None, None] * counted
    some = counted.any(axis=0)
    expected = (weight**2 * variances).sum(axis=0)[some] / weight.sum(axis=0)[some] ** 2
    np.testing.assert_allclose(variance[some], expected, rtol=1e-6)


def test_the_variance_of_the_scatter_is_that_of_the_mean_of_equal_weights(images, variances):
    variance = stack_variance(images, variances, everything(), np.ones(N), from_inputs=False)
    np.testing.assert_allclose(variance, images.var(axis=0, ddof=1) / N, rtol=1e-4)


def test_the_variance_of_the_scatter_does_not_look_at_the_inputs(images, variances):
    one, other = (
        stack_variance(images, given, everything(), WEIGHTS, from_inputs=False)
        for given in (variances, 9 * variances)
    )
    np.testing.assert_array_equal(one, other)


def test_the_scatter_of_a_single_visit_is_not_known(images, variances):
    flags = np.zeros((N, *SHAPE), dtype=bool)
    flags[0] = True
    assert np.isnan(stack_variance(images, variances, flags, WEIGHTS, from_inputs=False)).all()


def test_the_left_out_fraction_is_by_weight_and_counts_what_carries_the_plane():
    used = everything()
    used[:2] = False
    carries = {"SAT": np.zeros((N, *SHAPE), dtype=bool), "CR": everything()}
    carries["SAT"][1] = True
    fractions = left_out_fraction(carries, used, WEIGHTS)
    np.testing.assert_allclose(fractions["SAT"], WEIGHTS[1] / WEIGHTS.sum())
    np.testing.assert_allclose(fractions["CR"], WEIGHTS[:2].sum() / WEIGHTS.sum())


def test_without_any_weight_nothing_was_left_out():
    carries = {"BAD": np.ones((3, 2, 2), bool)}
    found = left_out_fraction(carries, np.zeros((3, 2, 2), bool), np.zeros(3))
    np.testing.assert_array_equal(found["BAD"], np.zeros((2, 2)))
