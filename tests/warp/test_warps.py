"""All visits on one grid."""

from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits
from skies import PLANES, drawn, stars_sky, tan

from dcrviz.physics.seeing import star_image
from dcrviz.physics.star_fit import star_width_px
from dcrviz.psf import KOLMOGOROV, Psf
from dcrviz.warp import common_grid, grid_of, visits_of, warped
from dcrviz.warp.zero_points import header_zero_point

SHAPE = (120, 120)
TURNED = tan(0.2, angle=25, shape=(150, 150))


@pytest.fixture(scope="module")
def stars():
    return stars_sky(5, seed=8, reach_arcsec=10.0)


@pytest.fixture
def two_visits(exposure_of, stars):
    """The same stars at two orientations and pixel scales, the second one half as bright."""
    noise = np.random.default_rng(2)
    first = drawn(tan(), SHAPE, stars, sky=200) + noise.normal(0, 1, SHAPE).astype(np.float32)
    second = 0.5 * drawn(TURNED, (150, 150), stars) + 90
    second = (second + noise.normal(0, 1, second.shape)).astype(np.float32)
    return [exposure_of(first, tan()), exposure_of(second, TURNED, visit=2, psf_fwhm_px=7.0)]


def test_visits_come_to_one_grid_one_sky_and_one_scale(two_visits):
    visits = visits_of(two_visits)
    grid = common_grid(visits)
    one, other = (warp for warp in warped(visits, grid, zero_points="stars", sky_box_px=60))
    assert one.exposure.shape == other.exposure.shape == grid.shape
    assert (one.scale, one.stars) == (1.0, 0)
    assert other.scale == pytest.approx(2.0, rel=0.01)
    assert other.stars >= 3
    assert one.sky == pytest.approx(200, abs=1)
    assert other.sky == pytest.approx(90, abs=1)
    difference = (one.exposure.image - other.exposure.image)[3:-3, 3:-3]
    assert np.nanstd(difference) < 4
    peak = np.nanmax(one.exposure.image)
    assert np.nanmax(np.abs(difference)) < 0.05 * peak


@pytest.mark.parametrize("zero_points", ["stars", "none"])
def test_the_photometric_scale_of_a_visit_is_in_its_warp_once(two_visits, zero_points):
    first, second = two_visits
    # The fainter pixels are those of the same fluxes.
    told = replace(second, visit=replace(second.visit, scale=2.0))
    visits = visits_of([first, told])
    one, other = warped(visits, grid_of(first), zero_points=zero_points, sky_box_px=60)
    assert other.scale == pytest.approx(1.0, rel=0.01)
    assert other.exposure.visit.scale == 1.0
    peaks = [np.nanmax(warp.exposure.image) for warp in (one, other)]
    assert peaks[1] == pytest.approx(peaks[0], rel=0.05)
    (as_told,) = warped(visits_of([told]), grid_of(told), zero_points="none", sky_box_px=None)
    (plain,) = warped(visits_of([second]), grid_of(second), zero_points="none", sky_box_px=None)
    np.testing.assert_array_equal(as_told.exposure.image, 2 * plain.exposure.image)
    np.testing.assert_array_equal(as_told.exposure.variance, 4 * plain.exposure.variance)


def test_the_seeing_is_told_in_pixels_of_the_grid(two_visits):
    visits = visits_of(two_visits)
    grid = grid_of(two_visits[0])
    seeing = [w.exposure.visit.psf_fwhm_px for w in warped(visits, grid, zero_points="none")]
    assert seeing == pytest.approx([5.6, 7.0 * 0.2 / 0.25], rel=1e-6)


def test_the_parallactic_angle_stays_as_it_is_an_angle_on_the_sky(two_visits):
    visits = visits_of(two_visits)
    for warp in warped(visits, grid_of(two_visits[0]), zero_points="none"):
        assert warp.exposure.visit.parallactic_rad == 0.6


def test_detectors_of_a_visit_become_one_warp(exposure_of, stars):
    image, wcs = drawn(tan(), SHAPE, stars), tan()
    halves = [
        exposure_of(image[:, :70].copy(), wcs),
        exposure_of(image[:, 50:].copy(), wcs[:, 50:]),
    ]
    visits = visits_of(halves)
    assert len(visits) == 1
    grid = grid_of(exposure_of(image, wcs))
    (warp,) = warped(visits, grid, zero_points="none", sky_box_px=None)
    inner = np.s_[2:-2, 2:-2]
    np.testing.assert_allclose(warp.exposure.image[inner], image[inner], atol=1e-2)
    assert warp.covered == pytest.approx(1, abs=0.04)


def test_where_one_detector_is_bad_the_other_serves(exposure_of, stars):
    image, wcs = drawn(tan(), SHAPE, stars), tan()
    mask = np.zeros(SHAPE, np.int32)
    mask[40:50, 40:50] = 1 << PLANES["BAD"]
    pair = [exposure_of(np.where(mask > 0, 0, image), wcs, mask=mask), exposure_of(image, wcs)]
    (warp,) = warped(visits_of(pair), grid_of(pair[0]), zero_points="none", sky_box_px=None)
    np.testing.assert_allclose(warp.exposure.image[35:55, 35:55], image[35:55, 35:55], atol=1e-2)
    assert not warp.exposure.mask[40:50, 40:50].any()


def test_a_detector_beside_the_grid_is_not_read(exposure_of, stars):
    far = tan(centre=(151.0, 2.2))
    pair = [exposure_of(drawn(tan(), SHAPE, stars), tan()), exposure_of(np.zeros(SHAPE), far)]
    visits = visits_of(pair)
    (warp,) = warped(visits, grid_of(pair[0]), zero_points="none")
    assert warp.covered > 0.9
    with pytest.raises(ValueError, match=r"visit 1: must reach the grid; got no pixel on it"):
        warped([visits[0][1:]], grid_of(pair[0]), zero_points="none")


def test_the_star_image_of_a_visit_is_brought_along(exposure_of, stars):
    star = star_image(5.0, psf=KOLMOGOROV, reach_px=20)
    image = drawn(TURNED, (150, 150), stars)
    exposure = replace(exposure_of(image, TURNED), psf=star)
    (warp,) = warped(visits_of([exposure]), grid_of(exposure_of(image, tan())), zero_points="none")
    found = warp.exposure.psf
    assert found.sum() == pytest.approx(1, abs=1e-6)
    assert star_width_px(found) == pytest.approx(0.2 / 0.25 * star_width_px(star), rel=0.015)


def test_the_star_image_is_what_a_star_of_the_visit_looks_like_on_the_grid(exposure_of):
    wcs = tan(0.2, angle=25, shape=(151, 151))
    one = drawn(wcs, (151, 151), ([(0, 0)], [1.0]))
    exposure = replace(exposure_of(one, wcs), psf=one[56:95, 56:95])
    centre = exposure_of(np.zeros((61, 61)), tan(shape=(61, 61)))
    (warp,) = warped([[exposure]], grid_of(centre), zero_points="none", sky_box_px=None)
    star, reach = warp.exposure.psf, 12
    middle = len(star) // 2
    seen = warp.exposure.image[30 - reach : 31 + reach, 30 - reach : 31 + reach]
    expected = star[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1]
    np.testing.assert_allclose(expected, seen, atol=1e-3 * star.max())


def test_star_images_of_detectors_count_by_the_pixels_of_each(exposure_of, stars):
    image, wcs = drawn(tan(), SHAPE, stars), tan()
    sharp, wide = (star_image(w, psf=Psf(profile="gaussian"), reach_px=12) for w in (3.0, 6.0))
    pair = [
        replace(exposure_of(image[:, :90].copy(), wcs), psf=sharp),
        replace(exposure_of(image[:, 90:].copy(), wcs[:, 90:]), psf=wide),
    ]
    (warp,) = warped(visits_of(pair), grid_of(exposure_of(image, wcs)), zero_points="none")
    star = warp.exposure.psf
    middle = len(star) // 2
    found = star[middle - 12 : middle + 13, middle - 12 : middle + 13]
    # Of 120 columns 90 are the first one's.
    np.testing.assert_allclose(found, 0.75 * sharp + 0.25 * wide, atol=0.01 * sharp.max())


def test_a_visit_without_a_star_image_has_none_on_the_grid(exposure_of, stars):
    exposure = exposure_of(drawn(tan(), SHAPE, stars), tan())
    (warp,) = warped([[exposure]], grid_of(exposure), zero_points="none")
    assert warp.exposure.psf is None


def test_headers_bring_fluxes_to_nanojansky(exposure_of, stars, tmp_path):
    path = tmp_path / "a.fits"
    image = drawn(tan(), SHAPE, stars)
    fits.ImageHDU(image, fits.Header({"MAGZERO": 28.9})).writeto(path)
    visits = visits_of([exposure_of(image, tan(), source=str(path))])
    (warp,) = warped(visits, grid_of(visits[0][0]), sky_box_px=None)
    assert warp.unit == "nJy"
    assert warp.scale == pytest.approx(10.0)
    np.testing.assert_allclose(
        warp.exposure.image[50:60, 50:60], 10 * image[50:60, 50:60], rtol=1e-3
    )
    np.testing.assert_allclose(warp.exposure.variance[50:60, 50:60], 100, rtol=1e-3)


def test_where_one_header_tells_none_stars_are_compared_with_one_that_does(two_visits, tmp_path):
    for name, keys in (("a", {}), ("b", {"MAGZERO": 31.4})):
        fits.ImageHDU(np.zeros((4, 4)), fits.Header(keys)).writeto(tmp_path / f"{name}.fits")
    named = [
        replace(e, source=str(tmp_path / f"{name}.fits"))
        for e, name in zip(two_visits, "ab", strict=True)
    ]
    visits = visits_of(named)
    first, second = warped(visits, common_grid(visits), sky_box_px=60)
    assert (first.exposure.visit.id, first.scale, first.stars) == (2, pytest.approx(1.0), 0)
    assert second.exposure.visit.id == 1
    assert second.scale == pytest.approx(0.5, rel=0.01)
    assert {first.unit, second.unit} == {"nJy"}
    with pytest.raises(ValueError, match=r"a\.fits: a zero point must be in the header"):
        warped(visits, common_grid(visits), zero_points="header")


@pytest.mark.parametrize(
    ("keys", "zero"),
    [
        ({"MAGZERO": 30.1}, 30.1),
        ({"BUNIT": "nJy", "MAGZERO": 30.1}, 31.4),
        ({"FLUXMAG0": 1e11}, 27.5),
        ({"FLUXMAG0": -1.0}, None),
        ({}, None),
    ],
)
def test_zero_points_of_headers(tmp_path, keys, zero):
    path = tmp_path / "a.fits"
    fits.ImageHDU(np.zeros((4, 4), np.float32), fits.Header(keys)).writeto(path)
    assert header_zero_point(path) == (None if zero is None else pytest.approx(zero))


def test_visits_without_a_star_in_common_are_named(exposure_of, stars):
    pair = [
        exposure_of(drawn(tan(), SHAPE, stars), tan()),
        exposure_of(np.zeros(SHAPE, np.float32), tan(), visit=2),
    ]
    warps = warped(visits_of(pair), grid_of(pair[0]), zero_points="stars", sky_box_px=None)
    next(warps)
    with pytest.raises(ValueError, match=r"visit 2: zero points from stars need lonely stars"):
        next(warps)


@pytest.mark.parametrize("name", ["filter", "instrument"])
def test_mixed_filters_and_instruments_are_named(exposure_of, name):
    blank = np.zeros(SHAPE, np.float32)
    pair = [
        exposure_of(blank, tan(), source="a.fits"),
        exposure_of(blank, tan(), visit=2, source="b.fits", **{name: "other"}),
    ]
    with pytest.raises(ValueError, match=rf"b\.fits: all exposures must have one {name}, as a\."):
        visits_of(pair)


def test_no_exposure_is_too_few():
    with pytest.raises(ValueError, match="at least one exposure is needed; got none"):
        visits_of([])
