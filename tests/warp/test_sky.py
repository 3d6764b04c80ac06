"""The sky's own light."""

import numpy as np
import pytest
from skies import drawn, stars_sky, tan

from dcrviz.warp.sky import sky_of

SHAPE = (160, 160)


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(5).normal(0, 3, SHAPE).astype(np.float32)


def none():
    return np.zeros(SHAPE, bool)


def test_a_slope_is_found_under_sources(noise):
    y, x = np.indices(SHAPE)
    slope = (150 + 0.1 * x - 0.05 * y).astype(np.float32)
    stars = drawn(tan(shape=SHAPE), SHAPE, stars_sky(20, reach_arcsec=18.0))
    found = sky_of(slope + noise + stars, none(), box_px=40)
    assert np.abs(found - slope)[20:-20, 20:-20].max() < 1.0


def test_a_source_loses_no_flux_to_it(noise):
    star = drawn(tan(shape=SHAPE), SHAPE, ([(0, 0)], [2e4]))
    image = star + 100 + noise
    left = image - sky_of(image, none(), box_px=64)
    near = np.s_[70:91, 70:91]
    assert left[near].sum() == pytest.approx(star[near].sum() + noise[near].sum(), rel=0.01)


def test_what_is_not_usable_tells_nothing(noise):
    image, bad = 100 + noise, none()
    image[:, 30:50], bad[:, 30:50] = 1e5, True
    image[3, 3] = np.nan
    np.testing.assert_allclose(sky_of(image, bad, box_px=64), 100, atol=1)


def test_without_a_usable_pixel_it_is_nothing():
    image = np.full(SHAPE, np.nan, np.float32)
    assert not sky_of(image, none(), box_px=64).any()


def test_boxes_larger_than_the_image_are_the_image(noise):
    np.testing.assert_allclose(sky_of(100 + noise, none(), box_px=10_000), 100, atol=0.5)


def test_boxes_of_no_size_are_refused(noise):
    with pytest.raises(ValueError, match="boxes of the sky must be 4 px or more; got 2"):
        sky_of(noise, none(), box_px=2)
