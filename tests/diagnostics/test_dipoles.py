"""Dipoles on difference images: pairs of lobes, and what is none."""

import numpy as np
import pytest

from dcrviz.diagnostics.dipoles import find_dipoles


def spot(x, y, flux, *, shape=(64, 64), fwhm_px=4.0):
    """A Gaussian of this flux."""
    rows, columns = np.indices(shape)
    sigma = fwhm_px / 2.3548
    profile = np.exp(-0.5 * ((rows - y) ** 2 + (columns - x) ** 2) / sigma**2)
    return (flux * profile / (2 * np.pi * sigma**2)).astype(np.float32)


@pytest.fixture
def sky():
    return np.random.default_rng(5).normal(0, 1, (64, 64)).astype(np.float32)


def dipoles(image):
    return find_dipoles(image, sigma=1.0, fwhm_px=4.0)


def test_two_lobes_beside_each_other_are_a_dipole(sky):
    (found,) = dipoles(sky + spot(34, 30, 500) - spot(28, 30, 400))
    assert (found.x, found.y) == pytest.approx((31, 30), abs=0.5)
    # Where the lobes overlap they cancel.
    assert 6 < found.separation_px < 8
    assert found.orientation_deg == pytest.approx(0, abs=8)
    assert found.flux_ratio == pytest.approx(0.8, abs=0.15)


def test_it_points_from_the_negative_lobe_to_the_positive_one(sky):
    (found,) = dipoles(sky - spot(30, 34, 500) + spot(30, 28, 500))
    assert found.orientation_deg == pytest.approx(-90, abs=8)


def test_a_moved_star_leaves_a_dipole_along_its_way(sky):
    (found,) = dipoles(sky + spot(32.6, 32.6, 3000) - spot(32, 32, 3000))
    assert found.orientation_deg == pytest.approx(45, abs=6)
    assert found.flux_ratio > 0.8


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(np.zeros((64, 64), np.float32), id="nothing"),
        pytest.param(spot(30, 30, 900), id="a star that has become brighter"),
        pytest.param(spot(30, 30, 900) - spot(35, 30, 130), id="lobes too unlike"),
        pytest.param(spot(20, 30, 900) - spot(45, 30, 900), id="two sources far apart"),
    ],
)
def test_these_are_no_dipoles(sky, image):
    assert dipoles(sky + image) == ()


def test_a_lobe_belongs_to_one_dipole_the_nearest(sky):
    (found,) = dipoles(sky + spot(30, 30, 600) - spot(36, 30, 500) + spot(43, 30, 500))
    assert found.x == pytest.approx(33, abs=0.6)


def test_the_brightest_comes_first(sky):
    faint = spot(16, 16, 300) - spot(16, 22, 300)
    bright = spot(46, 46, 3000) - spot(46, 52, 3000)
    fluxes = [dipole.flux for dipole in dipoles(sky + faint + bright)]
    assert len(fluxes) == 2
    assert fluxes == sorted(fluxes, reverse=True)


def test_pixels_that_are_not_known_are_no_lobes(sky):
    image = sky + spot(34, 30, 500) - spot(28, 30, 500)
    image[:, 32:] = np.nan
    assert dipoles(image) == ()
    assert dipoles(np.full_like(image, np.nan)) == ()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sigma": 0.0}, "sigma must be above 0 in every pixel; got 0"),
        ({"fwhm_px": -1.0}, "fwhm_px must be above 0; got -1"),
    ],
)
def test_what_cannot_be_is_named(sky, values, message):
    with pytest.raises(ValueError, match=message):
        find_dipoles(sky, **{"sigma": 1.0, "fwhm_px": 4.0, **values})
