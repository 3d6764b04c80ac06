"""Which seeing the fit shall know: as the visits tell it, and as sharp as they support."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.fitted_seeing import noise_of_planes
from dcrviz.physics.seeing import star_image
from dcrviz.psf import KOLMOGOROV
from dcrviz.simulate import simulate_exposures


def told(exposures, widths, *, weights=None, stars=None):
    """The exposures with these widths; None for a visit that tells none."""
    return [
        replace(
            e,
            visit=replace(
                e.visit, psf_fwhm_px=width, weight=1.0 if weights is None else weights[i]
            ),
            psf=None if stars is None else stars[i],
        )
        for i, (e, width) in enumerate(zip(exposures, widths, strict=True))
    ]


# The visits are not as wide as they are made to tell.
KNOBS = {"solver": "direct", "refine_seeing": "off"}


def prepared(exposures, **knobs):
    return dcrviz.prepare(exposures, dcrviz.AssembleConfig(**(KNOBS | knobs)))


WIDTHS = (3.0, 3.2, 4.0, 4.5, 5.0, 5.5)


@pytest.mark.parametrize("solver", ["direct", "pcg"])
def test_solvers_in_fourier_space_know_it_where_every_visit_tells_it(exposures, solver):
    problem = prepared(told(exposures, WIDTHS), solver=solver)
    np.testing.assert_array_equal(problem.seeing.fwhm_px, WIDTHS)


@pytest.mark.parametrize("knobs", [{"fit_seeing": "off"}, {"solver": "iterative"}])
def test_else_nobody_knows_it(exposures, knobs):
    assert prepared(told(exposures, WIDTHS), **knobs).seeing is None


def test_visits_that_do_not_tell_it_are_named(exposures):
    silent = told(exposures, (3.0, None, 4.0, 4.5, None, 5.0))
    problem = prepared(silent)
    assert problem.seeing is None
    sentence = "no seeing in the record of 2 of 6 visits (101, 104): the seeing of each visit is"
    assert any(sentence in warning for warning in problem.warnings)
    with pytest.raises(ValueError, match=r"fit_seeing: every visit must tell .* \(101, 104\)"):
        prepared(silent, fit_seeing="on")


def test_a_star_image_tells_it_too(exposures):
    stars = [star_image(width, psf=KOLMOGOROV, reach_px=20) for width in WIDTHS]
    problem = prepared(told(exposures, [None] * 6, stars=stars))
    np.testing.assert_allclose(problem.seeing.fwhm_px, WIDTHS, rtol=0.01)
    assert all(star is not None for star in problem.seeing.stars)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [(None, 3.2), ((8, 1, 1, 1, 1, 1), 3.0), ((0.1, 0.1, 0.1, 1, 1, 1), 4.5)],
)
def test_a_quarter_of_the_weight_is_at_least_as_sharp_as_the_planes(exposures, weights, expected):
    problem = prepared(told(exposures, WIDTHS, weights=weights))
    assert problem.seeing.planes.fwhm_px == expected


def test_the_noise_of_no_mode_is_more_than_twice_that_of_the_coadd(exposures):
    problem = prepared(told(exposures, WIDTHS))
    noise = noise_of_planes(problem.seeing, problem.precision, np.linspace(0, 0.5, 60))
    assert noise[0] == pytest.approx(1, rel=1e-3)
    assert noise.max() <= 2


def test_planes_sharper_than_the_visits_are_warned_of(exposures):
    problem = prepared(told(exposures, WIDTHS), model_fwhm=2.4)
    (warning,) = [w for w in problem.warnings if "sharper than the visits tell" in w]
    assert "2.4 px" in warning
    assert "sharpest has 3 px" in warning
    assert "raise model_fwhm" in warning


def test_the_iteration_sharpens_no_visit(exposures):
    problem = prepared(told(exposures, WIDTHS), solver="iterative", fit_seeing="on")
    assert problem.seeing.planes.fwhm_px == 3.0


def test_a_visit_that_is_off_has_no_say(exposures):
    problem = prepared(told(exposures, WIDTHS), visit_factors={"100": 0, "101": 0})
    assert problem.seeing.planes.fwhm_px == 4.0


def test_the_planes_have_the_profile_that_is_asked_for(exposures):
    problem = prepared(told(exposures, WIDTHS), seeing_model="moffat", moffat_beta=2.5)
    profile = problem.forward_model.seeing.profile
    assert (profile.profile, profile.beta) == ("moffat", 2.5)


def test_warnings_do_not_mention_it_where_all_is_well(scene, visits):
    problem = prepared(simulate_exposures(scene, visits, seed=1))
    assert not [w for w in problem.warnings if "seeing" in w]


@pytest.mark.parametrize(
    "knobs", [{"model_fwhm": 30.0}, {"seeing_model": "moffat", "moffat_beta": 1.01}]
)
def test_planes_so_wide_that_the_field_shows_none_of_it_are_fitted_without_a_word_of_numpy(
    exposures, knobs
):
    problem = prepared(told(exposures, WIDTHS), solver="direct", fit_seeing="on", **knobs)
    *_, step = dcrviz.assemble(problem)
    assert np.isfinite(step.planes).all()
