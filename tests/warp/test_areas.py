"""Solid angles of pixels."""

import numpy as np
import pytest
from skies import distorted, tan

from dcrviz.warp.areas import pixel_areas


@pytest.mark.parametrize("angle", [0, 30, 90])
@pytest.mark.parametrize("flip", [1, -1])
def test_at_the_tangent_point_it_is_that_of_the_matrix(angle, flip):
    areas = pixel_areas(tan(0.25, angle=angle, flip=flip, shape=(21, 21)), (21, 21))
    assert areas[10, 10] == pytest.approx(0.25**2, rel=1e-6)


def test_a_tangential_pixel_shrinks_with_the_cube_of_the_cosine():
    shape = (201, 201)
    areas = pixel_areas(tan(60.0, shape=shape), shape)
    y, x = np.indices(shape) - 100
    cosine = np.cos(np.arctan(np.hypot(x, y) * np.radians(60 / 3600)))
    np.testing.assert_allclose(areas, 60.0**2 * cosine**3, rtol=2e-5)


def test_between_the_nodes_it_is_what_it_is_at_each_pixel():
    shape, wcs = (130, 90), distorted((130, 90))
    areas = pixel_areas(wcs, shape)
    assert areas.max() / areas.min() > 1.01
    for y, x in ((0, 0), (31, 17), (129, 89), (64, 45)):
        around = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
        corners = around + np.array([x, y])
        lon, lat = wcs.all_pix2world(corners, 0).T
        east = (lon - lon.mean()) * np.cos(np.radians(lat.mean())) * 3600
        north = (lat - lat.mean()) * 3600
        shoelace = 0.5 * abs(np.dot(east, np.roll(north, -1)) - np.dot(north, np.roll(east, -1)))
        assert areas[y, x] == pytest.approx(shoelace, rel=1e-4)
