"""What an iteration does to the planes, pixel by pixel, against numpy; in bands as in one piece."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.kernels.planes import amplified_planes, blended, brightness, corrected, hold, mean_plane
from dcrviz.kernels.pool import run_bands
from dcrviz.kernels.spline import stack_coefficients

SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 30), st.integers(1, 70))
THREADS = st.integers(1, 4)
SEEDS = st.integers(0, 9)


def planes_of(shape, seed):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@settings(max_examples=50, deadline=None)
@given(SHAPES, st.floats(0, 5, width=32), THREADS, SEEDS)
def test_amplified_planes_differ_that_much_more_from_their_mean(shape, factor, threads, seed):
    planes = planes_of(shape, seed)
    mean = planes.mean(axis=0, dtype=np.float64)
    ours = amplified_planes(planes, factor, threads=threads)
    np.testing.assert_allclose(ours, mean + factor * (planes - mean), rtol=0, atol=1e-5)


@settings(max_examples=50, deadline=None)
@given(SHAPES, st.floats(0, 5, width=32), THREADS, SEEDS)
def test_the_brightness_is_the_absolute_mean_above_a_floor(shape, floor, threads, seed):
    planes = planes_of(shape, seed)
    expected = np.abs(planes.mean(axis=0, dtype=np.float64)) + floor
    ours = brightness(planes, floor, threads=threads)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=3e-6)


@settings(max_examples=50, deadline=None)
@given(SHAPES, THREADS, SEEDS)
def test_a_correction_is_added_where_the_sum_is_finite(shape, threads, seed):
    old, added = planes_of(shape, seed), planes_of(shape, seed + 10)
    added[..., ::3] = np.nan
    added[..., 1::3] = np.inf
    expected = np.where(np.isfinite(added), old + added, old)
    np.testing.assert_array_equal(corrected(old, added, threads=threads), expected)


@settings(max_examples=50, deadline=None)
@given(SHAPES, st.floats(0.125, 3, width=32), THREADS, SEEDS)
def test_new_planes_are_blended_with_the_old_by_the_gain(shape, gain, threads, seed):
    new, old = planes_of(shape, seed), planes_of(shape, seed + 10)
    expected = (gain * new.astype(np.float64) + old) / (1 + gain)
    ours = blended(new, old, gain, threads=threads)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=3e-6)


@settings(max_examples=50, deadline=None)
@given(SHAPES, THREADS, SEEDS)
def test_planes_are_held_where_omega_is_zero(shape, threads, seed):
    planes, template = planes_of(shape, seed), planes_of(shape[1:], seed + 10)
    omega = np.random.default_rng(seed).integers(0, 2, shape[1:]).astype(np.float32)
    expected = np.where(omega > 0, planes, template / len(planes))
    hold(planes, template, omega, threads=threads)
    # The sum may be reordered to part + omega (planes - part).
    np.testing.assert_allclose(planes, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("order", [1, 3])
def test_coefficients_do_not_depend_on_the_number_of_threads(order):
    planes = planes_of((3, 20, 30), 1)
    np.testing.assert_array_equal(
        stack_coefficients(planes, order=order, threads=2), stack_coefficients(planes, order=order)
    )


@pytest.mark.parametrize(("length", "threads"), [(10, 1), (10, 3), (2, 5), (1, 2)])
def test_bands_cover_every_row_once(length, threads):
    seen = np.zeros(length, dtype=int)

    def count(top, bottom):
        seen[top:bottom] += 1

    run_bands(count, length, threads=threads)
    assert (seen == 1).all()


def test_planes_without_pixels_stay_empty():
    nothing = np.zeros((3, 0, 5), dtype=np.float32)
    assert amplified_planes(nothing, 3.0).shape == nothing.shape
    assert brightness(nothing, 1.0).shape == mean_plane(nothing).shape == (0, 5)
    assert corrected(nothing, nothing).shape == blended(nothing, nothing, 0.5).shape
