"""Which pixels of a shifted image exist, and what the taps of each weigh."""

import numpy as np
import pytest

from dcrviz.kernels.taps import spline_weights, tap_table

LENGTH = 7
# As close to the limits as doubles can be, and beyond them.
SHIFTS = [
    sign * (whole + step)
    for whole in (0.0, 0.5, 1.0, 3.0, 5.0, 6.0, 7.0, 1e6)
    for step in (0.0, 1e-17, 2e-16, -2e-16, 1e-15, -1e-15, 0.3)
    for sign in (1, -1)
]


@pytest.mark.parametrize("shift", SHIFTS)
def test_a_pixel_exists_where_its_place_lies_within_the_image_in_double_precision(shift):
    place = np.arange(LENGTH) - shift
    exists = (place >= 0) & (place <= LENGTH - 1)
    begin, end = tap_table(np.array([[shift, 0.0]]), (LENGTH, 3), order=1).span[0, 0]
    within = np.arange(LENGTH)
    np.testing.assert_array_equal((within >= begin) & (within < end), exists)


@pytest.mark.parametrize("order", range(6))
@pytest.mark.parametrize("shift", [0.0, 0.25, -0.5, 2.75, -3.1])
def test_taps_weigh_as_the_spline_does_at_their_distances(order, shift):
    taps = tap_table(np.array([[0.0, shift]]), (3, LENGTH), order=order)
    middle = LENGTH // 2
    places = middle + taps.first[0, 1] + np.arange(order + 1)
    expected = spline_weights(middle - shift - places, order=order)
    np.testing.assert_allclose(taps.weights[0, 1], expected, atol=1e-6)
    np.testing.assert_allclose(taps.weights[0, 1].sum(), 1, atol=1e-6)


def test_a_shift_beyond_the_image_leaves_nothing_and_disturbs_no_other():
    shifts = np.array([[0.5, -0.25], [9.0, 0.5], [0.5, -0.25]])
    taps = tap_table(shifts, (LENGTH, LENGTH), order=3)
    assert taps.span[1, 0].tolist() == [0, 0]
    assert not taps.weights[1, 0].any()
    np.testing.assert_array_equal(taps.weights[2], taps.weights[0])
    np.testing.assert_array_equal(taps.span[2], taps.span[0])
