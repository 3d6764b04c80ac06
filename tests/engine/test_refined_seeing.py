"""Widths that visits tell wrongly, corrected by what the fit leaves of their stars."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.refined_seeing import width_error
from dcrviz.physics.seeing import star_image
from dcrviz.psf import PROFILES, Psf
from dcrviz.simulate import Scene, Source, blackbody, simulate_exposures

WIDTHS_PX = np.array([3.3, 5.2, 4.1, 4.6, 3.6, 5.0])
# Told over true, with a mean of 1: of the mean nothing can be known.
WRONG = np.exp([0.05, -0.06, 0.03, -0.02, -0.04, 0.04])


@pytest.fixture(scope="module")
def sky():
    rng = np.random.default_rng(4)
    places, flux = rng.uniform(16, 112, (24, 2)), 10 ** rng.uniform(4.2, 5.2, 24)
    return Scene(
        sources=tuple(
            Source(x=x, y=y, flux=f, spectrum=blackbody(kelvin))
            for (x, y), f, kelvin in zip(places, flux, rng.uniform(3300, 9000, 24), strict=True)
        ),
        band=dcrviz.Band.lsst("g"),
        shape=(128, 128),
    )


@pytest.fixture(scope="module")
def seen(sky, visits):
    varied = [replace(v, psf_fwhm_px=w) for v, w in zip(visits, WIDTHS_PX, strict=True)]
    return simulate_exposures(sky, varied, seed=5)


def told(exposures, factors):
    return [
        replace(e, visit=replace(e.visit, psf_fwhm_px=float(e.visit.psf_fwhm_px * factor)))
        for e, factor in zip(exposures, factors, strict=True)
    ]


def prepared(exposures, **knobs):
    return dcrviz.prepare(exposures, dcrviz.AssembleConfig(**({"solver": "direct"} | knobs)))


def scatter(seeing):
    """Of the widths over the true ones."""
    return float(np.std(np.log(seeing.fwhm_px / WIDTHS_PX)))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("factor", [0.96, 1.03])
def test_the_error_of_a_width_is_found_from_one_image(profile, factor):
    psf = Psf(profile=profile)
    image, template = (
        np.pad(star_image(width, psf=psf, reach_px=24), 10) for width in (4.0 * factor, 4.0)
    )
    usable = np.ones(image.shape, bool)
    found = width_error(image, usable, template, fwhm_px=4.0, psf=psf)
    assert found == pytest.approx(np.log(factor), abs=0.004)


def test_pixels_that_are_not_usable_say_nothing():
    star = np.pad(star_image(4.0, psf=Psf(), reach_px=24), 10)
    usable = np.ones(star.shape, bool)
    usable[30:36, 30:36] = False
    spoilt = np.where(usable, star, np.float32(np.nan))
    assert width_error(spoilt, usable, star, fwhm_px=4.0, psf=Psf()) == pytest.approx(0, abs=1e-6)
    assert width_error(star, usable & False, star, fwhm_px=4.0, psf=Psf()) == 0


def test_wrong_widths_are_noticed_and_corrected(seen):
    wrong = told(seen, WRONG)
    assert scatter(prepared(wrong, refine_seeing="off").seeing) > 0.03
    problem = prepared(wrong)
    assert scatter(problem.seeing) < 0.006
    (warning,) = [w for w in problem.warnings if "wide as told" in w]
    assert "refine_seeing" in warning
    assert "most in visit 101, 4.9 px told" in warning


def test_right_widths_are_left_alone(seen):
    problem = prepared(seen)
    np.testing.assert_array_equal(problem.seeing.fwhm_px, WIDTHS_PX)
    assert not [w for w in problem.warnings if "wide as told" in w]


def test_right_widths_stay_right_where_they_are_corrected_all_the_same(seen):
    assert scatter(prepared(seen, refine_seeing="on").seeing) < 0.005


def test_the_mean_of_the_widths_is_kept(seen):
    problem = prepared(told(seen, WRONG), refine_seeing="on")
    change = np.log(problem.seeing.fwhm_px / (WIDTHS_PX * WRONG))
    assert problem.precision @ change / problem.precision.sum() == pytest.approx(0, abs=1e-9)


def test_the_planes_are_as_sharp_as_the_visits_show_not_as_they_tell(seen):
    sharper = told(seen, [0.88, 1.1, 1.0, 1.0, 0.9, 1.12])
    problem = prepared(sharper)
    assert problem.seeing.planes.fwhm_px == pytest.approx(3.6, rel=0.02)
    assert dcrviz.physics.seeing.width_px(problem.psf) == pytest.approx(3.6, rel=0.02)


def test_a_star_image_is_believed(seen):
    wrong = told(seen, WRONG)
    star = star_image(WIDTHS_PX[1], psf=Psf(), reach_px=24)
    wrong[1] = replace(wrong[1], psf=star)
    problem = prepared(wrong, refine_seeing="on")
    assert problem.seeing.fwhm_px[1] == pytest.approx(WIDTHS_PX[1] * WRONG[1])
    np.testing.assert_array_equal(problem.seeing.stars[1], star)


def test_an_unseen_visit_shows_its_width_to_finished_coadds(sky, seen, visits):
    *_, last = dcrviz.assemble(problem := prepared(seen))
    result = dcrviz.coadds(problem, last)
    new = replace(visits[3], id="new", airmass=1.5, psf_fwhm_px=3.9)
    (true,) = simulate_exposures(sky, [new], seed=9)
    for wrong_px in (3.6, 4.3, None):
        visit = replace(new, psf_fwhm_px=wrong_px)
        found = dcrviz.refined_visit(result, replace(true, visit=visit))
        assert found.psf_fwhm_px == pytest.approx(3.9, rel=0.01)


def test_planes_without_a_seeing_of_their_own_refine_none(seen):
    *_, last = dcrviz.assemble(problem := prepared(seen, fit_seeing="off"))
    result = dcrviz.coadds(problem, last)
    assert dcrviz.refined_visit(result, seen[2]) == seen[2].visit


def test_the_coadds_tell_the_widths_that_the_fit_took(seen):
    *_, last = dcrviz.assemble(problem := prepared(told(seen, WRONG), visit_factors={"101": 0}))
    widths = [visit.psf_fwhm_px for visit in dcrviz.coadds(problem, last).inputs]
    assert widths == np.delete(problem.seeing.fwhm_px, 1).tolist()
    assert np.std(np.log(widths / np.delete(WIDTHS_PX, 1))) < 0.006
