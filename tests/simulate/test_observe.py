"""Exposures as a camera would deliver them."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz.bands import Band
from dcrviz.mask_planes import USUAL_PLANES
from dcrviz.physics.refraction import standard_atmosphere
from dcrviz.psf import Psf
from dcrviz.simulate.conditions import CTIO, read_conditions
from dcrviz.simulate.observe import simulate, simulate_exposures
from dcrviz.simulate.random_scene import random_scene
from dcrviz.simulate.render import render_visit, truth_planes

SCENE = random_scene(2, shape=(80, 90), n_stars=6, n_galaxies=1, n_quasars=1)
VISITS = read_conditions("hits2015")[:4]
EMPTY = replace(SCENE, sources=(), shape=(300, 300))


@pytest.fixture(scope="module")
def exposures():
    return simulate_exposures(SCENE, VISITS, seed=1)


def pixels(exposures):
    return np.stack([np.asarray(e.image) for e in exposures])


def test_the_same_seed_gives_the_same_bits(exposures):
    np.testing.assert_array_equal(
        pixels(simulate_exposures(SCENE, VISITS, seed=1)), pixels(exposures)
    )


def test_another_seed_gives_other_bits(exposures):
    other = pixels(simulate_exposures(SCENE, VISITS[:1], seed=2))[0]
    assert (other != pixels(exposures)[0]).mean() > 0.9


def test_neither_order_nor_company_of_the_visits_changes_their_pixels(exposures):
    backwards = simulate_exposures(SCENE, [VISITS[2], VISITS[0]], seed=1)
    np.testing.assert_array_equal(pixels(backwards), pixels(exposures)[[2, 0]])


def test_two_visits_of_the_same_circumstances_have_different_noise():
    twins = [VISITS[0], replace(VISITS[0], id="twin")]
    first, second = pixels(simulate_exposures(SCENE, twins, seed=1))
    assert np.corrcoef((first - second).ravel(), second.ravel())[0, 1] < 0
    assert (first != second).mean() > 0.9


def test_without_noise_the_image_is_the_rendered_one():
    exposure = simulate_exposures(SCENE, VISITS[:1], seed=1, noise=False)[0]
    np.testing.assert_array_equal(exposure.image, render_visit(SCENE, VISITS[0]))


def test_the_noise_has_the_variance_of_the_variance_plane(exposures):
    clean = pixels(simulate_exposures(SCENE, VISITS, seed=1, noise=False))
    normalised = (pixels(exposures) - clean) / np.sqrt([np.asarray(e.variance) for e in exposures])
    # 28800 pixels: the standard error of either number is below 0.006.
    assert normalised.mean() == pytest.approx(0, abs=0.025)
    assert normalised.std() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("gain", [0.1, 1.0, 5.0])
def test_an_empty_sky_has_the_sky_variance_at_any_gain(gain):
    scene = replace(EMPTY, gain=gain, sky_variance=400.0)
    image = np.asarray(simulate_exposures(scene, VISITS[:1], seed=1)[0].image)
    assert image.std(dtype=float) == pytest.approx(20, rel=0.01)
    assert image.mean(dtype=float) == pytest.approx(0, abs=0.3)


def test_the_variance_is_that_of_sky_and_sources():
    scene = replace(SCENE, gain=2.0)
    exposure = simulate_exposures(scene, VISITS[:1], seed=1, noise=False)[0]
    expected = 700 + np.clip(np.asarray(exposure.image), 0, None) / 2
    np.testing.assert_allclose(exposure.variance, expected, rtol=1e-6)


def test_bright_sources_are_detected_and_most_of_the_sky_is_not(exposures):
    detected = np.asarray(exposures[0].mask) & (1 << USUAL_PLANES["DETECTED"]) != 0
    for source in SCENE.sources:
        assert detected[round(source.y), round(source.x)]
    assert detected.mean() < 0.5


def test_nothing_but_detections_is_masked(exposures):
    assert set(np.unique(exposures[0].mask)) == {0, 1 << USUAL_PLANES["DETECTED"]}


def test_an_empty_sky_has_no_detections():
    assert not np.any(simulate_exposures(EMPTY, VISITS[:1], seed=1)[0].mask)


def test_an_exposure_has_the_grid_of_its_scene(exposures):
    assert exposures[0].wcs.to_header() == SCENE.wcs.to_header()
    assert exposures[0].shape == SCENE.shape


def test_an_exposure_knows_the_circumstances_it_was_made_in(exposures):
    for exposure, visit in zip(exposures, VISITS, strict=True):
        weather = replace(standard_atmosphere(CTIO.height_m), assumed=False)
        assert exposure.visit == replace(visit, band=SCENE.band, weather=weather)


def test_images_are_float32_and_masks_int32(exposures):
    types = [np.asarray(getattr(exposures[0], n)).dtype for n in ("image", "variance", "mask")]
    assert types == [np.float32, np.float32, np.int32]


def test_a_simulation_brings_the_truth_at_the_median_seeing():
    visits = [replace(v, psf_fwhm_px=w) for v, w in zip(VISITS, (3.0, 3.4, 4.0, 5.0), strict=True)]
    made = simulate(SCENE, visits, seed=1, n_subfilters=4)
    assert made.truth_fwhm_px == 3.7
    np.testing.assert_array_equal(made.truth, truth_planes(SCENE, n_subfilters=4, fwhm_px=3.7))
    assert [e.visit.id for e in made.exposures] == [v.id for v in visits]


def test_the_truth_cannot_be_written_to():
    made = simulate(SCENE, VISITS[:1], seed=1)
    with pytest.raises(ValueError, match="read-only"):
        made.truth[0, 0, 0] = 1


def test_the_shape_of_the_star_images_is_turned_by_the_psf():
    gaussian = simulate_exposures(
        SCENE, VISITS[:1], seed=1, psf=Psf(profile="gaussian"), noise=False
    )
    moffat = simulate_exposures(SCENE, VISITS[:1], seed=1, psf=Psf(profile="moffat"), noise=False)
    assert np.abs(pixels(gaussian) - pixels(moffat)).max() > 100


@pytest.mark.parametrize(
    ("visits", "message"),
    [
        ([VISITS[0], VISITS[0]], "visits must have different ids; got 410915 twice"),
        (
            [replace(VISITS[0], band=Band.lsst("r"))],
            "visit 410915: band must be the scene's, lsst-g; got lsst-r",
        ),
    ],
)
def test_visits_that_do_not_fit_are_refused(visits, message):
    with pytest.raises(ValueError, match=message):
        simulate_exposures(SCENE, visits, seed=1)


def test_a_simulation_without_visits_is_refused():
    with pytest.raises(ValueError, match="needs one visit or more; got none"):
        simulate(SCENE, [], seed=1)
