"""A scene as a visit sees it, and as it truly is."""

import math
from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u

from dcrviz.bands import Band
from dcrviz.physics.refraction import refraction_arcsec
from dcrviz.psf import PROFILES, Psf
from dcrviz.records import Visit, Weather
from dcrviz.simulate.conditions import CTIO
from dcrviz.simulate.random_scene import random_scene
from dcrviz.simulate.render import no_dcr_image, render_visit, truth_planes
from dcrviz.simulate.scene import Scene, Source
from dcrviz.simulate.spectra import blackbody, flat, line, quasar

GAUSSIAN = Psf(profile="gaussian")
BAND = Band.lsst("g")
WEATHER = Weather(temperature_c=10.0, pressure_pa=78000.0, humidity_percent=40.0)
VISIT = Visit(
    id=1,
    airmass=1.8,
    parallactic_rad=math.radians(130.0),
    site=CTIO,
    weather=WEATHER,
    psf_fwhm_px=4.0,
)
ZENITH = replace(VISIT, airmass=1.0)


def scene_of(*spectra, flux=1000.0, **changes):
    sources = tuple(Source(x=45.2, y=44.7, flux=flux, spectrum=s) for s in spectra)
    return Scene(sources=sources, band=BAND, shape=(90, 92), **changes)


def centroid(image):
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    weight = image.astype(float) / image.sum(dtype=float)
    return np.array([(weight * y).sum(), (weight * x).sum()])


def lift_arcsec(wavelength_nm, visit=VISIT):
    zenith_rad = math.acos(1 / visit.airmass)
    blue, middle = refraction_arcsec(
        np.array([wavelength_nm, BAND.effective_nm]), zenith_rad, weather=WEATHER, site=CTIO
    )
    return blue - middle


@pytest.mark.parametrize("wavelength_nm", [406.0, 440.0, 478.5, 551.0])
def test_light_of_one_wavelength_is_moved_by_its_refraction(wavelength_nm):
    image = render_visit(scene_of(line(wavelength_nm)), VISIT, psf=GAUSSIAN)
    amount_px = lift_arcsec(wavelength_nm) / 0.2
    angle = math.radians(130.0)
    # North is up and east left: the zenith is at (x, y) = (-sin, cos) of the parallactic angle.
    expected = np.array([44.7, 45.2]) + amount_px * np.array([math.cos(angle), -math.sin(angle)])
    np.testing.assert_allclose(centroid(image), expected, atol=1e-3)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation_deg", [0.0, -70.0, 200.0])
def test_on_any_grid_blue_light_is_moved_along_the_sky_towards_the_zenith(rotation_deg, mirrored):
    scene = scene_of(line(410.0), rotation_deg=rotation_deg, mirrored=mirrored)
    image = render_visit(scene, VISIT, psf=GAUSSIAN)
    start = scene.wcs.pixel_to_world(45.2, 44.7)
    end = start.directional_offset_by(130 * u.deg, lift_arcsec(410.0) * u.arcsec)
    x, y = scene.wcs.world_to_pixel(end)
    assert lift_arcsec(410.0) > 0
    np.testing.assert_allclose(centroid(image), [y, x], atol=2e-3)


def test_a_hot_star_stands_nearer_to_the_zenith_than_a_cool_one():
    visit = replace(VISIT, parallactic_rad=0.0)
    hot, cool = (
        centroid(render_visit(scene_of(blackbody(t)), visit, psf=GAUSSIAN))
        for t in (10000.0, 2900.0)
    )
    assert hot[0] - cool[0] > 0.3
    assert hot[1] == pytest.approx(cool[1], abs=1e-4)


def test_light_of_the_effective_wavelength_is_not_moved():
    image = render_visit(scene_of(line(BAND.effective_nm)), VISIT, psf=GAUSSIAN)
    np.testing.assert_allclose(centroid(image), [44.7, 45.2], atol=1e-4)


@pytest.mark.parametrize("airmass", [1.0, 1.3, 1.9])
def test_a_visit_keeps_the_flux_of_a_star(airmass):
    image = render_visit(scene_of(quasar(2.1)), replace(VISIT, airmass=airmass), psf=GAUSSIAN)
    assert image.sum(dtype=float) == pytest.approx(1000, rel=1e-5)


@pytest.mark.parametrize("n_subfilters", [1, 3, 6])
def test_the_true_planes_together_keep_the_flux_of_a_star(n_subfilters):
    planes = truth_planes(
        scene_of(blackbody(4000.0)), n_subfilters=n_subfilters, fwhm_px=4.0, psf=GAUSSIAN
    )
    assert planes.shape == (n_subfilters, 90, 92)
    assert planes.sum(dtype=float) == pytest.approx(1000, rel=1e-5)


@pytest.mark.parametrize("name", PROFILES)
def test_at_the_zenith_a_visit_is_the_sum_of_the_true_planes(name):
    scene, psf = random_scene(4, shape=(90, 100), n_stars=10), Psf(profile=name)
    visit = render_visit(scene, ZENITH, psf=psf)
    planes = truth_planes(scene, n_subfilters=3, fwhm_px=4.0, psf=psf)
    np.testing.assert_allclose(visit, planes.sum(axis=0), atol=1e-6 * visit.max())


def test_the_image_without_refraction_is_the_sum_of_the_true_planes():
    scene = random_scene(4, shape=(90, 100), n_stars=10)
    planes = truth_planes(scene, n_subfilters=4, fwhm_px=4.0)
    image = no_dcr_image(scene, fwhm_px=4.0)
    np.testing.assert_allclose(image, planes.sum(axis=0), atol=1e-6 * image.max())


def test_a_star_of_one_subfilter_is_in_its_plane_only():
    planes = truth_planes(scene_of(line(480.0)), n_subfilters=3, fwhm_px=4.0)
    flux = planes.sum(axis=(1, 2), dtype=float)
    assert flux[[0, 2]].tolist() == [0.0, 0.0]
    assert flux[1] > 900


def test_forty_wavelengths_are_enough():
    scene = random_scene(4, shape=(90, 100), n_stars=10)
    visit = replace(VISIT, airmass=2.0, psf_fwhm_px=3.0)
    few, many = (render_visit(scene, visit, n_wavelengths=n) for n in (40, 160))
    assert np.abs(few - many).max() < 1e-3 * many.max()


def test_a_lower_airmass_draws_a_star_less_long():
    peaks = [
        render_visit(scene_of(flat()), replace(VISIT, airmass=airmass)).max()
        for airmass in (1.0, 1.2, 1.5, 1.9)
    ]
    assert peaks == sorted(peaks, reverse=True)


def test_the_seeing_exponent_makes_red_stars_sharper():
    psf = Psf(profile="gaussian", seeing_exponent=-0.2)
    blue, red = (render_visit(scene_of(line(w)), ZENITH, psf=psf).max() for w in (410.0, 550.0))
    # The peak goes as FWHM^-2, so as the wavelength to the power 0.4; the pixels take a little.
    assert red / blue == pytest.approx((550 / 410) ** 0.4, rel=0.01)


def test_a_visit_may_tell_its_zenith_angle_instead_of_its_airmass():
    by_angle = replace(VISIT, airmass=None, zenith_rad=math.acos(1 / 1.8))
    scene = scene_of(flat())
    np.testing.assert_array_equal(render_visit(scene, by_angle), render_visit(scene, VISIT))


def test_missing_weather_is_the_standard_atmosphere_of_the_site():
    image = render_visit(scene_of(line(410.0)), replace(VISIT, weather=None), psf=GAUSSIAN)
    moved_px = np.linalg.norm(centroid(image) - [44.7, 45.2])
    assert moved_px == pytest.approx(lift_arcsec(410.0) / 0.2, rel=0.05)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"airmass": None}, "visit 1: its shift needs the zenith angle or airmass"),
        ({"parallactic_rad": None}, "visit 1: its shift needs the parallactic angle"),
        ({"site": None}, "visit 1: its shift needs the site"),
        ({"psf_fwhm_px": None}, "visit 1: simulating it needs its psf_fwhm_px"),
    ],
)
def test_a_visit_that_lacks_something_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        render_visit(scene_of(flat()), replace(VISIT, **changes))


def test_less_than_forty_wavelengths_are_refused():
    with pytest.raises(ValueError, match="n_wavelengths must be 40 or more; got 39"):
        render_visit(scene_of(flat()), VISIT, n_wavelengths=39)
