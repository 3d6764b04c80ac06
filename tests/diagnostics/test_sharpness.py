"""What each visit tells at each spatial frequency, and what the planes' sharpness costs."""

import json
from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.diagnostics.sharpness import sharpness
from dcrviz.physics.seeing import star_image
from dcrviz.psf import KOLMOGOROV
from dcrviz.simulate import random_scene, simulate_exposures

WIDTHS = np.linspace(3.0, 5.5, 6)


@pytest.fixture(scope="module")
def varied(exposures):
    """Exposures with a seeing of 3 to 5.5 pixels."""
    scene = random_scene(3, shape=(56, 60), n_stars=5, n_galaxies=1, n_quasars=0)
    visits = [
        replace(e.visit, psf_fwhm_px=float(width))
        for e, width in zip(exposures, WIDTHS, strict=True)
    ]
    return simulate_exposures(scene, visits, seed=1)


def found(exposures, **knobs):
    return sharpness(dcrviz.prepare(exposures, dcrviz.AssembleConfig(solver="direct", **knobs)))


@pytest.fixture(scope="module")
def of_varied(varied):
    return found(varied, seeing_exponent=0.0)


def test_the_shares_of_all_visits_are_all_there_is_and_at_low_frequency_those_of_the_weight(
    varied, of_varied
):
    np.testing.assert_allclose(of_varied.shares.sum(axis=0), 1)
    problem = dcrviz.prepare(varied, dcrviz.AssembleConfig(solver="direct"))
    weight = problem.precision / problem.precision.sum()
    np.testing.assert_allclose(of_varied.shares[:, 0], weight)
    np.testing.assert_allclose([visit.weight_share for visit in of_varied.visits], weight)


def test_the_sharpest_visit_gains_with_frequency_and_the_broadest_loses(of_varied):
    assert (np.diff(of_varied.shares[0]) > 0).all()
    assert (np.diff(of_varied.shares[-1]) < 0).all()
    assert of_varied.visits[0].share > 1.5 * of_varied.visits[0].weight_share
    assert [visit.fwhm_px for visit in of_varied.visits] == pytest.approx(WIDTHS)


def test_what_a_visit_tells_falls_as_the_square_of_its_stars_light(of_varied):
    frequency = of_varied.frequency
    told = [KOLMOGOROV.transfer(frequency, fwhm_px=width) ** 2 for width in WIDTHS[[0, -1]]]
    ratio = of_varied.shares[0] / of_varied.shares[-1]
    np.testing.assert_allclose(ratio / ratio[0], told[0] / told[1], rtol=2e-3)


def test_the_noise_is_the_coadds_at_low_frequency_and_at_most_twice_that_at_any(varied, of_varied):
    assert of_varied.noise[0] == pytest.approx(1)
    # A quarter of the weight is at least as sharp as the planes.
    assert 1 < of_varied.noise.max() < 2
    sharper = found(varied, seeing_exponent=0.0, model_fwhm=2.5)
    assert sharper.noise.max() > 3
    assert of_varied.light[0] == pytest.approx(1)
    assert of_varied.light[-1] == pytest.approx(0.02, abs=1e-3)


def test_a_fit_that_knows_no_seeing_takes_all_frequencies_alike(varied):
    blind = found(varied, fit_seeing="off")
    np.testing.assert_array_equal(blind.shares, np.repeat(blind.shares[:, :1], 64, axis=1))
    np.testing.assert_array_equal(blind.noise, 1)
    assert blind.planes_fwhm_px is None
    assert [visit.fwhm_px for visit in blind.visits] == pytest.approx(WIDTHS)
    assert blind.sentences == (
        "The fit does not know the seeing of the visits: all frequencies count alike.",
    )


def test_a_visit_that_is_off_tells_nothing(varied):
    off = found(varied, visit_factors={str(varied[2].visit.id): 0.0})
    np.testing.assert_array_equal(off.shares[2], 0)
    np.testing.assert_allclose(off.shares.sum(axis=0), 1)


def test_the_ellipticity_is_that_of_the_star_image(varied):
    long = drawn_out_star(fwhm_px=4.0, axis_ratio=1.5)
    some = [replace(varied[0], psf=long), *varied[1:]]
    visits = found(some, seeing_exponent=0.0).visits
    assert visits[0].ellipticity == pytest.approx(0.2, abs=0.02)
    assert [visit.ellipticity for visit in visits[1:]] == [0.0] * 5


def drawn_out_star(*, fwhm_px, axis_ratio):
    y, x = np.mgrid[-20:21, -20:21].astype(float)
    sigma = fwhm_px / np.sqrt(8 * np.log(2))
    squared = (y / axis_ratio**0.5) ** 2 + (x * axis_ratio**0.5) ** 2
    return np.exp(-squared / (2 * sigma**2)).astype(np.float32)


def test_a_round_star_image_counts_as_its_width_does(varied, of_varied):
    stars = [
        replace(e, psf=star_image(float(width), psf=KOLMOGOROV, reach_px=28))
        for e, width in zip(varied, WIDTHS, strict=True)
    ]
    by_image = found(stars, seeing_exponent=0.0)
    np.testing.assert_allclose(by_image.shares, of_varied.shares, atol=0.01)
    assert max(visit.ellipticity for visit in by_image.visits) < 1e-3


def test_the_sentences_and_all_numbers_are_told(of_varied):
    first, second, third = of_varied.sentences
    assert first.endswith("px wide, those of the visits 3.00 to 5.50 px.")
    assert f"visit {of_varied.visits[0].id} tells most" in second
    assert "times that of the coadd" in third
    mapping = json.loads(json.dumps(of_varied.as_mapping(), allow_nan=False))
    assert len(mapping["shares"]) == len(mapping["visits"]) == 6
    assert mapping["visits"][0]["fwhm_px"] == pytest.approx(3.0)
