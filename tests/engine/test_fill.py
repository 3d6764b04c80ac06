"""Filling pixels without data."""

import numpy as np

from dcrviz.engine.fill import fill_holes

SHAPE = (12, 14)


def noisy():
    return np.random.default_rng(41).normal(10, 1, SHAPE).astype(np.float32)


def holes_at(*places):
    holes = np.zeros(SHAPE, dtype=bool)
    for place in places:
        holes[place] = True
    return holes


def test_pixels_with_data_are_left_as_they_are():
    holes = holes_at((slice(3, 7), slice(4, 9)))
    filled = fill_holes(noisy(), holes)
    np.testing.assert_array_equal(filled[~holes], noisy()[~holes])


def test_a_single_hole_becomes_the_mean_of_its_eight_neighbours():
    image = noisy()
    filled = fill_holes(image, holes_at((5, 6)))
    around = image[4:7, 5:8].sum(dtype=np.float64) - image[5, 6]
    np.testing.assert_allclose(filled[5, 6], around / 8, rtol=1e-6)


def test_what_a_hole_holds_does_not_count():
    holes = holes_at((slice(0, 5), slice(0, 5)))
    spoilt = np.where(holes, np.float32(1e9), noisy())
    np.testing.assert_array_equal(fill_holes(spoilt, holes), fill_holes(noisy(), holes))


def test_pixels_that_are_not_finite_are_holes_too():
    image = noisy()
    image[2, 3], image[8, 8] = np.nan, np.inf
    np.testing.assert_array_equal(
        fill_holes(image, holes_at()), fill_holes(noisy(), holes_at((2, 3), (8, 8)))
    )


def test_a_flat_image_is_filled_flat():
    holes = holes_at((slice(0, 9), slice(2, 14)))
    filled = fill_holes(np.full(SHAPE, 7, dtype=np.float32), holes)
    np.testing.assert_allclose(filled, 7, rtol=1e-6)


def test_filled_pixels_lie_within_the_range_of_the_others():
    holes = holes_at((slice(2, 10), slice(3, 12)))
    filled = fill_holes(noisy(), holes)
    known = noisy()[~holes]
    assert known.min() <= filled.min()
    assert filled.max() <= known.max()


def test_an_image_that_is_all_hole_becomes_zero():
    assert not fill_holes(noisy(), np.ones(SHAPE, dtype=bool)).any()


def test_the_given_image_is_left_as_it_was():
    image = noisy()
    fill_holes(image, holes_at((5, 6)))
    np.testing.assert_array_equal(image, noisy())
