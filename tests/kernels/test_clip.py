"""Clipping of what deviates among the visits."""

import numpy as np
import pytest

from dcrviz.kernels.clip import clip_outliers


def plainly(values, sigma, iterations):
    """Which of one pixel's values are left, read line by line."""
    centre = np.median(values)
    low, high = np.percentile(values, [25, 75])
    width = (high - low) / (2 * 0.6744897501960817)
    for _ in range(iterations):
        used = np.abs(values - centre) <= sigma * width
        used = used if used.any() else np.ones(len(values), dtype=bool)
        centre = values[used].mean()
        width = values[used].std(ddof=1) if used.sum() > 1 else 0.0
    return used


@pytest.mark.parametrize("n_visits", [1, 2, 3, 5, 8])
@pytest.mark.parametrize(("sigma", "iterations"), [(2.5, 3), (1.0, 5), (0.5, 2)])
def test_what_is_left_is_what_a_plain_reading_leaves(n_visits, sigma, iterations):
    rng = np.random.default_rng(n_visits)
    images = rng.normal(0, 1, (n_visits, 9, 10)).astype(np.float32)
    images[0, :3] += 40
    counted = rng.random(images.shape) > 0.2
    left = clip_outliers(images, counted, sigma=sigma, iterations=iterations)
    for y, x in np.ndindex(9, 10):
        here = counted[:, y, x]
        if here.any():
            expected = plainly(images[here, y, x].astype(float), sigma, iterations)
            np.testing.assert_array_equal(left[here, y, x], expected)
        assert not left[~here, y, x].any()


def test_what_does_not_count_may_be_nan():
    images = np.zeros((4, 1, 1), dtype=np.float32)
    images[0], images[1] = np.nan, 5
    counted = np.array([False, True, True, True]).reshape(4, 1, 1)
    left = clip_outliers(images, counted, sigma=1.0, iterations=1)
    assert left.ravel().tolist() == [False, False, True, True]
