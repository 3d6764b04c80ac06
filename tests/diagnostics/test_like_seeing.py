"""Planes, truth and coadd are compared at one seeing."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.diagnostics.ledger import ledger_of
from dcrviz.diagnostics.like_seeing import brought_to, kernel_to_coadd
from dcrviz.diagnostics.pictures import planes_fwhm_px, typical_fwhm_px, visit_fwhm_px
from dcrviz.diagnostics.truth import true_planes
from dcrviz.diagnostics.truth_scores import truth_scores
from dcrviz.engine.template import template_maker_of
from dcrviz.psf import KOLMOGOROV
from dcrviz.simulate import MadeField, made_exposures, made_scene, simulate_exposures, truth_planes

FIELD = MadeField(seed=1, n_visits=6, size_px=96, n_stars=14)
WIDTHS = np.linspace(3.0, 5.5, 6)
SCENE = made_scene(FIELD)
CONFIG = dcrviz.AssembleConfig(solver="direct", seeing_exponent=0.0)


def of_many_widths(*, noise):
    """Visits with a seeing of 3 to 5.5 pixels."""
    chosen = [
        replace(e.visit, psf_fwhm_px=float(width))
        for e, width in zip(made_exposures(FIELD), WIDTHS, strict=True)
    ]
    return simulate_exposures(SCENE, chosen, seed=1, noise=noise)


@pytest.fixture(scope="module")
def visits():
    return of_many_widths(noise=False)


@pytest.fixture(scope="module")
def problem(visits):
    return dcrviz.prepare(visits, CONFIG)


def test_planes_have_their_own_seeing_and_each_visit_its_own(problem):
    assert planes_fwhm_px(problem) == problem.seeing.planes.fwhm_px == pytest.approx(3.5)
    assert typical_fwhm_px(problem) == pytest.approx(4.25)
    assert [visit_fwhm_px(problem, v) for v in range(6)] == pytest.approx(WIDTHS)


def test_where_no_seeing_is_fitted_the_planes_have_the_typical_one(visits):
    problem = dcrviz.prepare(visits, CONFIG.with_values(fit_seeing="off"))
    assert planes_fwhm_px(problem) == typical_fwhm_px(problem)
    assert [visit_fwhm_px(problem, v) for v in range(6)] == pytest.approx(WIDTHS)


@pytest.mark.parametrize("width", [3.2, 5.0])
def test_the_truth_is_drawn_at_the_seeing_of_the_planes(visits, width):
    problem = dcrviz.prepare(visits, CONFIG.with_values(model_fwhm=width))
    expected = truth_planes(SCENE, n_subfilters=3, fwhm_px=width)
    np.testing.assert_array_equal(true_planes(SCENE, problem), expected)


def test_the_truth_is_drawn_with_the_profile_of_the_planes(visits):
    problem = dcrviz.prepare(visits, CONFIG.with_values(seeing_model="gaussian"))
    profile = problem.seeing.planes.profile
    expected = truth_planes(
        SCENE, n_subfilters=3, fwhm_px=problem.seeing.planes.fwhm_px, psf=profile
    )
    np.testing.assert_array_equal(true_planes(SCENE, problem), expected)


def test_true_planes_predict_visits_of_any_seeing(problem, visits):
    true = true_planes(SCENE, problem)
    template = template_maker_of(problem, true)
    peak = max(float(e.image.max()) for e in visits)
    for visit in (0, 5):
        off = np.abs(visits[visit].image - template(visit))[12:-12, 12:-12]
        assert off.max() < 0.01 * peak


def test_a_fit_of_varied_seeing_is_near_the_truth_however_sharp_its_planes_shall_be():
    noisy, scores = of_many_widths(noise=True), []
    for width in (3.5, 4.5):
        problem = dcrviz.prepare(noisy, CONFIG.with_values(model_fwhm=width))
        *_, step = dcrviz.assemble(problem)
        scores.append(truth_scores(SCENE, problem, step.planes))
    assert all(score.colour_slope == pytest.approx(1, abs=0.2) for score in scores)
    assert all(score.floor_sigma < score.template_sigma < 1 for score in scores)
    # The blurred planes have less noise, and less of all errors.
    assert scores[1].plane_sigma < scores[0].plane_sigma < (2, 2, 2)


def test_planes_are_broadened_to_a_broader_seeing_and_never_sharpened():
    sharp, broad = (truth_planes(SCENE, n_subfilters=2, fwhm_px=width) for width in (3.0, 4.5))
    found = brought_to(sharp, fwhm_px=3.0, target_px=4.5, psf=KOLMOGOROV)
    middle = (slice(None), slice(16, -16), slice(16, -16))
    np.testing.assert_allclose(found[middle], broad[middle], atol=0.01 * broad.max())
    assert brought_to(broad, fwhm_px=4.5, target_px=3.0, psf=KOLMOGOROV) is broad


def test_the_true_planes_hold_the_coadds_light_of_every_source(problem):
    off = ledger_of(problem, true_planes(SCENE, problem)).off
    assert off.size >= 5
    assert np.abs(off).max() < 0.03
    assert abs(np.median(off)) < 0.005


def test_they_do_where_the_coadd_is_of_the_sharp_visits_most_of_all(visits):
    deeper = [
        exposure if width < 4 else replace(exposure, variance=16 * exposure.variance)
        for exposure, width in zip(visits, WIDTHS, strict=True)
    ]
    problem = dcrviz.prepare(deeper, CONFIG)
    off = ledger_of(problem, true_planes(SCENE, problem)).off
    assert off.size >= 5
    assert np.abs(off).max() < 0.03


def test_planes_as_sharp_as_the_coadd_are_weighed_as_they_are(visits):
    problem = dcrviz.prepare(visits, CONFIG.with_values(fit_seeing="off"))
    np.testing.assert_array_equal(kernel_to_coadd(problem), [[1]])
    image = problem.template.image
    ledger = ledger_of(problem, np.stack([0.6 * image, 0.4 * image]).astype(np.float32))
    np.testing.assert_allclose(ledger.off, 0, atol=1e-6)
