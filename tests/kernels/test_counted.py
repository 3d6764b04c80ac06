"""Sums over the pixels that count, whatever the others are."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.kernels.counted import counted_sums, flags_beyond, squared_change

SHAPES = st.tuples(st.integers(1, 4), st.integers(0, 13), st.integers(0, 17))
SEEDS = st.integers(0, 1000)
THREADS = st.integers(1, 3)


def made(shape, seed):
    """Planes, others, and flags; pixels that do not count are NaN."""
    random = np.random.default_rng(seed)
    counted = random.random(shape[1:]) < 0.6
    several = random.normal(0, 3, (2, *shape)).astype(np.float32)
    return (*np.where(counted, several, np.float32(np.nan)), counted)


@settings(max_examples=50, deadline=None)
@given(SHAPES, THREADS, SEEDS)
def test_each_plane_is_summed_where_it_counts(shape, threads, seed):
    planes, _, counted = made(shape, seed)
    expected = planes[:, counted].astype(np.float64).sum(axis=1)
    ours = counted_sums(planes, counted, threads=threads)
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-9)
    np.testing.assert_array_equal(ours, counted_sums(planes, counted))


@settings(max_examples=50, deadline=None)
@given(SHAPES, THREADS, SEEDS)
def test_what_has_changed_is_squared_where_it_counts(shape, threads, seed):
    now, then, counted = made(shape, seed)
    expected = ((now - then)[:, counted].astype(np.float64) ** 2).sum()
    ours = squared_change(now, then, counted, threads=threads)
    np.testing.assert_allclose(ours, expected, rtol=1e-6)
    assert squared_change(now, now, counted) == 0


@settings(max_examples=50, deadline=None)
@given(SHAPES, THREADS, SEEDS)
def test_what_is_beyond_a_limit_is_flagged_where_it_counts(shape, threads, seed):
    (values, *_), _, counted = made(shape, seed)
    low, high = flags_beyond(values, counted, 2.5, threads=threads)
    np.testing.assert_array_equal(low, counted & (values < -2.5))
    np.testing.assert_array_equal(high, counted & (values > 2.5))
