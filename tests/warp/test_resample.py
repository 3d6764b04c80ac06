"""One exposure on another grid."""

from dataclasses import replace

import numpy as np
import pytest
from skies import CENTRE, PLANES, distorted, drawn, stars_sky, tan

from dcrviz.records import Pixels
from dcrviz.warp.grid import Grid
from dcrviz.warp.resample import METHODS, resampled

SHAPE = (120, 120)
WCSS = {
    "turned": tan(angle=33),
    "flipped": tan(flip=-1, angle=10),
    "coarser": tan(0.3),
    "finer": tan(0.2, angle=5),
    "distorted": distorted(),
}


@pytest.fixture(scope="module")
def stars():
    return stars_sky()


def pixels_of(image, *, mask=None, variance=4.0):
    return Pixels(
        image=image,
        variance=np.full(image.shape, variance, np.float32),
        mask=np.zeros(image.shape, np.int32) if mask is None else mask,
        planes=PLANES,
    )


def flux_and_place(image, wcs, star):
    """Sum and centroid [pixels] within 2.4 arcsec of a star's place, less what is about it."""
    (east, north), scale = star, 3600 * np.sqrt(abs(np.linalg.det(wcs.pixel_scale_matrix)))
    lat = CENTRE[1] + north / 3600
    x0, y0 = wcs.all_world2pix(CENTRE[0] + east / 3600 / np.cos(np.radians(lat)), lat, 0)
    y, x = np.indices(image.shape)
    near = np.hypot(y - y0, x - x0) < 2.4 / scale
    light = np.where(near, image, 0).astype(float)
    return light.sum(), (light * x).sum() / light.sum() - x0, (light * y).sum() / light.sum() - y0


@pytest.mark.parametrize("method", METHODS)
def test_on_its_own_grid_an_image_stays_as_it_is(stars, method):
    wcs = tan()
    image = drawn(wcs, SHAPE, stars)
    found = resampled(pixels_of(image), wcs, Grid(wcs=wcs, shape=SHAPE), method=method)
    inner = np.s_[2:-2, 2:-2]
    np.testing.assert_allclose(found.image[inner], image[inner], atol=1e-5 * image.max())
    np.testing.assert_allclose(found.variance[inner], 4.0, rtol=1e-6)
    assert not found.mask[inner].any()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", WCSS)
def test_stars_keep_their_flux_and_their_place_on_the_sky(method, name):
    one_star = ([(1.3, -2.1)], [1e4])
    image = drawn(WCSS[name], SHAPE, one_star)
    grid = Grid(wcs=tan(), shape=SHAPE)
    found = resampled(pixels_of(image), WCSS[name], grid, method=method)
    flux, off_x, off_y = flux_and_place(np.nan_to_num(found.image), grid.wcs, one_star[0][0])
    assert flux == pytest.approx(1e4, rel=4e-3)
    assert abs(off_x) < 0.02
    assert abs(off_y) < 0.02


def test_cubic_interpolation_is_the_sky_seen_on_the_other_grid(stars):
    grid = Grid(wcs=tan(), shape=SHAPE)
    expected = drawn(grid.wcs, SHAPE, stars)
    found = resampled(pixels_of(drawn(WCSS["turned"], SHAPE, stars)), WCSS["turned"], grid)
    known = np.isfinite(found.image)
    assert known.mean() > 0.7
    assert np.abs(found.image - expected)[known].max() < 0.01 * expected.max()


def test_variance_grows_with_the_square_of_the_area_of_a_pixel():
    wcs = tan(0.25)
    grid = Grid(wcs=tan(0.5, shape=(40, 40)), shape=(40, 40))
    found = resampled(pixels_of(np.zeros(SHAPE, np.float32)), wcs, grid)
    np.testing.assert_allclose(found.variance[10:30, 10:30], 4.0 * 16, rtol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_where_the_image_does_not_reach_there_is_no_data(method):
    wcs = tan(shape=(60, 60))
    grid = Grid(wcs=tan(angle=45), shape=SHAPE)
    found = resampled(pixels_of(np.ones((60, 60), np.float32)), wcs, grid, method=method)
    outside = (found.mask & (1 << PLANES["NO_DATA"])) > 0
    np.testing.assert_array_equal(np.isnan(found.image), outside)
    np.testing.assert_array_equal(np.isnan(found.variance), outside)
    assert outside[0, 0]
    assert not outside[60, 60]
    assert (~outside).sum() == pytest.approx(60 * 60, rel=0.08)


def test_a_flag_reaches_every_pixel_that_its_own_touches(stars):
    wcs, place = tan(), (70, 50)
    mask = np.zeros(SHAPE, np.int32)
    mask[place] = 1 << PLANES["SAT"]
    grid = Grid(wcs=tan(angle=45), shape=SHAPE)
    found = resampled(pixels_of(drawn(wcs, SHAPE, stars), mask=mask), wcs, grid)
    x, y = grid.wcs.all_world2pix(*wcs.all_pix2world(place[1], place[0], 0), 0)
    flagged = (found.mask & (1 << PLANES["SAT"])) > 0
    rows, columns = np.indices(SHAPE)
    apart = np.hypot(rows - y, columns - x)
    assert flagged[apart < 1].all()
    assert not flagged[apart > 3].any()


def test_a_bad_pixel_does_not_ring():
    wcs, mask = tan(), np.zeros(SHAPE, np.int32)
    image = np.full(SHAPE, 10, np.float32)
    image[60, 60], mask[60, 60] = 1e6, 1 << PLANES["BAD"]
    found = resampled(pixels_of(image, mask=mask), wcs, Grid(wcs=tan(angle=20), shape=SHAPE))
    known = np.isfinite(found.image)
    np.testing.assert_allclose(found.image[known], 10, rtol=1e-3)


def test_a_pixel_that_is_nan_is_no_data_there(stars):
    wcs = tan()
    image = drawn(wcs, SHAPE, stars)
    image[40, 30] = np.nan
    found = resampled(pixels_of(image), wcs, Grid(wcs=wcs, shape=SHAPE))
    assert found.mask[40, 30] == 1 << PLANES["NO_DATA"]
    assert np.isfinite(found.image[2:-2, 2:-2]).all()


def test_an_image_twice_as_bright_is_twice_as_bright_there(stars):
    grid = Grid(wcs=tan(angle=12), shape=SHAPE)
    once = pixels_of(drawn(WCSS["finer"], SHAPE, stars))
    twice = replace(once, image=2 * once.image)
    first, second = (resampled(p, WCSS["finer"], grid).image for p in (once, twice))
    np.testing.assert_allclose(second, 2 * first, rtol=1e-5, atol=1e-4)


def test_a_method_that_is_none_is_refused():
    pixels = pixels_of(np.zeros(SHAPE, np.float32))
    with pytest.raises(ValueError, match="method must be one of bicubic, exact; got 'lanczos'"):
        resampled(pixels, tan(), Grid(wcs=tan(), shape=SHAPE), method="lanczos")
