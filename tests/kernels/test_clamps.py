"""Clamps and smoothed ratios against the plain reading; in bands as in one piece."""

import numpy as np
import plain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.engine.regularize import clamp_change, clamp_spectrum
from dcrviz.kernels.clamp import clamp_rows
from dcrviz.kernels.pool import bands_of
from dcrviz.kernels.ratio import smooth_ratio

SIDES = st.integers(1, 40)


def image_of(height, width, seed):
    # Smoothed: patches that differ from their neighbours by more than a factor.
    noise = np.random.default_rng(seed).normal(size=(height, width))
    return (10 * plain.smooth(noise, 1.5, mode="reflect")).astype(np.float32)


@settings(max_examples=200, deadline=None)
@given(SIDES, SIDES, st.floats(1, 4), st.integers(0, 4), st.integers(1, 5), st.integers(0, 9))
def test_patches_beyond_a_limit_are_clamped_as_by_the_plain_reading(
    height, width, factor, radius, bands, seed
):
    factor = np.float32(factor)
    new, level = image_of(height, width, seed), image_of(height, width, seed + 10)
    clamped = np.empty_like(new)
    counts = [
        clamp_rows(new, level, factor, radius, clamped, *rows) for rows in bands_of(height, bands)
    ]
    high = plain.open_flags(new > factor * np.abs(level), radius)
    low = plain.open_flags(new < level / factor, radius)
    expected = np.where(high, factor * np.abs(level), np.where(low, level / factor, new))
    np.testing.assert_array_equal(clamped, expected)
    assert np.sum(counts, axis=0).tolist() == [high.sum(), low.sum()]


@settings(max_examples=100, deadline=None)
@given(SIDES, SIDES, st.floats(0.3, 4), st.integers(1, 5), st.integers(0, 9))
def test_a_smoothed_ratio_is_that_of_the_plain_reading(height, width, width_px, bands, seed):
    plane, reference = image_of(height, width, seed), np.abs(image_of(height, width, seed + 10))
    level = reference + np.float32(5)
    out = np.empty_like(plane)
    for rows in bands_of(height, bands):
        smooth_ratio(plane, reference, level, floor=0.5, width_px=width_px, out=out, rows=rows)
    ratio = (plain.smooth(plane.astype(np.float64), width_px, mode="constant") + 0.5) / level
    ratio += 3 * (ratio - plain.smooth(ratio, width_px / 3, mode="reflect"))
    scale = max(1, np.abs(ratio * reference).max())
    np.testing.assert_allclose(out, ratio * reference, rtol=0, atol=1e-5 * scale)


@pytest.mark.parametrize("threads", [2, 5])
def test_the_number_of_threads_changes_no_bit_of_the_clamped_planes(threads):
    old = np.stack([10 + image_of(70, 50, seed) for seed in range(3)])
    new = np.stack([10 + image_of(70, 50, seed + 3) for seed in range(3)])

    def clamped(threads):
        change = clamp_change(new, old, factor=1.2, radius_px=2, threads=threads)
        spectrum = clamp_spectrum(
            new, old.mean(axis=0), factor=1.1, radius_px=2, noise=0.1, threads=threads
        )
        return change, spectrum

    for ours, alone in zip(clamped(threads), clamped(1), strict=True):
        assert alone.high.any()
        np.testing.assert_array_equal(ours.planes, alone.planes)
        np.testing.assert_array_equal(ours.high, alone.high)
        np.testing.assert_array_equal(ours.low, alone.low)
