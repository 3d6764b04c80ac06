"""What each pixel counts: visit weights, stacked weights and model weights."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz import Visit
from dcrviz.box import Box
from dcrviz.engine.weights import model_weights, pixel_weights, stack_weights, visit_weights
from dcrviz.kernels import shift_image
from dcrviz.records import Shifts

FIELD = Box(y0=0, y1=30, x0=0, x1=40)


def rows_of(weights):
    return lambda visit, rows: weights[visit, rows]


def shifts_of(n_visits, n_subfilters=2, by=(0.0, 0.0)):
    midpoint = np.broadcast_to(np.array(by), (n_visits, n_subfilters, 2)).copy()
    return Shifts(midpoint=midpoint, split=midpoint[:, :, None])


def usable_of(n_visits, shape=(30, 40)):
    return np.ones((n_visits, *shape), dtype=bool)


def test_a_visit_weighs_what_its_record_says():
    visits = [Visit(id=1, weight=2.0, airmass=1.5), Visit(id=2, airmass=1.2)]
    np.testing.assert_array_equal(visit_weights(visits, by_airmass=False), [2.0, 1.0])


def test_the_airmass_multiplies_the_weight_and_may_come_from_the_zenith_angle():
    visits = [Visit(id=1, weight=2.0, airmass=1.5), Visit(id=2, zenith_rad=np.pi / 3)]
    np.testing.assert_allclose(visit_weights(visits, by_airmass=True), [3.0, 2.0])


def test_a_pixel_weighs_the_inverse_of_its_variance_times_the_weight_of_the_visit():
    variance = np.array([[2.0, 4.0]], dtype=np.float32)
    weights = pixel_weights(variance, np.array([[True, True]]), 3.0)
    np.testing.assert_allclose(weights, [[1.5, 0.75]])


@pytest.mark.parametrize("variance", [0.0, -1.0, np.nan, np.inf])
def test_a_pixel_without_a_proper_variance_weighs_nothing(variance):
    weights = pixel_weights(np.array([[variance]], dtype=np.float32), np.array([[True]]), 1.0)
    assert weights == 0


def test_a_pixel_that_is_not_usable_weighs_nothing():
    weights = pixel_weights(np.ones((1, 1), dtype=np.float32), np.array([[False]]), 1.0)
    assert weights == 0


def test_without_shifts_the_stack_weight_is_one_over_the_number_of_visits():
    usable = usable_of(4)
    stack, counts = stack_weights(None, usable, shifts_of(4), order=3)
    np.testing.assert_allclose(stack, 0.25, rtol=1e-5)
    assert (counts == 4).all()
    assert counts.dtype == np.uint16


def test_without_shifts_the_stack_weight_is_one_over_the_sum_of_the_weights():
    usable = usable_of(3)
    weights = np.array([1.0, 2.0, 5.0], dtype=np.float32)[:, None, None] * usable
    stack, counts = stack_weights(rows_of(weights), usable, shifts_of(3), order=1)
    np.testing.assert_allclose(stack, 1 / 8, rtol=1e-5)
    assert (counts == 3).all()


def test_where_no_more_than_one_visit_arrives_weights_and_counts_are_zero():
    usable = usable_of(3)
    usable[1:, :10] = False
    stack, counts = stack_weights(None, usable, shifts_of(3), order=1)
    assert not stack[:, :10].any()
    assert not counts[:, :10].any()
    assert stack[:, 10:].all()


@pytest.mark.parametrize(("complement", "beyond"), [(False, 2), (True, -1)])
def test_what_arrives_of_each_visit_is_rounded_however_a_spline_overshoots(complement, beyond):
    # The signs of a cubic spline's weights half way between two pixels: all of one sign add up.
    sign = np.where(np.arange(40) % 2, 1, -1)
    sign[20:] *= -1
    usable = usable_of(4)
    usable[0] = (np.outer(sign[5:35], sign) > 0) != complement
    shifts = shifts_of(4, by=(0.5, 0.5))
    arrived = [
        shift_image(flags.astype(np.float32), -shifts.midpoint[0, 0], order=3) for flags in usable
    ]
    rounded = np.rint(arrived)
    assert beyond in rounded[0]
    _, counts = stack_weights(None, usable, shifts, order=3)
    good = np.sum(arrived, axis=0) > 1.001
    np.testing.assert_array_equal(counts, np.broadcast_to(rounded.sum(axis=0) * good, counts.shape))


def test_a_pixel_must_be_reached_in_every_subfilter():
    midpoint = np.zeros((2, 2, 2))
    midpoint[:, 0, 0] = 5.0
    shifts = Shifts(midpoint=midpoint, split=midpoint[:, :, None])
    usable = usable_of(2)
    stack, _ = stack_weights(None, usable, shifts, order=1)
    # Shifted back by 5 rows, the last 5 rows of the first subfilter stay empty.
    assert not stack[:, -5:].any()
    assert stack[:, :-5].all()


def test_the_weights_of_2019_are_those_of_equal_weights():
    rng = np.random.default_rng(2)
    usable = usable_of(4) & (rng.random((4, 30, 40)) > 0.01)
    shifts = shifts_of(4, by=(0.4, -0.3))
    flat, _ = stack_weights(None, usable, shifts, order=1)
    equal, _ = stack_weights(rows_of(usable.astype(np.float32)), usable, shifts, order=1)
    np.testing.assert_array_equal(flat, equal)


def test_the_summed_weight_is_nowhere_below_what_two_visits_bring():
    # A hole in a visit of great weight: the spline rings around it, below zero and back.
    usable = usable_of(3)
    usable[0, 10:18, 10:18] = False
    weights = np.array([100.0, 1.0, 1.0], dtype=np.float32)[:, None, None] * usable
    stack, _ = stack_weights(rows_of(weights), usable, shifts_of(3, by=(0.5, 0.3)), order=3)
    assert stack.max() <= 1 / 1.5


def test_the_model_weights_lie_between_0_and_a_maximum_of_1():
    sources = np.zeros((30, 40), dtype=bool)
    sources[8:12, 20:25] = True
    omega = model_weights(sources, FIELD, width_px=3.0)
    assert omega.min() >= 0
    assert omega.max() == 1
    assert np.unravel_index(omega.argmax(), omega.shape) in {(9, 22), (10, 22)}
    assert omega[0, 0] == 0


def test_the_model_weights_are_scaled_on_the_cut_alone():
    sources = np.zeros((30, 40), dtype=bool)
    sources[5:20, 5:20] = True
    sources[25, 35] = True
    cut = replace(FIELD, y0=22, x0=30)
    assert model_weights(sources, cut, width_px=3.0).max() == 1
    assert model_weights(sources, FIELD, width_px=3.0)[25, 35] < 0.1


def test_without_sources_the_model_weights_are_zero():
    sources = np.zeros((30, 40), dtype=bool)
    omega = model_weights(sources, FIELD, width_px=3.0)
    assert not omega.any()


def test_of_width_0_the_model_weights_are_the_sources():
    sources = np.random.default_rng(3).random((30, 40)) > 0.8
    np.testing.assert_array_equal(model_weights(sources, FIELD, width_px=0), sources)
