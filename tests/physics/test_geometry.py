"""The direction to the zenith, against astropy's own way from altitude to pixels."""

import math

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers
from astropy.wcs import WCS, Sip

from dcrviz.physics.geometry import (
    airmass_from_zenith,
    parallactic_angle_rad,
    wcs_jacobian,
    zenith_direction_px,
    zenith_from_airmass_rad,
)

SHAPE = (300, 400)
LATITUDE_DEG = -30.24
CERRO_PACHON = EarthLocation.from_geodetic(-70.75 * u.deg, LATITUDE_DEG * u.deg, 2663 * u.m)
TIME = Time("2015-02-18T03:00:00")
NORTH_UP_EAST_LEFT = np.diag([-0.2, 0.2])


def rotation(angle_deg):
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return np.array([[cos, -sin], [sin, cos]])


GRIDS = {
    "north up, east left": NORTH_UP_EAST_LEFT,
    "flipped, east right": np.diag([0.2, 0.2]),
    "upside down": np.diag([0.2, -0.2]),
    "rotated by 37 deg": rotation(37) @ NORTH_UP_EAST_LEFT,
    "rotated by 180 deg": rotation(180) @ NORTH_UP_EAST_LEFT,
    "flipped, rotated by 113 deg": rotation(113) @ np.diag([0.2, 0.2]),
    "sheared": rotation(20) @ NORTH_UP_EAST_LEFT @ np.array([[1.0, 0.3], [0.0, 1.0]]),
    "unequal pixels": rotation(-75) @ np.diag([-0.2, 0.3]),
}


def tangent_plane(cd_arcsec, *, ra_deg, dec_deg, crpix=None):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [ra_deg, dec_deg]
    wcs.wcs.crpix = crpix or [(SHAPE[1] + 1) / 2, (SHAPE[0] + 1) / 2]
    wcs.wcs.cd = np.asarray(cd_arcsec) / 3600
    wcs.wcs.set()
    return wcs


def centre_of(wcs):
    x, y = (SHAPE[1] - 1) / 2, (SHAPE[0] - 1) / 2
    return (x, y), wcs.pixel_to_world(x, y).icrs


def raised(sky, arcsec):
    """The coordinate a little higher in altitude, seen in ICRS; without internet."""
    with iers.conf.set_temp("auto_download", False):
        horizon = sky.transform_to(AltAz(obstime=TIME, location=CERRO_PACHON))
        higher = SkyCoord(az=horizon.az, alt=horizon.alt + arcsec * u.arcsec, frame=horizon.frame)
        return higher.transform_to("icrs")


def parallactic_of(sky):
    """Position angle of the zenith in ICRS, the frame of the WCS."""
    return sky.position_angle(raised(sky, 1.0)).rad


def assert_altitude_moves_pixels_as_we_say(wcs, *, shift_px):
    (x, y), sky = centre_of(wcs)
    direction_yx = zenith_direction_px(parallactic_of(sky), jacobian=wcs_jacobian(wcs, SHAPE))
    arcsec = shift_px / np.hypot(*direction_yx)
    x_raised, y_raised = wcs.world_to_pixel(raised(sky, arcsec))
    moved = np.array([y_raised - y, x_raised - x])
    assert np.abs(moved).max() > 0.5 * shift_px
    np.testing.assert_allclose(arcsec * direction_yx, moved, atol=0.01)


@pytest.mark.parametrize("cd_arcsec", GRIDS.values(), ids=GRIDS.keys())
@pytest.mark.parametrize(("ra_deg", "dec_deg"), [(150.0, 2.0), (110.0, -55.0), (130.0, 20.0)])
def test_moving_a_coordinate_in_altitude_moves_it_in_pixels_as_we_say(cd_arcsec, ra_deg, dec_deg):
    wcs = tangent_plane(cd_arcsec, ra_deg=ra_deg, dec_deg=dec_deg)
    assert_altitude_moves_pixels_as_we_say(wcs, shift_px=5)


def test_the_direction_to_the_zenith_is_right_for_flipped_images_and_at_180_degrees():
    # On the meridian north of the zenith, the zenith is due south: at 180 degrees.
    with iers.conf.set_temp("auto_download", False):
        meridian = AltAz(obstime=TIME, location=CERRO_PACHON, az=0 * u.deg, alt=50 * u.deg)
        field = SkyCoord(meridian).icrs
    assert abs(math.remainder(parallactic_of(field) - math.pi, math.tau)) < math.radians(0.5)
    for cd_arcsec in (np.diag([-0.2, 0.2]), np.diag([0.2, 0.2])):
        for offset_deg in (-20.0, -0.01, 0.0, 0.01, 20.0):
            ra_deg = field.ra.deg + offset_deg
            wcs = tangent_plane(cd_arcsec, ra_deg=ra_deg, dec_deg=field.dec.deg)
            assert_altitude_moves_pixels_as_we_say(wcs, shift_px=5)


@pytest.mark.parametrize("cd_arcsec", GRIDS.values(), ids=GRIDS.keys())
@pytest.mark.parametrize(
    ("ra_deg", "dec_deg"), [(150.0, 2.0), (0.0, 30.0), (359.99999, -80.0), (33.0, 89.999)]
)
def test_the_jacobian_at_the_tangent_point_is_the_inverse_of_cd(cd_arcsec, ra_deg, dec_deg):
    wcs = tangent_plane(cd_arcsec, ra_deg=ra_deg, dec_deg=dec_deg)
    jacobian = wcs_jacobian(wcs, SHAPE)
    np.testing.assert_allclose(jacobian @ cd_arcsec, np.eye(2), atol=1e-6)


@pytest.mark.parametrize(("ra_deg", "dec_deg"), [(359.95, 10.0), (33.0, 89.9)])
def test_the_jacobian_far_from_the_tangent_point_is_that_of_astropys_offsets(ra_deg, dec_deg):
    wcs = tangent_plane(GRIDS["sheared"], ra_deg=ra_deg, dec_deg=dec_deg, crpix=[-5000.0, 3000.0])
    _, sky = centre_of(wcs)
    columns = []
    for position_angle in (90 * u.deg, 0 * u.deg):
        ahead = sky.directional_offset_by(position_angle, 1 * u.arcsec)
        behind = sky.directional_offset_by(position_angle + 180 * u.deg, 1 * u.arcsec)
        step = np.array(wcs.world_to_pixel(ahead)) - np.array(wcs.world_to_pixel(behind))
        columns.append(step / 2)
    # Astropy's offsets are rounded to some 1e-9 of an arcsecond in degrees of right ascension.
    np.testing.assert_allclose(wcs_jacobian(wcs, SHAPE), np.transpose(columns), atol=5e-6)


def test_the_jacobian_follows_distortions():
    wcs = tangent_plane(NORTH_UP_EAST_LEFT, ra_deg=150.0, dec_deg=2.0)
    wcs.wcs.ctype = ["RA---TAN-SIP", "DEC--TAN-SIP"]
    wcs.wcs.crpix = [0.5, 0.5]
    quadratic = np.zeros((3, 3))
    quadratic[2, 0] = 1e-5
    wcs.sip = Sip(quadratic, np.zeros((3, 3)), None, None, wcs.wcs.crpix)
    stretch = 1 + 2e-5 * (SHAPE[1] / 2)
    assert wcs_jacobian(wcs, SHAPE)[0, 0] == pytest.approx(-5 / stretch, rel=1e-5)


def test_the_order_of_the_sky_axes_in_the_header_does_not_matter():
    wcs = tangent_plane(GRIDS["sheared"], ra_deg=150.0, dec_deg=2.0)
    swapped = tangent_plane(GRIDS["sheared"], ra_deg=150.0, dec_deg=2.0)
    swapped.wcs.ctype = ["DEC--TAN", "RA---TAN"]
    swapped.wcs.crval = [2.0, 150.0]
    swapped.wcs.cd = wcs.wcs.cd[::-1]
    np.testing.assert_allclose(wcs_jacobian(swapped, SHAPE), wcs_jacobian(wcs, SHAPE), rtol=1e-9)


def test_a_wcs_without_the_sky_is_an_error():
    with pytest.raises(ValueError, match="WCS must have two sky coordinates"):
        wcs_jacobian(WCS(naxis=2), SHAPE)


def test_a_wcs_whose_centre_is_not_on_the_sky_is_an_error():
    wcs = tangent_plane(NORTH_UP_EAST_LEFT, ra_deg=150.0, dec_deg=2.0)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.crpix = [1e9, 1e9]
    with pytest.raises(ValueError, match=r"WCS must map the field's centre .* to the sky"):
        wcs_jacobian(wcs, SHAPE)


def test_on_a_north_up_east_left_image_the_zenith_is_at_minus_sin_and_cos():
    jacobian = wcs_jacobian(tangent_plane(NORTH_UP_EAST_LEFT, ra_deg=150.0, dec_deg=2.0), SHAPE)
    angles = np.radians([0.0, 30.0, 90.0, 180.0, -100.0])
    y, x = zenith_direction_px(angles, jacobian=jacobian).T
    np.testing.assert_allclose(x, -5 * np.sin(angles), atol=1e-5)
    np.testing.assert_allclose(y, 5 * np.cos(angles), atol=1e-5)


def test_the_parallactic_angle_is_the_position_angle_of_the_zenith():
    latitude = math.radians(LATITUDE_DEG)
    zenith = SkyCoord(0 * u.deg, LATITUDE_DEG * u.deg)
    for hour_angle_deg in (-80.0, -10.0, -0.5, 0.5, 40.0, 80.0):
        for dec_deg in (-80.0, -30.0, 0.0, 45.0):
            star = SkyCoord(-hour_angle_deg * u.deg, dec_deg * u.deg)
            ours = parallactic_angle_rad(
                math.radians(hour_angle_deg), math.radians(dec_deg), latitude
            )
            expected = star.position_angle(zenith).rad
            assert abs(math.remainder(ours - expected, math.tau)) < 1e-12


def test_at_the_pole_of_the_earth_the_zenith_is_due_north():
    assert parallactic_angle_rad(1.0, 0.5, math.pi / 2) == pytest.approx(0, abs=1e-15)


def test_airmass_and_zenith_angle_are_each_others_inverse():
    for airmass in (1.0, 1.0005, 1.3, 2.5, 20.0):
        assert airmass_from_zenith(zenith_from_airmass_rad(airmass)) == pytest.approx(airmass)


def test_an_airmass_that_rounding_left_below_1_is_the_zenith():
    assert zenith_from_airmass_rad(1 - 1e-6) == 0


@pytest.mark.parametrize("airmass", [0.999, 0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_airmass_is_an_error(airmass):
    with pytest.raises(ValueError, match=r"airmass must be 1 or more; got"):
        zenith_from_airmass_rad(airmass)


@pytest.mark.parametrize("zenith_deg", [-1.0, 90.0, 120.0, float("nan")])
def test_a_zenith_angle_beyond_the_horizon_has_no_airmass(zenith_deg):
    with pytest.raises(ValueError, match=r"zenith angle must be .* less than 90 deg"):
        airmass_from_zenith(math.radians(zenith_deg))
