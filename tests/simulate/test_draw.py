"""Exact images of moved sources."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz.psf import PROFILES, Psf
from dcrviz.simulate.draw import disc_transfer, draw_sources
from dcrviz.simulate.scene import Source
from dcrviz.simulate.spectra import flat

STAR = Source(x=30.3, y=24.8, flux=1.0, spectrum=flat())
GALAXY = replace(STAR, half_light_radius_px=4.0, axis_ratio=0.5, angle_deg=25.0)
GAUSSIAN = Psf(profile="gaussian")


def draw(source, *, fwhm_px=4.0, psf=GAUSSIAN, moved=(0.0, 0.0), shape=(50, 61)):
    return draw_sources(
        [source],
        shape=shape,
        moved_px=np.array(moved).reshape(1, 1, 2),
        flux=np.ones((1, 1)),
        fwhm_px=np.array([fwhm_px]),
        psf=psf,
    )


def moments(image):
    """Centre (y, x) and second central moments (yy, xx, xy)."""
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    weight = image.astype(float) / image.sum(dtype=float)
    cy, cx = (weight * y).sum(), (weight * x).sum()
    yy, xx = (weight * (y - cy) ** 2).sum(), (weight * (x - cx) ** 2).sum()
    return np.array([cy, cx]), np.array([yy, xx, (weight * (y - cy) * (x - cx)).sum()])


def test_a_star_stands_where_it_was_put():
    np.testing.assert_allclose(moments(draw(STAR))[0], [24.8, 30.3], atol=1e-4)


def test_a_star_is_moved_by_a_fraction_of_a_pixel_exactly():
    centre, _ = moments(draw(STAR, moved=(-1.37, 0.81)))
    np.testing.assert_allclose(centre, [24.8 - 1.37, 30.3 + 0.81], atol=1e-4)


def test_the_gaussian_has_the_closed_form_summed_over_pixels():
    image = draw(replace(STAR, x=30.0, y=25.0), fwhm_px=5.0)
    sigma = 5.0 / np.sqrt(8 * np.log(2))
    fine = (np.arange(-10, 11)[:, None] + (np.arange(50) + 0.5) / 50 - 0.5) / sigma
    pixels = np.exp(-0.5 * fine**2).mean(axis=1) / (sigma * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(image[15:36, 20:41], np.outer(pixels, pixels), atol=1e-6)


def test_a_sharp_star_is_summed_over_pixels_too():
    # Without the frequencies beyond the pixel grid folded back, it would ring.
    image = draw(replace(STAR, x=30.0, y=25.0), fwhm_px=1.2)
    sigma = 1.2 / np.sqrt(8 * np.log(2))
    fine = (np.arange(-10, 11)[:, None] + (np.arange(200) + 0.5) / 200 - 0.5) / sigma
    pixels = np.exp(-0.5 * fine**2).mean(axis=1) / (sigma * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(image[15:36, 20:41], np.outer(pixels, pixels), atol=2e-4)


@pytest.mark.parametrize("name", PROFILES)
def test_the_drawn_width_is_the_stated_one(name):
    fwhm_px = 12.0
    image = draw(
        replace(STAR, x=100.0, y=100.0), fwhm_px=fwhm_px, psf=Psf(profile=name), shape=(201, 201)
    )
    row = image[100] / image[100, 100]
    right = 100 + np.flatnonzero(row[100:] < 0.5)[0]
    half = right - 1 + (row[right - 1] - 0.5) / (row[right - 1] - row[right]) - 100
    # Pixels of 1/12 FWHM widen the profile by 0.2 %.
    assert 2 * half == pytest.approx(fwhm_px, rel=0.01)


@pytest.mark.parametrize("name", PROFILES)
def test_a_step_of_whole_pixels_moves_the_image_alike(name):
    psf = Psf(profile=name)
    moved = draw(STAR, psf=psf, moved=(3.0, -2.0))
    np.testing.assert_allclose(
        moved[3:, :-2], draw(STAR, psf=psf)[:-3, 2:], atol=1e-5 * moved.max()
    )


@pytest.mark.parametrize("source", [STAR, GALAXY], ids=["star", "galaxy"])
def test_all_flux_is_in_the_image(source):
    image = draw(replace(source, x=60.0, y=60.0), shape=(121, 121))
    assert image.sum(dtype=float) == pytest.approx(1, abs=1e-4)


def test_a_star_at_the_edge_does_not_come_in_on_the_other_side():
    image = draw(replace(STAR, x=0.0, y=0.0), psf=Psf())
    assert np.abs(image[-10:, -10:]).max() < 1e-5 * image.max()


def test_a_galaxy_has_the_moments_of_its_disc():
    galaxy = replace(GALAXY, x=100.0, y=100.0)
    _, with_disc = moments(draw(galaxy, shape=(201, 201)))
    _, star = moments(draw(replace(STAR, x=100.0, y=100.0), shape=(201, 201)))
    # An exponential disc of scale h has second moments of 3 h^2 along each axis.
    scale = 4.0 / 1.6783469900166605
    angle = np.radians(25.0)
    major, minor = 3 * scale**2 / 0.5, 3 * scale**2 * 0.5
    expected = [
        major * np.sin(angle) ** 2 + minor * np.cos(angle) ** 2,
        major * np.cos(angle) ** 2 + minor * np.sin(angle) ** 2,
        (major - minor) * np.sin(angle) * np.cos(angle),
    ]
    np.testing.assert_allclose(with_disc - star, expected, rtol=0.01)


def test_half_the_light_of_a_galaxy_is_within_its_half_light_radius():
    galaxy = replace(GALAXY, x=100.0, y=100.0, half_light_radius_px=20.0, axis_ratio=1.0)
    image = draw(galaxy, fwhm_px=2.0, shape=(201, 201))
    y, x = np.mgrid[:201, :201] - 100.0
    # Seeing of a tenth of the radius moves a little light out.
    assert image[np.hypot(y, x) <= 20].sum(dtype=float) == pytest.approx(0.5, abs=0.01)


def test_a_round_galaxy_has_no_direction():
    frequencies = np.linspace(-0.2, 0.2, 9), np.linspace(0, 0.2, 5)
    first, second = (
        disc_transfer(replace(GALAXY, axis_ratio=1.0, angle_deg=angle), frequencies)
        for angle in (0.0, 77.0)
    )
    np.testing.assert_allclose(first, second, rtol=1e-12)


def test_drawing_is_linear_in_sources_and_wavelengths():
    rng = np.random.default_rng(1)
    sources = [
        replace(s, x=float(x)) for s, x in zip([STAR, GALAXY, STAR], (15, 25, 40), strict=True)
    ]
    moved, flux = rng.normal(0, 2, (3, 5, 2)), rng.uniform(1, 2, (3, 5))
    fwhm_px = np.linspace(3.5, 4.5, 5)
    common = {"shape": (50, 61), "psf": Psf()}
    together = draw_sources(sources, moved_px=moved, flux=flux, fwhm_px=fwhm_px, **common)
    apart = sum(
        draw_sources(
            [sources[s]],
            moved_px=moved[s : s + 1, [w]],
            flux=flux[s : s + 1, [w]],
            fwhm_px=fwhm_px[[w]],
            **common,
        )
        for s in range(3)
        for w in range(5)
    )
    np.testing.assert_allclose(together, apart, atol=1e-5 * together.max())


def test_no_sources_give_an_empty_image():
    image = draw_sources(
        [],
        shape=(5, 7),
        moved_px=np.zeros((0, 1, 2)),
        flux=np.zeros((0, 1)),
        fwhm_px=np.array([4.0]),
        psf=Psf(),
    )
    np.testing.assert_array_equal(image, np.zeros((5, 7)))


def test_a_star_sharper_than_a_pixel_is_refused():
    with pytest.raises(ValueError, match=r"1 pixel or more to be drawn; got 0.9 px"):
        draw(STAR, fwhm_px=0.9)
