"""A star's width, shape and wings from its pixels."""

import numpy as np
import pytest

from dcrviz.physics.star_fit import fit_star, star_width_px
from dcrviz.simulate import PROFILES, Psf, Source, flat
from dcrviz.simulate.draw import draw_sources

SIDE = 61
UP = np.array([0.0, 1.0])


def drawn(fwhm_px, *, profile="kolmogorov", beta=3.5, x=30.0, y=30.0, drawn_out_px=(0.0,)):
    """A star of flux 1, or one whose light is parted along y evenly."""
    moved = np.array([[(dy, 0.0) for dy in drawn_out_px]])
    parts = moved.shape[1]
    return draw_sources(
        [Source(x=x, y=y, flux=1.0, spectrum=flat())],
        shape=(SIDE, SIDE),
        moved_px=moved,
        flux=np.full((1, parts), 1 / parts),
        fwhm_px=np.full(parts, float(fwhm_px)),
        psf=Psf(profile=profile, beta=beta),
    )


def fitted(star, fwhm_px, **others):
    return fit_star(star, fwhm_px=1.2 * fwhm_px, reach_px=1.5 * fwhm_px, **others)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("fwhm_px", [2.0, 3.3, 6.0])
def test_the_width_is_that_before_the_pixels_whatever_the_profile(profile, fwhm_px):
    found = fitted(drawn(fwhm_px, profile=profile), fwhm_px)
    assert found.fwhm_px == pytest.approx(fwhm_px, rel=0.015)


@pytest.mark.parametrize("beta", [2.0, 3.0, 5.0])
def test_the_wings_of_a_moffat_profile_are_found(beta):
    assert fitted(drawn(4, profile="moffat", beta=beta), 4).beta == pytest.approx(beta, rel=0.02)


def test_the_wings_of_a_gaussian_are_as_thin_as_can_be():
    assert fitted(drawn(4, profile="gaussian"), 4).beta == 50


@pytest.mark.parametrize(("x", "y"), [(30.4, 29.7), (29.5, 30.5)])
def test_a_star_beside_the_middle_is_where_it_is_and_as_wide(x, y):
    found = fitted(drawn(4, profile="moffat", x=x, y=y), 4)
    assert (found.x, found.y) == (pytest.approx(x, abs=1e-3), pytest.approx(y, abs=1e-3))
    assert found.fwhm_px == pytest.approx(4, rel=1e-3)


def test_light_and_sky_change_no_width():
    star = drawn(4)
    found, bright = fitted(star, 4), fitted(5000 * star + 30, 4)
    np.testing.assert_allclose(bright.width2, found.width2, rtol=1e-4, atol=1e-4)
    assert bright.peak == pytest.approx(5000 * found.peak, rel=1e-4)


def test_a_star_that_is_drawn_out_is_longer_along_that_direction_alone():
    spread = np.linspace(-1.5, 1.5, 25)
    across, along = np.sqrt(np.diag(fitted(drawn(4, drawn_out_px=spread), 4).width2))
    assert across == pytest.approx(4, rel=0.02)
    assert along > 4.4


@pytest.mark.parametrize("length", [0.0, 1.5, 3.0])
def test_where_the_direction_is_known_the_round_star_is_found(length):
    spread = length * np.linspace(-0.5, 0.5, 25)
    found = fitted(drawn(4, drawn_out_px=spread), 4, drawn_out_px=4 * UP)
    assert found.fwhm_px == pytest.approx(4, rel=0.01)
    assert found.length_px == pytest.approx(length, abs=0.2 if length else 0.7)


def test_a_star_is_drawn_out_by_no_more_than_refraction_can():
    spread = np.linspace(-1.5, 1.5, 25)
    found = fitted(drawn(4, drawn_out_px=spread), 4, drawn_out_px=UP)
    assert found.length_px == pytest.approx(1, abs=1e-3)
    assert found.fwhm_px > 4.1


def test_nothing_fits_where_there_is_no_light():
    assert fit_star(np.zeros((11, 11), np.float32), fwhm_px=3.0, reach_px=5.0) is None


@pytest.mark.parametrize("profile", PROFILES)
def test_an_image_of_a_star_tells_its_width(profile):
    assert star_width_px(drawn(4, profile=profile)) == pytest.approx(4, rel=0.015)


def test_an_image_on_which_nothing_fits_is_as_wide_as_its_light_above_half():
    dot = np.zeros((3, 3), np.float32)
    dot[1, 1] = 1
    assert star_width_px(dot) == pytest.approx(1, abs=0.5)
