"""Weighted sums of rows, whatever their number, against numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.kernels.sums import PAIRS, add_row, aligned, filter_rows


def numbers(length, seed):
    return np.random.default_rng(seed).normal(size=length).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 130), st.integers(0, 70), st.integers(0, 9))
def test_a_weighted_row_is_added_to_what_stands_there(first, length, seed):
    source, target = numbers(200, seed), numbers(100, seed + 2)
    expected = target.astype(np.float64)
    expected[7 : 7 + length] += 0.3 * source[first : first + length].astype(np.float64)
    add_row(source, first, np.float32(0.3), target, 7, length)
    np.testing.assert_allclose(target, expected, rtol=0, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 60), st.integers(0, 9))
def test_a_symmetric_filter_of_neighbours_is_a_convolution(groups, length, seed):
    reach = groups * PAIRS
    source, half = numbers(length + 2 * reach, seed), numbers(reach + 1, seed + 1)
    target = np.zeros(length, dtype=np.float32)
    pairs = (np.arange(reach)[::-1].copy(), np.arange(reach) + reach + 1)
    filter_rows(source, reach, pairs, half, target, 0, length)
    whole = np.concatenate([half[:0:-1], half]).astype(np.float64)
    expected = np.convolve(source.astype(np.float64), whole, mode="valid")
    np.testing.assert_allclose(target, expected, rtol=0, atol=3e-5)


@pytest.mark.parametrize("length", [1, 16, 100])
def test_an_aligned_array_begins_a_cache_line_and_is_empty(length):
    room = aligned(length)
    assert room.ctypes.data % 64 == 0
    assert room.shape == (length,)
    assert not room.any()
