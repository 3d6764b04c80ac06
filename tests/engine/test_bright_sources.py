"""Where an image has sources, and how near each is to the next."""

import numpy as np
import pytest

from dcrviz.engine.bright_sources import BrightSources, bright_sources

SHAPE = (80, 80)


def sky_of(stars, *, noise=1.0):
    """Gaussian stars (x, y, peak) on noise."""
    y, x = np.indices(SHAPE)
    image = np.random.default_rng(4).normal(0, noise, SHAPE)
    for x0, y0, peak in stars:
        image += peak * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 8)
    return image.astype(np.float32), np.full(SHAPE, noise**2, np.float32)


def nothing():
    return np.zeros(SHAPE, bool)


def placed(*stars):
    x, y, peak = np.array(stars, dtype=float).T
    return BrightSources(x=x, y=y, peak=peak, sigma=peak)


def test_sources_are_found_where_they_are_the_brightest_first():
    image, variance = sky_of([(20, 30, 100), (55, 61, 400)])
    found = bright_sources(image, variance, nothing(), sigma=10)
    np.testing.assert_allclose(found.x, [55, 20], atol=0.2)
    np.testing.assert_allclose(found.y, [61, 30], atol=0.2)
    assert found.sigma == pytest.approx([400, 100], rel=0.05)


def test_what_is_not_usable_is_no_source():
    image, variance = sky_of([(20, 30, 100), (55, 61, 400)])
    bad = nothing()
    bad[50:70, 45:65] = True
    image[25:35, 15:25] = np.nan
    assert len(bright_sources(image, variance, bad, sigma=10).x) == 0


def test_the_noise_of_the_place_counts():
    image, variance = sky_of([(20, 30, 100), (55, 61, 100)])
    variance[:, 40:] = 900
    found = bright_sources(image, variance, nothing(), sigma=10)
    np.testing.assert_allclose(found.x, [20], atol=0.2)


def test_a_source_is_alone_if_none_is_near():
    sources = placed((10, 10, 50), (14, 10, 50), (60, 60, 50))
    assert sources.alone(within_px=5).tolist() == [False, False, True]
    assert sources.alone(within_px=3).all()


def test_a_neighbour_counts_by_its_part_of_the_light():
    sources = placed((10, 10, 100), (14, 10, 10))
    assert sources.alone(within_px=5, fraction=0.05).tolist() == [False, False]
    assert sources.alone(within_px=5, fraction=0.2).tolist() == [True, False]


def test_a_single_source_is_alone():
    assert placed((10, 10, 50)).alone(within_px=5).tolist() == [True]
