"""What visits can tell counts how sharp each is: laws, limits, and noise through the solver."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.diagnostics.condition_map import condition_map
from dcrviz.diagnostics.expected_sky import sky_of
from dcrviz.diagnostics.leverage import leverage, leverage_of
from dcrviz.diagnostics.night import path_of
from dcrviz.diagnostics.planner import leave_one_out, plan_next, plan_night
from dcrviz.diagnostics.posterior import posterior_of
from dcrviz.diagnostics.visit_system import system_of
from dcrviz.engine.direct import closed_form, solve_directly
from dcrviz.mask_planes import USUAL_PLANES
from dcrviz.simulate import RUBIN, Scene

CONFIG = dcrviz.AssembleConfig(solver="direct")
UNKNOWN = CONFIG.with_values(fit_seeing="off")
WIDTHS = (3.0, 6.5, 3.7, 5.1, 4.4, 5.8)


def seen(visits, widths):
    return [replace(visit, psf_fwhm_px=width) for visit, width in zip(visits, widths, strict=True)]


@pytest.fixture(scope="module")
def varied(around):
    """Visits all around the zenith with a seeing of 0.6 to 1.3 arcseconds."""
    return seen(around, WIDTHS)


def posterior_for(visits, config=CONFIG):
    system = system_of(visits, config)
    return posterior_of(system, sky_of(visits, system))


def numbers_of(found):
    return np.concatenate([found.lost, found.plane_noise, found.plane_sigma, found.singular_values])


def test_where_all_visits_are_as_sharp_nothing_changes(around):
    np.testing.assert_array_equal(
        numbers_of(leverage(around, CONFIG)), numbers_of(leverage(around, UNKNOWN))
    )
    np.testing.assert_array_equal(
        condition_map(around, CONFIG).values, condition_map(around, UNKNOWN).values
    )
    np.testing.assert_array_equal(
        leave_one_out(around, CONFIG).errors, leave_one_out(around, UNKNOWN).errors
    )


def test_the_order_of_the_visits_does_not_matter(varied):
    np.testing.assert_allclose(
        numbers_of(leverage(varied[::-1], CONFIG)), numbers_of(leverage(varied, CONFIG)), rtol=1e-9
    )


def test_what_is_known_does_not_depend_on_how_sharp_the_planes_shall_be(varied):
    sharp, broad = (
        posterior_for(varied, CONFIG.with_values(model_fwhm=width)) for width in (3.0, 4.5)
    )
    # Where the planes have no light nothing is divided by it; tables are straight between entries.
    seen = broad.sky.height(broad.frequencies.radius) > 1e-3
    np.testing.assert_allclose(broad.inverse[seen], sharp.inverse[seen], atol=1e-4)


def test_a_visit_without_any_sharpness_tells_nothing_at_high_frequency(varied):
    blurred = [replace(varied[0], psf_fwhm_px=60.0), *varied[1:]]
    # The planes' seeing is that of the others.
    config = CONFIG.with_values(model_fwhm=4.0)
    with_it = posterior_for(blurred, config)
    system = replace(with_it.system, precision=np.r_[0, with_it.system.precision[1:]])
    without = posterior_of(system, with_it.sky)
    high = with_it.frequencies.radius > 0.06
    np.testing.assert_allclose(with_it.inverse[high], without.inverse[high], atol=1e-9)
    low = with_it.frequencies.radius < 0.01
    assert np.abs(with_it.inverse[low] - without.inverse[low]).max() > 1e-3


@pytest.mark.parametrize("visit", range(6))
def test_a_sharper_visit_never_raises_a_variance(varied, visit):
    widths = [width * (0.8 if v == visit else 1) for v, width in enumerate(WIDTHS)]
    config = CONFIG.with_values(model_fwhm=4.0)
    before, after = posterior_for(varied, config), posterior_for(seen(varied, widths), config)
    assert np.linalg.eigvalsh(before.inverse - after.inverse).min() > -1e-9
    assert leverage_of(after).colour_error < leverage_of(before).colour_error


def test_seeing_that_falls_with_wavelength_tells_colours_by_itself_where_it_varies(visits_at):
    zenith = visits_at(*[(1.0, 0)] * 6)
    falling = CONFIG.with_values(seeing_exponent=-0.2)
    lost = [
        leverage(visits, config, signal_to_noise=300).lost[0]
        for visits, config in (
            (seen(zenith, WIDTHS), CONFIG),
            (zenith, falling),
            (seen(zenith, WIDTHS), falling),
        )
    ]
    np.testing.assert_allclose(lost[:2], 1, atol=0.01)
    assert lost[2] < 0.9


def test_no_singular_value_is_above_1_however_sharp_a_visit_is(varied):
    config = CONFIG.with_values(model_fwhm=8.0)
    values = condition_map(varied, config).values
    assert values.max() <= 1 + 1e-9
    # A third of the visits as sharp as the planes sees what is slow as the others do.
    assert values[0].min() > 0.1


def test_where_a_visit_tells_no_seeing_none_is_fitted(varied):
    silent = [replace(varied[0], psf_fwhm_px=None), *varied[1:]]
    assert system_of(silent, CONFIG).seeing is None
    with pytest.raises(ValueError, match=r"no seeing in the record of 1 of 6 visits \(0\)"):
        leverage(silent, CONFIG.with_values(fit_seeing="on"))


def test_to_sharpen_the_planes_amplifies_their_noise(varied):
    alone = CONFIG.with_values(n_subfilters=1, split_subfilters=False)
    noise = [
        leverage(varied, alone.with_values(model_fwhm=width)).plane_amplification[0]
        for width in (6.5, 4.4, 3.0, 2.5)
    ]
    assert (np.diff(noise) > 0.05).all()


def noise_of(visits, config, *, size, seed):
    """Planes that the solver makes of visits of nothing but noise, under the expected prior."""
    rng, shape = np.random.default_rng(seed), (size, size)
    wcs = Scene(sources=(), band=visits[0].band, shape=shape).wcs
    exposures = [
        dcrviz.Exposure(
            image=rng.normal(size=shape).astype(np.float32),
            mask=np.zeros(shape, np.int32),
            variance=np.ones(shape, np.float32),
            planes=USUAL_PLANES,
            wcs=wcs,
            visit=visit,
        )
        for visit in visits
    ]
    problem, posterior = dcrviz.prepare(exposures, config), posterior_for(visits, config)
    learnt, sky = closed_form(problem).prior, posterior.sky
    prior = replace(
        learnt,
        whitening=replace(learnt.whitening, amplitudes=sky.allowed * size, profile=sky.profile),
        basis=posterior.system.basis,
        mean=np.zeros_like(learnt.mean),
    )
    return solve_directly(closed_form(problem, prior=prior))


def test_the_noise_is_that_of_noise_images_through_the_solver(varied):
    config = CONFIG.with_values(slice_spectrum="flat", seeing_exponent=0.0)
    cut = slice(20, -20)
    planes = [noise_of(varied, config, size=160, seed=seed)[:, cut, cut] for seed in range(6)]
    measured = np.sqrt(np.mean(np.square(planes, dtype=float), axis=(0, 2, 3)))
    predicted = leverage(varied, config).plane_noise
    np.testing.assert_allclose(measured, predicted, rtol=0.02)
    # What takes all visits for alike predicts something else.
    alike = leverage(varied, config.with_values(fit_seeing="off")).plane_noise
    assert np.abs(alike / predicted - 1).max() > 0.1


@pytest.fixture(scope="module")
def alike(visits_at):
    """Visits of nearly one place on the sky, whose stars are broader the lower they stand."""
    return seen(visits_at((1.3, 30), (1.31, 33), (1.29, 28), (1.3, 31)), (4.1, 4.2, 4.0, 4.1))


def test_the_sharper_of_two_candidates_at_one_place_helps_more(alike, visits_at):
    sharp, blurred = seen(visits_at((1.3, 210), (1.3, 210)), (3.0, 7.0))
    plan = plan_next(alike, [blurred, sharp], CONFIG)
    assert plan.best is sharp
    assert plan.gains[1] > 1.3 * plan.gains[0] > 0
    np.testing.assert_array_equal(plan.fwhm_px, [7.0, 3.0])
    unknown = plan_next(alike, [blurred, sharp], UNKNOWN)
    assert unknown.gains[0] == unknown.gains[1]
    assert unknown.fwhm_px is None


def test_a_sharp_visit_higher_up_may_help_more_than_a_blurred_one_low_down(alike, visits_at):
    high, low = seen(visits_at((1.4, 210), (1.9, 210)), (3.0, 9.0))
    plan = plan_next(alike, [high, low], CONFIG)
    assert plan.best is high
    assert plan.errors_at_one_seeing.argmin() == 1
    assert "It is weighed with a seeing of 3 px; were all as sharp it would be 1" in plan.sentence


def test_a_candidate_that_tells_no_seeing_has_that_of_the_visits_at_its_own_airmass(
    alike, visits_at
):
    candidates = visits_at((1.3, 120), (2.0, 120), psf_fwhm_px=None)
    plan = plan_next(alike, candidates, CONFIG)
    widths = [visit.psf_fwhm_px * (1.3 / visit.airmass) ** 0.6 for visit in alike]
    assert plan.fwhm_px[0] == pytest.approx(np.median(widths), rel=1e-3)
    assert plan.fwhm_px[1] / plan.fwhm_px[0] == pytest.approx((2 / 1.3) ** 0.6)
    told = plan_next(alike, seen(candidates, plan.fwhm_px.tolist()), CONFIG)
    np.testing.assert_array_equal(plan.errors, told.errors)
    assert [row["fwhm_px"] for row in plan.as_mapping()["candidates"]] == plan.fwhm_px.tolist()


def test_along_a_night_the_seeing_follows_the_airmass(alike):
    path = path_of(np.arange(-5.0, 6.0), dec_deg=-20.0, site=RUBIN)
    plan = plan_night(alike, path, CONFIG)
    altitude = path.altitude_rad[path.below(2.0)]
    ratio = plan.fwhm_px / plan.fwhm_px.min()
    np.testing.assert_allclose(ratio, (np.sin(altitude).max() / np.sin(altitude)) ** 0.6, rtol=0.01)
    assert "It is weighed with a seeing of" in plan.sentence


def test_a_visit_is_left_out_with_its_own_seeing(alike, visits_at):
    twins = seen(visits_at((1.7, -140), (1.7, -140)), (3.0, 7.5))
    named = [replace(visit, id=name) for visit, name in zip(twins, ("sharp", "broad"), strict=True)]
    verdict = leave_one_out([*alike, *named], CONFIG)
    assert verdict.most_important.id == "sharp"
    assert verdict.losses[-2] > 2 * verdict.losses[-1]
    assert verdict.sentence.endswith("Its stars are sharper than most: 3 px, 4.1 px in the median.")
    np.testing.assert_array_equal(verdict.fwhm_px, [4.1, 4.2, 4.0, 4.1, 3.0, 7.5])
