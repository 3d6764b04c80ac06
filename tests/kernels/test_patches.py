"""Patches are the connected ones, and are measured as their pixels say."""

import numpy as np
import pytest
from scipy import ndimage

from dcrviz.kernels.patches import find_patches

CORNERS_TOUCH = np.ones((3, 3))


@pytest.fixture
def flags():
    return np.random.default_rng(5).random((40, 57)) < 0.3


@pytest.fixture
def values():
    return np.random.default_rng(6).normal(0, 5, (40, 57)).astype(np.float32)


def test_the_patches_are_those_of_scipy_in_its_order(flags, values):
    labels, number = ndimage.label(flags, CORNERS_TOUCH)
    index = np.arange(1, number + 1)
    found = find_patches(flags, values)
    np.testing.assert_array_equal(found.pixels, ndimage.sum_labels(flags, labels, index))
    centres = ndimage.center_of_mass(np.abs(values), labels, index)
    np.testing.assert_allclose(np.stack([found.y, found.x], axis=1), centres, rtol=1e-5)


def test_the_peak_is_the_value_of_the_largest_size(flags, values):
    labels, number = ndimage.label(flags, CORNERS_TOUCH)
    for label, peak in zip(range(1, number + 1), find_patches(flags, values).peak, strict=True):
        inside = values[labels == label]
        assert peak == inside[np.abs(inside).argmax()]


def test_the_circle_holds_every_pixel_of_the_patch(flags, values):
    labels, _ = ndimage.label(flags, CORNERS_TOUCH)
    found = find_patches(flags, values)
    y, x = np.nonzero(labels)
    patch = labels[y, x] - 1
    far = np.hypot(x - found.x[patch], y - found.y[patch])
    assert (far < found.radius_px[patch]).all()


def test_pixels_that_touch_at_a_corner_are_one_patch():
    assert find_patches(np.eye(4, dtype=bool), np.ones((4, 4))).pixels.tolist() == [4]


def test_patches_at_both_edges_of_a_row_are_two():
    flags = np.zeros((2, 5), dtype=bool)
    flags[0, 4] = flags[1, 0] = True
    assert find_patches(flags, np.ones((2, 5))).pixels.tolist() == [1, 1]


@pytest.mark.parametrize("shape", [(0, 5), (3, 4)])
def test_where_nothing_is_flagged_there_is_no_patch(shape):
    assert find_patches(np.zeros(shape, dtype=bool), np.ones(shape)).pixels.size == 0


def test_the_flags_stay_as_they_are(flags, values):
    before = flags.copy()
    find_patches(flags, values)
    np.testing.assert_array_equal(flags, before)
