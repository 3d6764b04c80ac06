"""The two highest of many images at each pixel."""

import numpy as np
import pytest

from dcrviz.kernels.ranks import Ranks

IMAGES = np.random.default_rng(5).normal(size=(6, 9, 13)).astype(np.float32)


@pytest.mark.parametrize("sign", [1, -1])
def test_one_after_another_they_are_ranked_as_all_together(sign):
    ranks = Ranks.empty((9, 13))
    for number, image in enumerate(IMAGES):
        ranks.take(image, number, sign=sign)
    in_order = np.sort(sign * IMAGES, axis=0)
    np.testing.assert_array_equal(ranks.first, in_order[-1])
    np.testing.assert_array_equal(ranks.second, in_order[-2])
    np.testing.assert_array_equal(ranks.which, np.argmax(sign * IMAGES, axis=0))


def test_before_the_first_image_nothing_is_known():
    ranks = Ranks.empty((2, 3))
    assert (ranks.first == -np.inf).all()
    assert (ranks.which == -1).all()


def test_a_pixel_that_two_images_share_has_no_image_above_the_other():
    ranks = Ranks.empty((1, 1))
    for number in range(2):
        ranks.take(np.full((1, 1), 7, np.float32), number)
    assert ranks.first == ranks.second == 7


def test_what_is_no_number_is_passed_over():
    ranks = Ranks.empty((1, 1))
    for number, value in enumerate([3, np.nan]):
        ranks.take(np.full((1, 1), value, np.float32), number)
    assert (ranks.first[0, 0], ranks.which[0, 0]) == (3, 0)
