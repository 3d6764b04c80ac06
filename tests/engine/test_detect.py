"""Sources on the template coadd."""

import numpy as np
import pytest
import sep

from dcrviz.engine.detect import detect_sources
from dcrviz.kernels import grow_flags

SHAPE = (60, 70)
SIGMA_PX = 4.0 / 2.3548200450309493


def star(peak, y=30, x=40):
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return peak * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * SIGMA_PX**2))


def detected(image, variance=1.0):
    variances = np.broadcast_to(np.float32(variance), image.shape).copy()
    return detect_sources(image.astype(np.float32), variances, fwhm_px=4.0)


@pytest.fixture
def noise():
    return np.random.default_rng(31).normal(0, 1, SHAPE)


# The matched filter raises the signal to noise of a star by sqrt(pi) sigma, which is 3 here.
@pytest.mark.parametrize(("peak", "found"), [(1.5, False), (1.8, True)])
def test_a_star_is_found_above_5_sigma_after_smoothing_with_the_psf(peak, found):
    assert detected(star(peak))[30, 40] == found


def test_noise_alone_is_no_source(noise):
    assert not detected(noise).any()


def test_a_footprint_is_grown_by_two_sigma_of_the_psf():
    image = np.zeros(SHAPE)
    image[30, 40] = 1000.0
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    squared = (rows - 30) ** 2 + (columns - 40) ** 2
    # A lone pixel spreads as the kernel: its signal to noise falls to 5 at this radius.
    signal = 1000 * np.exp(-squared / (2 * SIGMA_PX**2)) / (np.sqrt(np.pi) * SIGMA_PX)
    expected = grow_flags(signal > 5, 2 * SIGMA_PX)
    np.testing.assert_array_equal(detected(image), expected)


def test_only_what_is_brighter_than_the_sky_is_a_source():
    assert not detected(star(-1000.0)).any()


def test_the_threshold_is_in_units_of_the_noise(noise):
    image = noise + star(3)
    np.testing.assert_array_equal(detected(image), detected(8 * image, variance=64.0))


def test_pixels_that_are_not_finite_are_no_sources(noise):
    image = noise + star(100, y=10, x=10)
    image[40:50, 40:50] = np.nan
    flags = detected(image)
    assert flags[10, 10]
    assert not flags[42:48, 42:48].any()


@pytest.mark.parametrize("variance", [0.0, np.nan])
def test_without_any_variance_there_is_no_source(noise, variance):
    assert not detected(noise + star(100), variance=variance).any()


def test_a_bright_image_of_any_size_is_one_source():
    image = np.full((700, 700), 100, dtype=np.float32)
    assert detected(image).all()


@pytest.mark.parametrize("rows", [1, 7, 30])
def test_bands_of_rows_find_the_same_pixels(noise, monkeypatch, rows):
    image = noise + star(6) + star(40, y=7, x=12)
    image[20:25, 5:9] = np.nan
    whole = detected(image)
    monkeypatch.setattr("dcrviz.engine.detect._ROWS", rows)
    np.testing.assert_array_equal(detected(image), whole)


def test_a_pixel_counts_by_the_noise_of_all_that_the_filter_adds_up(noise):
    """As the matched filter is defined, on an image that is smaller than its kernel."""
    image, variance = noise[:9, :11] + 1.2, np.random.default_rng(7).uniform(0.3, 2, (9, 11))
    variance[3, 4] = np.inf
    rows, columns = np.mgrid[:9, :11]
    expected = np.zeros((9, 11))
    for y, x in np.ndindex(9, 11):
        kernel = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * SIGMA_PX**2))
        kernel[(abs(rows - y) > 6) | (abs(columns - x) > 6)] = 0
        expected[y, x] = (kernel * image / variance).sum() / np.sqrt((kernel**2 / variance).sum())
    assert expected.max() > 5
    assert expected.min() < 5
    np.testing.assert_array_equal(detected(image, variance), grow_flags(expected > 5, 2 * SIGMA_PX))


def test_the_pixels_are_those_that_sep_finds_by_its_matched_filter(noise):
    image = (noise + star(6) + star(40, y=12, x=15) + star(9, y=50, x=20)).astype(np.float32)
    radius = np.arange(-6, 7)
    kernel = np.exp(-np.add.outer(radius**2, radius**2) / (2 * SIGMA_PX**2)).astype(np.float32)
    _, segments = sep.extract(
        image,
        5.0,
        err=np.ones_like(image),
        minarea=1,
        filter_kernel=kernel,
        filter_type="matched",
        clean=False,
        segmentation_map=True,
    )
    np.testing.assert_array_equal(detected(image), grow_flags(segments > 0, 2 * SIGMA_PX))
