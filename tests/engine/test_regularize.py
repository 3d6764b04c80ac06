"""The two clamps: limits, openings and smoothing."""

import numpy as np
import pytest

from dcrviz.engine.regularize import clamp_change, clamp_spectrum
from dcrviz.kernels import open_flags

SHAPE = (3, 20, 20)


@pytest.fixture
def planes():
    """Positive planes, so that every limit is too."""
    return np.random.default_rng(11).uniform(5, 50, SHAPE).astype(np.float32)


@pytest.fixture
def patch():
    """A patch that survives the opening, and a lone pixel that does not."""
    flags = np.zeros(SHAPE[1:], dtype=bool)
    flags[5:11, 5:11] = True
    flags[15, 15] = True
    return flags


def test_the_change_of_a_pixel_is_limited_to_the_factor(planes):
    new = planes * np.random.default_rng(12).uniform(0.1, 9, SHAPE).astype(np.float32)
    clamped = clamp_change(new, planes, factor=2, radius_px=0).planes
    np.testing.assert_array_equal(clamped, np.clip(new, planes / 2, planes * 2))


def test_a_change_within_the_factor_is_left_alone(planes):
    new = planes * np.float32(1.5)
    result = clamp_change(new, planes, factor=2, radius_px=2)
    np.testing.assert_array_equal(result.planes, new)
    assert not result.high.any()
    assert not result.low.any()


def test_a_lone_deviating_pixel_is_left_alone_and_a_patch_is_clamped(planes, patch):
    new = np.where(patch, planes * np.float32(10), planes)
    result = clamp_change(new, planes, factor=2, radius_px=2)
    assert (result.planes[:, 15, 15] == new[:, 15, 15]).all()
    np.testing.assert_array_equal(result.planes[:, 7:9, 7:9], planes[:, 7:9, 7:9] * 2)


def test_a_wider_opening_clamps_no_more_pixels(planes, patch):
    new = np.where(patch, planes * np.float32(10), planes)
    fractions = [
        clamp_change(new, planes, factor=2, radius_px=radius).high[0] for radius in (0, 1, 2, 3)
    ]
    assert fractions == sorted(fractions, reverse=True)
    assert fractions[0] == patch.mean()
    assert fractions[3] == 0


def test_the_report_tells_too_high_from_too_low(planes, patch):
    new = np.where(patch, planes * np.float32(10), planes)
    new[1] = np.where(patch, planes[1] / np.float32(10), planes[1])
    result = clamp_change(new, planes, factor=2, radius_px=0)
    np.testing.assert_allclose(result.high, [patch.mean(), 0, patch.mean()])
    np.testing.assert_allclose(result.low, [0, patch.mean(), 0])


def test_the_planes_that_are_clamped_are_left_as_they_were(planes):
    new = planes * np.float32(10)
    before = new.copy()
    clamp_change(new, planes, factor=2, radius_px=0)
    clamp_spectrum(new, planes.mean(axis=0), factor=4, radius_px=2, noise=1.0)
    np.testing.assert_array_equal(new, before)


def test_the_planes_of_one_pixel_differ_by_no_more_than_the_factor_from_each_other(planes):
    reference = planes.mean(axis=0)
    new = planes * np.array([0.01, 1, 100], dtype=np.float32)[:, None, None]
    clamped = clamp_spectrum(new, reference, factor=4, radius_px=0, noise=0.0).planes
    ratio = clamped / reference
    assert ratio.min() == pytest.approx(0.5, rel=1e-5)
    assert ratio.max() == pytest.approx(2, rel=1e-5)


def test_planes_like_the_reference_are_left_alone(planes):
    reference = planes[0]
    new = np.repeat(reference[None], 3, axis=0)
    clamped = clamp_spectrum(new, reference, factor=4, radius_px=2, noise=1.0)
    np.testing.assert_allclose(clamped.planes, new, rtol=1e-5)


def test_the_clamp_between_subfilters_does_nothing_where_no_reference_is_positive(planes):
    result = clamp_spectrum(planes, -planes[0], factor=4, radius_px=2, noise=1.0)
    np.testing.assert_array_equal(result.planes, planes)
    assert not result.high.any()


def test_the_clamp_between_subfilters_smooths_the_ratio_to_the_reference():
    rng = np.random.default_rng(13)
    reference = np.full(SHAPE[1:], 10, dtype=np.float32)
    new = (reference + rng.normal(0, 0.5, SHAPE)).astype(np.float32)
    clamped = clamp_spectrum(new, reference, factor=4, radius_px=3, noise=0.1).planes
    inside = (slice(None), slice(6, -6), slice(6, -6))
    assert clamped[inside].std() < 0.5 * new[inside].std()
    assert clamped[inside].mean() == pytest.approx(10, rel=0.01)


def test_more_noise_leaves_more_room_between_the_planes(planes):
    reference = planes.mean(axis=0)
    fractions = [
        clamp_spectrum(planes * 4, reference, factor=4, radius_px=1, noise=noise).high.sum()
        for noise in (0.0, 5.0, 50.0)
    ]
    assert fractions[0] > fractions[1] > fractions[2]


def test_a_clamp_without_noise_is_finite_off_all_sources():
    reference = np.zeros((30, 30), dtype=np.float32)
    reference[10:14, 10:14] = 5
    new = np.repeat(reference[None], 2, axis=0)
    for radius in (0, 1, 2):
        clamped = clamp_spectrum(new, reference, factor=4, radius_px=radius, noise=0.0)
        assert np.isfinite(clamped.planes).all()


def test_an_opening_keeps_the_patches_that_hold_the_diamond(patch):
    opened = open_flags(patch, 2)
    assert not opened[15, 15]
    assert opened[7:9, 7:9].all()
    assert not opened[5, 5]
    assert not (opened & ~patch).any()


def test_an_opening_of_radius_0_keeps_every_flag(patch):
    np.testing.assert_array_equal(open_flags(patch, 0), patch)
