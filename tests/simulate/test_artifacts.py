"""What spoils visits, drawn."""

import numpy as np
import pytest

import dcrviz
from dcrviz.simulate import (
    RUBIN,
    Scene,
    Source,
    blackbody,
    cosmic_rays,
    points_of_light,
    satellite_trail,
    simulate_exposures,
    simulate_variable,
    with_light,
)

SHAPE = (60, 80)
STAR = Source(x=40, y=30, flux=5e4, spectrum=blackbody(6000))
SCENE = Scene(sources=(STAR,), band=dcrviz.Band.lsst("g"), shape=SHAPE)
VISITS = [
    dcrviz.Visit(id=i, airmass=1.2, parallactic_rad=0.3, site=RUBIN, psf_fwhm_px=4.0)
    for i in range(3)
]


def test_a_trail_has_so_much_light_on_each_pixel_of_its_length():
    trail = satellite_trail(SHAPE, through=(30, 40), angle_deg=0, flux_per_px=50, fwhm_px=4)
    np.testing.assert_allclose(trail.sum(axis=0), 50, rtol=0.02)
    assert trail[:, 40].argmax() == 30


def test_a_trail_is_as_wide_as_a_row_of_stars():
    trail = satellite_trail(SHAPE, through=(30, 40), angle_deg=0, flux_per_px=50, fwhm_px=4)
    stars = points_of_light(SHAPE, [(30, x) for x in range(-40, 120)], flux=50, fwhm_px=4)
    np.testing.assert_allclose(trail[20:40, 40], stars[20:40, 40], atol=0.02)


def test_a_turned_trail_goes_through_its_point_at_its_angle():
    trail = satellite_trail(SHAPE, through=(20, 30), angle_deg=45, flux_per_px=50, fwhm_px=4)
    y, x = np.argwhere(trail > 0.99 * trail.max()).T
    np.testing.assert_allclose(y - 20, x - 30, atol=1)


def test_cosmic_rays_are_sharp_and_the_same_for_the_same_seed():
    rays = cosmic_rays(SHAPE, number=10, flux=3000, seed=4)
    np.testing.assert_array_equal(rays, cosmic_rays(SHAPE, number=10, flux=3000, seed=4))
    assert 0.001 < (rays > 0).mean() < 0.05
    assert (cosmic_rays(SHAPE, number=10, flux=3000, seed=5) != rays).any()


def test_points_of_light_have_their_light():
    light = points_of_light(SHAPE, [(20, 30), (40.5, 50)], flux=1000, fwhm_px=3)
    assert light.sum() == pytest.approx(2000, rel=0.02)


def test_light_comes_with_its_noise():
    (exposure,) = simulate_exposures(SCENE, VISITS[:1], seed=1)
    light = np.full(SHAPE, 400, dtype=np.float32)
    spoilt = with_light(exposure, light, seed=2, gain=2.0)
    added = spoilt.image - exposure.image
    assert added.mean() == pytest.approx(400, rel=0.01)
    assert added.var() == pytest.approx(200, rel=0.1)
    np.testing.assert_allclose(spoilt.variance - exposure.variance, 200, rtol=1e-4)


def test_a_variable_star_has_its_light_times_the_factor_of_each_visit():
    factors = np.array([1.0, 0.5, 2.0])
    made = simulate_variable(SCENE, VISITS, {0: factors}, seed=1)
    (plain,) = simulate_exposures(SCENE, VISITS[:1], seed=1)
    np.testing.assert_array_equal(made[0].image, plain.image)
    sums = [one.image[15:46, 25:56].sum() / 5e4 for one in made]
    np.testing.assert_allclose(sums, factors, atol=0.06)
