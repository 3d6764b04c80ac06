"""The seeing of a warp: of its header, its star image or its stars."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

import dcrviz
from dcrviz.engine.measured_seeing import refraction_px
from dcrviz.physics.seeing import star_image
from dcrviz.physics.star_fit import fit_image
from dcrviz.psf import KOLMOGOROV
from dcrviz.simulate import RUBIN, Scene, Source, flat, simulate_exposures
from dcrviz.warp import with_seeing

STAR = star_image(4.4, psf=KOLMOGOROV, reach_px=17)


@pytest.fixture(scope="module")
def starry():
    """Nine stars 4 px wide, without a word about it."""
    places = [(x, y) for x in (20.3, 60.1, 99.6) for y in (20.4, 60.0, 99.8)]
    scene = Scene(
        sources=tuple(Source(x=x, y=y, flux=4e4, spectrum=flat()) for x, y in places),
        band=dcrviz.Band.lsst("g"),
        shape=(120, 120),
    )
    visit = dcrviz.Visit(id=7, airmass=1.1, parallactic_rad=0.4, site=RUBIN, psf_fwhm_px=4.0)
    (exposure,) = simulate_exposures(scene, [visit], seed=2)
    return told(exposure, None)


@pytest.fixture
def starless(starry):
    return replace(starry, image=np.zeros_like(starry.image))


def told(exposure, fwhm_px, **others):
    return replace(exposure, visit=replace(exposure.visit, psf_fwhm_px=fwhm_px), **others)


def test_the_star_image_comes_first(starry):
    exposure, seeing = with_seeing(told(starry, 5.0, psf=STAR))
    assert seeing.used == "psf"
    assert exposure.visit.psf_fwhm_px == pytest.approx(4.4, rel=0.03)
    assert exposure.psf is not None


def test_the_header_comes_before_the_stars(starry):
    exposure, seeing = with_seeing(told(starry, 4.1))
    assert seeing.used == "header"
    assert exposure.visit.psf_fwhm_px == 4.1


def test_where_nothing_tells_it_the_stars_do(starry):
    exposure, seeing = with_seeing(starry)
    assert seeing.used == "stars"
    assert exposure.visit.psf_fwhm_px == pytest.approx(4, rel=0.02)
    assert seeing.warning == ""


def test_without_stars_nothing_is_known_and_a_warning_says_so(starless):
    exposure, seeing = with_seeing(starless)
    assert exposure.visit.psf_fwhm_px is None
    assert seeing.sentence == "not known"
    assert seeing.warning.startswith(
        "neither header nor star image tell its seeing, and seeing needs 3 or more lonely stars"
    )


@pytest.mark.parametrize(("asked", "fwhm_px"), [("header", 5.0), ("psf", 4.4), ("stars", 4.0)])
def test_what_is_asked_for_is_taken(starry, asked, fwhm_px):
    exposure, seeing = with_seeing(told(starry, 5.0, psf=STAR), seeing=asked)
    assert seeing.used == asked
    assert exposure.visit.psf_fwhm_px == pytest.approx(fwhm_px, rel=0.03)
    assert (exposure.psf is not None) == (asked == "psf")


def test_the_sentence_tells_all_that_is_known(starry):
    _, seeing = with_seeing(told(starry, 4.1, psf=STAR), seeing="header")
    assert seeing.sentence.startswith("4.10 px by the header; 4.")
    assert "px by the star image, 0.0 px of refraction taken away; 9 stars are" in seeing.sentence
    assert seeing.sentence.endswith("; used: the header")


def test_what_refraction_adds_is_taken_away_from_a_star_image(starry):
    high = replace(starry, visit=replace(starry.visit, airmass=1.8, zenith_rad=None))
    drawn_out_px = 0.8 * refraction_px(high)
    places = np.linspace(-0.5, 0.5, 41)[:, None] * drawn_out_px
    long = np.mean([ndimage.shift(STAR, place[::-1]) for place in places], axis=0)
    exposure, seeing = with_seeing(replace(high, psf=long))
    assert seeing.refraction_px == pytest.approx(np.hypot(*drawn_out_px), rel=0.1)
    assert np.abs(long - STAR).max() > 0.2 * STAR.max()
    np.testing.assert_allclose(exposure.psf, STAR, atol=0.05 * STAR.max())
    assert fit_image(long).fwhm_px > 1.05 * fit_image(exposure.psf).fwhm_px


def test_where_refraction_is_not_known_a_star_image_stays_as_it_is(starry):
    silent = replace(starry, visit=replace(starry.visit, parallactic_rad=None), psf=STAR)
    exposure, seeing = with_seeing(silent)
    np.testing.assert_array_equal(exposure.psf, STAR)
    assert "px by the star image; 9 stars are" in seeing.sentence


def test_a_width_that_the_stars_deny_is_warned_of(starry):
    _, seeing = with_seeing(told(starry, 4.6))
    assert seeing.warning.startswith("its seeing is 4.60 px by the header, and ")
    assert seeing.warning.endswith("by 9 stars, which --seeing stars takes")
    _, near = with_seeing(told(starry, 4.1))
    assert near.warning == ""


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("header", r"its header or the table must tell the seeing \(FWHM\); got none"),
        ("psf", "it must have a star image, in an HDU PSF or a PSFEx file beside it; got none"),
        ("stars", "seeing needs 3 or more lonely stars"),
    ],
)
def test_what_is_asked_for_and_not_there_is_an_error(starless, asked, message):
    with pytest.raises(ValueError, match=f"visit 7: {message}"):
        with_seeing(starless, seeing=asked)


def test_another_word_is_refused(starry):
    with pytest.raises(ValueError, match="seeing must be one of auto, header, psf, stars; got 'x'"):
        with_seeing(starry, seeing="x")
