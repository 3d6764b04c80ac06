"""The pixel grid on the sky."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

from dcrviz.simulate.grid import tan_wcs

SHAPE = (60, 80)
GRID = {"pixel_scale_arcsec": 0.25, "ra_deg": 150.0, "dec_deg": -30.0}
CENTRE = SkyCoord(150.0 * u.deg, -30.0 * u.deg)


def position_angle_deg(wcs, dx, dy):
    end = wcs.pixel_to_world(39.5 + dx, 29.5 + dy)
    return CENTRE.position_angle(end).wrap_at(180 * u.deg).deg


def test_the_middle_of_the_image_is_the_given_point():
    found = tan_wcs(SHAPE, **GRID).pixel_to_world(39.5, 29.5)
    assert found.separation(CENTRE).arcsec == pytest.approx(0, abs=1e-6)


def test_north_is_up_and_east_left():
    wcs = tan_wcs(SHAPE, **GRID)
    assert position_angle_deg(wcs, 0, 10) == pytest.approx(0, abs=1e-4)
    assert position_angle_deg(wcs, -10, 0) == pytest.approx(90, abs=1e-3)


def test_a_mirrored_image_has_east_on_the_right():
    wcs = tan_wcs(SHAPE, **GRID, mirrored=True)
    assert position_angle_deg(wcs, 0, 10) == pytest.approx(0, abs=1e-4)
    assert position_angle_deg(wcs, 10, 0) == pytest.approx(90, abs=1e-3)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation_deg", [-130.0, 35.0])
def test_the_y_axis_points_to_the_rotation_angle(rotation_deg, mirrored):
    wcs = tan_wcs(SHAPE, **GRID, rotation_deg=rotation_deg, mirrored=mirrored)
    assert position_angle_deg(wcs, 0, 10) == pytest.approx(rotation_deg, abs=1e-3)


def test_a_pixel_is_as_wide_as_said():
    wcs = tan_wcs(SHAPE, **GRID, rotation_deg=20.0)
    side = CENTRE.separation(wcs.pixel_to_world(40.5, 29.5)).arcsec
    np.testing.assert_allclose(side, 0.25, rtol=1e-6)
