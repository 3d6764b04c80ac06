"""Colours of a composite are those of the source, whatever the stretch."""

import numpy as np
import pytest

from dcrviz.diagnostics.colour import channel_shares, colour_composite


def pixel(*planes, noise=1.0):
    return colour_composite(np.array(planes, np.float32)[:, None, None], noise=noise)[0, 0]


@pytest.mark.parametrize("n_subfilters", [1, 2, 3, 4, 7])
def test_every_channel_is_a_mean_of_planes(n_subfilters):
    shares = channel_shares(n_subfilters)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(shares.sum(axis=0), 3 / n_subfilters)


def test_with_three_subfilters_the_last_is_red_and_the_first_blue():
    np.testing.assert_allclose(channel_shares(3), np.eye(3)[::-1], atol=1e-12)


@pytest.mark.parametrize("n_subfilters", [1, 2, 5])
def test_equal_planes_are_grey(n_subfilters):
    red, green, blue = pixel(*[20.0] * n_subfilters)
    assert red == pytest.approx(green) == pytest.approx(blue)


@pytest.mark.parametrize("height", [3.0, 50.0, 1e5])
def test_the_ratios_of_the_channels_are_those_of_the_planes(height):
    red, green, blue = pixel(1 * height, 2 * height, 4 * height)
    assert (red / blue, green / blue) == pytest.approx((4, 2))


def test_brighter_is_brighter_up_to_one():
    brightness = [pixel(*[height] * 3).max() for height in (1, 10, 100, 1000, 1e6)]
    assert brightness == sorted(brightness)
    assert brightness[-1] == 1


def test_planes_and_noise_in_another_unit_look_the_same():
    np.testing.assert_allclose(pixel(10, 20, 40, noise=2), pixel(30, 60, 120, noise=6), rtol=1e-6)


@pytest.mark.parametrize("value", [0.0, -50.0, np.nan])
def test_where_there_is_no_light_it_is_black(value):
    np.testing.assert_array_equal(pixel(value, value, value), 0)
