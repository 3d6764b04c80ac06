"""The seeing of a visit, measured from its own stars."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz import measured_seeing
from dcrviz.mask_planes import USUAL_PLANES
from dcrviz.simulate import PROFILES, RUBIN, Psf, Scene, Source, blackbody, simulate_exposures

TEMPERATURES = (3400, 4500, 6000, 9000)


def crowd(*, galaxies=0, stars=12, flux=4e4):
    """Stars of all colours 40 pixels from each other, and galaxies between them."""
    places = [(20 + 40 * (i % 4), 20 + 40 * (i // 4)) for i in range(16)]
    offsets = np.random.default_rng(7).uniform(-2, 2, (16, 2))
    sources = []
    for i, ((x, y), (dx, dy)) in enumerate(zip(places, offsets, strict=True)):
        if i < stars + galaxies:
            radius = 0.0 if i < stars else 1.5 + 0.7 * (i - stars)
            sources.append(
                Source(
                    x=x + dx,
                    y=y + dy,
                    flux=flux,
                    spectrum=blackbody(TEMPERATURES[i % 4]),
                    half_light_radius_px=radius,
                )
            )
    return Scene(sources=tuple(sources), band=dcrviz.Band.lsst("g"), shape=(160, 160))


def seen(scene, *, fwhm_px=4.0, airmass=1.1, angle=0.7, psf=None):
    visit = dcrviz.Visit(
        id=7, airmass=airmass, parallactic_rad=angle, site=RUBIN, psf_fwhm_px=fwhm_px
    )
    return simulate_exposures(scene, [visit], seed=5, psf=psf)[0]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("fwhm_px", [2.5, 4.0, 6.0])
def test_stars_of_every_profile_tell_their_width(profile, fwhm_px):
    found = measured_seeing(seen(crowd(), fwhm_px=fwhm_px, psf=Psf(profile=profile)))
    assert found.fwhm_px == pytest.approx(fwhm_px, rel=0.02)
    assert found.n_stars == 12
    assert found.error_px < 0.01 * fwhm_px


@pytest.mark.parametrize("angle", [-2.0, 0.0, 0.9, 1.6])
def test_what_refraction_adds_is_no_seeing(angle):
    found = measured_seeing(seen(crowd(), airmass=1.8, angle=angle))
    assert found.without_refraction
    assert found.ellipticity > 0.1
    assert found.fwhm_px == pytest.approx(4, rel=0.03)


def test_without_the_direction_to_the_zenith_it_is_in_the_width():
    exposure = seen(crowd(), airmass=1.8)
    silent = replace(exposure, visit=replace(exposure.visit, parallactic_rad=None))
    found = measured_seeing(silent)
    assert not found.without_refraction
    assert found.fwhm_px > 1.03 * measured_seeing(exposure).fwhm_px


def test_stars_are_drawn_out_towards_the_zenith():
    found = measured_seeing(seen(crowd(), airmass=1.8, angle=np.radians(30)))
    # North is up and east to the left: 30 deg from the y axis, away from the x axis.
    assert found.angle_deg == pytest.approx(120, abs=5)


def test_galaxies_are_no_stars():
    found = measured_seeing(seen(crowd(stars=10, galaxies=6)))
    assert found.n_stars == 10
    assert found.fwhm_px == pytest.approx(4, rel=0.02)


def test_pixels_that_are_not_usable_spoil_no_star():
    exposure = seen(crowd())
    mask = np.array(exposure.mask)
    mask[:, :80] |= 1 << USUAL_PLANES["SAT"]
    image = np.where(np.arange(160) < 80, np.clip(exposure.image, None, 800), exposure.image)
    found = measured_seeing(replace(exposure, image=image, mask=mask))
    assert found.n_stars == 6
    assert found.fwhm_px == pytest.approx(4, rel=0.02)


def test_twice_the_light_is_the_same_seeing():
    exposure = seen(crowd())
    twice = replace(exposure, image=2 * exposure.image, variance=4 * exposure.variance)
    one, other = measured_seeing(exposure), measured_seeing(twice)
    assert other.fwhm_px == pytest.approx(one.fwhm_px, rel=1e-4)
    assert other.n_stars == one.n_stars


def test_the_sentence_says_what_was_found():
    sentence = measured_seeing(seen(crowd())).sentence
    assert "12 stars are 3.9" in sentence
    assert "px wide (without what refraction adds), beta" in sentence


@pytest.mark.parametrize("stars", [0, 2])
def test_too_few_stars_are_told_in_words(stars):
    scene = crowd(stars=stars, galaxies=1)
    with pytest.raises(
        ValueError,
        match=rf"visit 7: seeing needs 3 or more lonely stars above 10 sigma .* got {stars or 1} "
        rf"among {stars + 1} sources",
    ):
        measured_seeing(seen(scene))


def test_faint_stars_are_too_few():
    with pytest.raises(ValueError, match=r"visit 7: seeing needs 3 or more lonely stars"):
        measured_seeing(seen(crowd(flux=300)))


def test_a_visit_without_variance_is_named():
    exposure = replace(seen(crowd()), variance=None)
    with pytest.raises(ValueError, match=r"visit 7: must have a variance to find stars by; got"):
        measured_seeing(exposure)
