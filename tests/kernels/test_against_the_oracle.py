"""Every kernel gives what its definition by `scipy.ndimage` gives."""

import numpy as np
import plain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.kernels import grow_flags, open_flags, shift_image, smooth
from dcrviz.kernels.shift import add_shifts
from dcrviz.kernels.spline import coefficients
from dcrviz.kernels.taps import tap_table

SIDES = st.integers(1, 40)
# Whole and half pixels, tiny ones, and shifts larger than any image here.
SHIFTS = st.one_of(
    st.integers(-50, 50).map(float),
    st.integers(-40, 40).map(lambda n: n / 2),
    st.floats(-6, 6, allow_nan=False),
    st.sampled_from([1e-9, -1e-9, 1e-17, -1e-17]),
)


def image_of(height, width, seed):
    return np.random.default_rng(seed).normal(size=(height, width)).astype(np.float32)


@settings(max_examples=300, deadline=None)
@given(SIDES, SIDES, SHIFTS, SHIFTS, st.integers(0, 5), st.integers(0, 9))
def test_a_shift_is_the_oracle_s(height, width, dy, dx, order, seed):
    image = image_of(height, width, seed)
    ours = shift_image(image, np.array([dy, dx]), order=order)
    expected = plain.shift_image(image.astype(np.float64), (dy, dx), order=order)
    # Half a pixel apart, order 0 may take either neighbour.
    ties = order == 0 and (abs(dy % 1 - 0.5) < 1e-6 or abs(dx % 1 - 0.5) < 1e-6)
    if not ties:
        scale = np.abs(image).max() + np.abs(expected).max()
        np.testing.assert_allclose(ours, expected, rtol=0, atol=3e-6 * scale)


def summed_shifts(images, shifts, sources, number, *, order):
    """Shift m of image `sources[m]`, added to plane m modulo `number`: ours, and by ndimage."""
    shape = images[0].shape
    ours = np.zeros((number, *shape), np.float32)
    coefs = np.stack([coefficients(image, order=order) for image in images])
    add_shifts(coefs, tap_table(shifts, shape, order=order), sources, ours)
    expected = np.zeros((number, *shape))
    for m, (shift, source) in enumerate(zip(shifts, sources, strict=True)):
        moved = plain.shift_image(images[source].astype(np.float64), tuple(shift), order=order)
        expected[m % number] += moved
    return ours, expected


@settings(max_examples=200, deadline=None)
@given(
    SIDES, SIDES, st.lists(SHIFTS, min_size=4, max_size=12), st.integers(1, 5), st.integers(0, 9)
)
def test_several_shifts_at_once_are_the_sum_of_the_oracle_s(height, width, lengths, order, seed):
    # Along one direction by shares of a few lengths: of neighbours some have the same taps.
    shifts = np.array([(dy, 0.3 * dy) for dy in lengths] + [(1.01 * lengths[0], 0.3 * lengths[0])])
    images = [image_of(height, width, seed), image_of(height, width, seed + 1)]
    sources = np.sort(np.arange(len(shifts)) % 2)
    ours, expected = summed_shifts(images, shifts, sources, 3, order=order)
    scale = len(shifts) * (np.abs(images).max() + np.abs(expected).max())
    np.testing.assert_allclose(ours, expected, rtol=0, atol=3e-6 * scale)


@pytest.mark.parametrize("order", [1, 3])
@pytest.mark.parametrize("shape", [(9, 1041), (1041, 9), (5, 2100)])
def test_several_shifts_of_a_wide_or_high_image_are_the_sum_of_the_oracle_s(shape, order):
    images = [image_of(*shape, 1)]
    shifts = np.array([(1.3, -2.6), (1.4, -2.7), (0.2, 2.1), (-0.1, 2.2), (-3.7, 0.0)])
    ours, expected = summed_shifts(images, shifts, np.zeros(5, np.int64), 2, order=order)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=3e-5)


@pytest.mark.parametrize("order", [0, 1, 3])
def test_a_shift_of_a_wide_image_is_the_oracle_s(order):
    image = image_of(9, 1041, 1)
    ours = shift_image(image, np.array([1.3, -2.6]), order=order)
    expected = plain.shift_image(image.astype(np.float64), (1.3, -2.6), order=order)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-5)


def test_what_lies_outside_by_any_amount_is_zero():
    ones = np.ones((8, 8), dtype=np.float32)
    assert shift_image(ones, np.array([0.25, 0]), order=1)[0].max() == 0
    assert shift_image(ones, np.array([0.0, -0.25]), order=3)[:, -1].max() == 0


def test_nan_spreads_no_further_than_the_spline_reaches():
    image = image_of(64, 64, 2)
    image[20, 30] = np.nan
    moved = shift_image(image, np.array([0.5, 0.5]), order=1)
    assert np.isnan(moved[20:22, 30:32]).all()
    assert np.isfinite(moved).sum() == moved.size - 4


@settings(max_examples=200, deadline=None)
@given(
    SIDES,
    SIDES,
    st.one_of(st.just(0.0), st.floats(0.1, 9)),
    st.sampled_from(["constant", "reflect"]),
    st.integers(0, 9),
)
def test_a_smoothed_image_is_the_oracle_s(height, width, width_px, mode, seed):
    image = image_of(height, width, seed)
    expected = plain.smooth(image.astype(np.float64), width_px, mode=mode)
    ours = smooth(image, width_px, mode=mode)
    assert np.array_equal(smooth(image, width_px, mode=mode, threads=3), ours)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=3e-6 * np.abs(image).max())


@settings(max_examples=300, deadline=None)
@given(SIDES, SIDES, st.floats(0, 1), st.integers(0, 6), st.integers(0, 9))
def test_an_opening_is_the_oracle_s(height, width, fraction, radius, seed):
    flags = np.random.default_rng(seed).random((height, width)) < fraction
    np.testing.assert_array_equal(open_flags(flags, radius), plain.open_flags(flags, radius))


@settings(max_examples=200, deadline=None)
@given(SIDES, SIDES, st.floats(0, 0.2), st.floats(0, 9), st.integers(0, 9))
def test_grown_flags_are_the_oracle_s(height, width, fraction, radius, seed):
    flags = np.random.default_rng(seed).random((height, width)) < fraction
    np.testing.assert_array_equal(grow_flags(flags, radius), plain.grow_flags(flags, radius))


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0)])
def test_an_empty_image_stays_empty(shape):
    nothing = np.zeros(shape, dtype=np.float32)
    assert shift_image(nothing, np.array([0.5, 0.5]), order=3).shape == shape
    assert smooth(nothing, 2.0, mode="constant").shape == shape
    assert open_flags(nothing > 0, 2).shape == shape
    assert grow_flags(nothing > 0, 2.0).shape == shape


def test_flags_and_images_that_go_in_come_out_unchanged():
    image, flags = image_of(20, 20, 3), image_of(20, 20, 4) > 0
    image.flags.writeable = flags.flags.writeable = False
    shift_image(image, np.array([0.5, 1.5]), order=3)
    smooth(image, 1.0, mode="reflect")
    open_flags(flags, 2)
    grow_flags(flags, 2.0)
