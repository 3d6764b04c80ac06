"""The numbers of a source are those of a star that is known."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz import advance, first_step, prepare
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.source import (
    aperture_flux,
    cut_along,
    cutout,
    nearest_source,
    radial_profile,
    source_beside,
    spectrum,
)
from dcrviz.simulate import random_scene, read_conditions, simulate

SHAPE = (50, 64)
SIGMA = 1.2


def star(x, y, *fluxes, sky=0.0):
    """Planes with a round star of these fluxes."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    profile = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * SIGMA**2))
    profile /= 2 * np.pi * SIGMA**2
    return (np.array(fluxes)[:, None, None] * profile + sky).astype(np.float32)


@pytest.mark.parametrize("sky", [0.0, 7.0, -3.0])
def test_the_flux_of_a_star_is_its_own_whatever_the_sky(sky):
    flux = aperture_flux(star(30, 22, 100, 200, 0, sky=sky), x=30, y=22)
    np.testing.assert_allclose(flux, [100, 200, 0], rtol=0.01, atol=0.1)


def test_the_flux_is_linear():
    one, other = star(30, 22, 100, 5), star(31, 22, 7, 300)
    parts = [aperture_flux(planes, x=30, y=22) for planes in (one, other)]
    both = aperture_flux(one + other, x=30, y=22)
    np.testing.assert_allclose(both, sum(parts), rtol=0.02)


def test_a_star_at_the_edge_keeps_what_is_on_the_field():
    (flux,) = aperture_flux(star(0, 22, 100), x=0, y=22)
    assert 50 < flux < 80


def test_pixels_without_a_value_count_as_sky():
    planes = star(30, 22, 100)
    planes[0, 10, :] = np.nan
    (flux,) = aperture_flux(planes, x=30, y=22)
    assert flux == pytest.approx(100, rel=0.01)


def test_the_profile_of_a_star_falls_from_its_peak():
    (profile,) = radial_profile(star(30, 22, 100), x=30, y=22)
    assert profile[0] == pytest.approx(100 / (2 * np.pi * SIGMA**2), rel=1e-5)
    assert (np.diff(profile) <= 0).all()


def test_the_profile_of_a_level_sky_is_level():
    profile = radial_profile(np.full((2, *SHAPE), 3, np.float32), x=30.3, y=22.2)
    np.testing.assert_allclose(profile, 3)


def test_rings_off_the_field_have_no_mean():
    profile = radial_profile(np.ones((1, 6, 6), np.float32), x=2, y=2)
    assert np.isfinite(profile[0, :4]).all()
    assert np.isnan(profile[0, 6:]).all()


@pytest.mark.parametrize("direction", [(1, 0), (0, 1), (3, -4)])
def test_a_cut_through_a_ramp_is_its_slope(direction):
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    ramp = (2 * columns - 3 * rows)[None].astype(np.float32)
    along, (values,) = cut_along(ramp, x=30, y=22, direction=direction)
    slope = (2 * direction[0] - 3 * direction[1]) / np.hypot(*direction)
    np.testing.assert_allclose(values, (2 * 30 - 3 * 22) + slope * along, atol=1e-4)


def test_a_cut_the_other_way_is_the_same_backwards():
    planes = star(30, 22, 100, 50)
    _, there = cut_along(planes, x=31, y=22, direction=(1, 2))
    _, back = cut_along(planes, x=31, y=22, direction=(-1, -2))
    np.testing.assert_allclose(there, back[:, ::-1], atol=1e-5)


def test_a_cut_has_no_values_off_the_field():
    along, (values,) = cut_along(np.ones((1, *SHAPE), np.float32), x=2, y=22, direction=(1, 0))
    np.testing.assert_array_equal(np.isnan(values), along < -2)


def test_a_direction_without_length_is_refused():
    with pytest.raises(ValueError, match=r"direction must have a length above 0; got \(0, 0\)"):
        cut_along(star(30, 22, 1), x=3, y=2, direction=(0, 0))


@pytest.mark.parametrize(("x", "y"), [(30, 22), (2, 3), (63, 49)])
def test_a_cutout_has_its_place_in_the_middle_and_nothing_off_the_field(x, y):
    image = np.arange(SHAPE[0] * SHAPE[1], dtype=np.float32).reshape(SHAPE)
    stamp = cutout(image, x=x, y=y)
    assert stamp.shape == (32, 32)
    assert stamp[16, 16] == image[y, x]
    inside = min(SHAPE[0], y + 16) - max(0, y - 16), min(SHAPE[1], x + 16) - max(0, x - 16)
    assert np.isfinite(stamp).sum() == np.prod(inside)


def test_a_place_far_off_the_field_has_an_empty_cutout():
    assert np.isnan(cutout(np.ones(SHAPE, np.float32), x=500, y=-500)).all()


@pytest.fixture(scope="module")
def field():
    scene = random_scene(3, shape=(90, 90), n_stars=4, n_galaxies=0, n_quasars=0)
    simulation = simulate(scene, read_conditions("hits2015")[:6], seed=1)
    return scene, prepare(simulation.exposures)


def test_a_click_near_a_star_finds_its_brightest_pixel(field):
    scene, problem = field
    brightest = max(scene.sources, key=lambda source: source.flux)
    found = nearest_source(problem, x=brightest.x + 3, y=brightest.y - 2)
    assert np.hypot(found[0] - brightest.x, found[1] - brightest.y) < 1.5
    x, y = found
    stamp = problem.template.image[y - 2 : y + 3, x - 2 : x + 3]
    assert stamp.max() == problem.template.image[y, x]


def test_far_from_every_source_nothing_is_found(field):
    assert nearest_source(field[1], x=-200, y=500) is None


def test_without_detections_nothing_is_found(field):
    problem = replace(field[1], template=replace(field[1].template, planes={}))
    assert nearest_source(problem, x=45, y=45) is None
    assert source_beside(problem, None, by=1) is None


@pytest.mark.parametrize(("x", "y"), [(45, 45), (1, 88), (89, 0)])
def test_a_spectrum_is_the_flux_of_the_planes_as_they_become_coadds(field, x, y):
    problem = field[1]
    step = advance(problem, first_step(problem))
    expected = aperture_flux(shown_planes(step), x=x, y=y)
    np.testing.assert_allclose(spectrum(step, x=x, y=y), expected, rtol=1e-4, atol=1e-2)
