"""The noise of the background."""

import numpy as np
import pytest

from dcrviz.engine.noise import background_noise

EVERYWHERE = np.ones((60, 50), dtype=bool)


@pytest.fixture
def image():
    return np.random.default_rng(7).normal(5, 2, (60, 50)).astype(np.float32)


def noise_of(image, background=EVERYWHERE, margin_px=0, estimator="std"):
    return background_noise(image, background, margin_px=margin_px, estimator=estimator)


def test_the_standard_deviation_is_that_of_the_background_inside_the_margin(image):
    background = image < 6
    expected = image[4:-4, 4:-4][background[4:-4, 4:-4]].astype(float).std()
    assert noise_of(image, background, margin_px=4) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("estimator", ["std", "robust"])
def test_both_estimators_find_the_sigma_of_gaussian_noise(image, estimator):
    assert noise_of(image, estimator=estimator) == pytest.approx(2, rel=0.05)


def test_the_robust_estimate_is_not_moved_by_outliers(image):
    spoilt = image.copy()
    spoilt[::10, ::10] = 1e6
    assert noise_of(spoilt, estimator="robust") == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize("estimator", ["std", "robust"])
def test_what_lies_off_the_background_does_not_count(image, estimator):
    background = np.ones(image.shape, dtype=bool)
    background[10:40, 10:40] = False
    bright = image.copy()
    bright[10:40, 10:40] += 1e4
    ours, theirs = (noise_of(given, background, estimator=estimator) for given in (bright, image))
    assert ours == theirs


@pytest.mark.parametrize("estimator", ["std", "robust"])
def test_without_background_the_whole_area_is_measured_robustly(image, estimator):
    spoilt = image.copy()
    spoilt[0, 0] = 1e9
    spoilt[1, 1] = np.nan
    assert noise_of(spoilt, ~EVERYWHERE, estimator=estimator) == pytest.approx(2, rel=0.05)


def test_a_margin_that_leaves_no_pixel_takes_the_whole_area(image):
    assert noise_of(image, margin_px=40) == pytest.approx(2, rel=0.05)


def test_an_image_without_a_finite_pixel_has_no_noise():
    assert noise_of(np.full((60, 50), np.nan, dtype=np.float32), ~EVERYWHERE) == 0


def test_the_noise_scales_with_the_image(image):
    for estimator in ("std", "robust"):
        ours = noise_of(4 * image, estimator=estimator)
        assert ours == pytest.approx(4 * noise_of(image, estimator=estimator))
