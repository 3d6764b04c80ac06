"""The closed form: what it finds of a sky that is known, and what must not change it."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz import Outcome
from dcrviz.engine.direct import closed_form, solve_directly
from dcrviz.engine.field_spectra import sky_level
from dcrviz.simulate import RUBIN, Source, blackbody, simulate_exposures, truth_planes


def prepared(exposures, *, template=None, **knobs):
    config = dcrviz.AssembleConfig(solver="direct", **knobs)
    return dcrviz.prepare(exposures, config, template=template)


def without_level(problem):
    """The problem of a sky that is known to be dark, whose level is not to be found."""
    return replace(
        problem, template=replace(problem.template, image=np.zeros_like(problem.template.image))
    )


def planes_of(exposures, *, template=None, **knobs):
    return solve_directly(closed_form(prepared(exposures, template=template, **knobs)))


def scattered(shape, *, fraction, seed):
    return np.random.default_rng(seed).random(shape) < fraction


def assert_same_planes(ours, theirs, *, of_peak):
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=of_peak * np.abs(theirs).max())


@pytest.fixture(scope="module")
def planes(exposures):
    return planes_of(exposures)


@pytest.fixture(scope="module")
def stars(model_field, star_points):
    """Visits of stars and their true planes."""
    return model_field(star_points)


@pytest.mark.parametrize("factor", [1e-3, 7.0, 1e4])
def test_the_unit_of_flux_does_not_matter(exposures, planes, factor):
    unit = np.float32(factor)
    scaled = [replace(e, image=e.image * unit, variance=e.variance * unit**2) for e in exposures]
    assert_same_planes(planes_of(scaled), unit * planes, of_peak=1e-5)


def test_a_photometric_scale_is_a_unit_of_flux(exposures, planes):
    dimmed = [
        replace(
            e,
            image=e.image / np.float32(2 + i),
            variance=e.variance / np.float32(2 + i) ** 2,
            visit=replace(e.visit, scale=2.0 + i),
        )
        for i, e in enumerate(exposures)
    ]
    assert_same_planes(planes_of(dimmed), planes, of_peak=1e-5)


def test_permuting_the_visits_changes_nothing_but_rounding(exposures, planes):
    assert_same_planes(planes_of([exposures[i] for i in (3, 0, 5, 1, 4, 2)]), planes, of_peak=1e-5)


def test_under_one_prior_the_planes_are_linear_in_the_images(exposures):
    ground = without_level(prepared(exposures))
    prior = closed_form(ground).prior
    rng = np.random.default_rng(1)
    noise = [rng.normal(scale=100, size=ground.shape).astype(np.float32) for _ in exposures]

    def solved(images):
        return solve_directly(closed_form(replace(ground, images=tuple(images)), prior=prior))

    sums = [one + np.float32(2) * other for one, other in zip(ground.images, noise, strict=True)]
    assert_same_planes(solved(sums), solved(ground.images) + 2 * solved(noise), of_peak=1e-5)


# The last is far above the threshold of detection, so that all pixels are DETECTED.
@pytest.mark.parametrize("level", [5.0, -50.0, 100.0])
def test_a_constant_sky_adds_its_level_and_nothing_else(exposures, planes, level):
    lifted = [replace(e, image=e.image + np.float32(level)) for e in exposures]
    system = closed_form(prepared(lifted))
    noise = np.sqrt(np.diag(system.covariance))[:, None, None]
    off = solve_directly(system) - planes - level / 3
    assert (np.abs(off) < 0.3 * noise).all()


def test_the_level_is_the_median_of_the_template_off_the_sources(exposures):
    problem = prepared(exposures)
    sky = problem.template.image[problem.background]
    assert sky_level(problem) == pytest.approx(np.median(sky))


def test_the_flux_of_the_field_is_kept(scene, planes):
    truth = truth_planes(scene, n_subfilters=3, fwhm_px=4.0)
    assert planes.sum() == pytest.approx(truth.sum(), rel=0.01)


def test_the_flux_of_every_star_is_kept(stars, star_points):
    exposures, truth = stars
    found = planes_of(exposures).sum(axis=0)
    whole = truth.sum(axis=0)
    brightest = np.argsort(star_points[0].ravel())[-5:]
    for y, x in zip(*np.unravel_index(brightest, (64, 64)), strict=True):
        near = np.s_[y - 6 : y + 7, x - 6 : x + 7]
        assert found[near].sum() == pytest.approx(whole[near].sum(), rel=0.01)


@pytest.mark.parametrize("n_subfilters", [1, 2, 3])
def test_a_sky_of_the_model_is_recovered_where_there_is_hardly_noise(
    model_field, star_points, n_subfilters
):
    exposures, truth = model_field(star_points[:n_subfilters], n_subfilters=n_subfilters, sigma=0.1)
    found = planes_of(exposures, n_subfilters=n_subfilters, slice_spectrum="flat")
    # On so small a field the light moves in the window through which the prior is learnt, which
    # passes for an error of the visits.
    assert_same_planes(found, truth, of_peak=0.015)


def test_the_stated_errors_are_those_of_a_sky_that_is_drawn_from_the_model(model_field):
    ratios = []
    for seed in (0, 1, 2):
        points = np.random.default_rng(seed).normal(size=(3, 240, 240))
        points *= np.array([3000.0, 1000.0, 300.0])[:, None, None]
        # No light is cut by the edge of the field.
        points[:, :6] = points[:, -6:] = points[:, :, :6] = points[:, :, -6:] = 0
        exposures, truth = model_field(points, sigma=10.0, seed=100 + seed)
        system = closed_form(without_level(prepared(exposures, slice_spectrum="flat")))
        errors, stated = solve_directly(system) - truth, system.covariance
        ratios.append(errors.std(axis=(1, 2)) / np.sqrt(np.diag(stated)))
        scale = np.sqrt(np.outer(np.diag(stated), np.diag(stated)))
        found = np.corrcoef(errors.reshape(3, -1))
        np.testing.assert_allclose(found, stated / scale, atol=0.1)
    np.testing.assert_allclose(np.mean(ratios, axis=0), 1, atol=0.2)


def test_the_variance_of_the_sum_is_that_of_the_planes_with_their_covariances(exposures):
    problem = prepared(exposures)
    *_, last = dcrviz.assemble(problem)
    result = dcrviz.coadds(problem, last)
    relative = result.corrected.variance / last.covariance.sum()
    for plane, variance in zip(result.variance, np.diag(last.covariance), strict=True):
        np.testing.assert_allclose(plane / variance, relative, rtol=1e-4)


def test_the_sum_is_known_better_than_the_planes(exposures):
    covariance = closed_form(prepared(exposures)).covariance
    assert covariance.sum() < np.trace(covariance)


def test_masked_pixels_cost_little_and_their_values_nothing(exposures, planes, flag):
    lost = [scattered(e.shape, fraction=0.04, seed=i) for i, e in enumerate(exposures)]
    masked = [flag(e, "BAD", pixels) for e, pixels in zip(exposures, lost, strict=True)]
    burnt = [
        replace(e, image=np.where(pixels, value, e.image).astype(np.float32))
        for e, pixels, value in zip(masked, lost, [np.nan, 1e9, -np.inf] * 2, strict=True)
    ]
    ours = planes_of(masked)
    np.testing.assert_array_equal(planes_of(burnt), ours)
    assert_same_planes(ours, planes, of_peak=0.08)


def test_nan_counts_as_masked(exposures, flag):
    lost = scattered(exposures[0].shape, fraction=0.04, seed=1)
    masked = [flag(exposures[0], "NO_DATA", lost), *exposures[1:]]
    image = np.where(lost, np.float32(np.nan), exposures[0].image)
    holed = [replace(exposures[0], image=image), *exposures[1:]]
    template = prepared(masked).template
    np.testing.assert_array_equal(
        planes_of(holed, template=template), planes_of(masked, template=template)
    )


def test_a_visit_without_a_usable_pixel_changes_nothing(exposures, planes, flag):
    everything = np.ones(exposures[0].shape, dtype=bool)
    # Near the zenith, so that the others' shifts remain the largest; and with a seeing of its own.
    visit = replace(exposures[0].visit, id=999, airmass=1.05, psf_fwhm_px=None)
    lost = flag(replace(exposures[0], visit=visit), "NO_DATA", everything)
    assert_same_planes(planes_of([*exposures, lost]), planes, of_peak=1e-5)


def test_a_visit_of_no_weight_changes_nothing(exposures, planes):
    light = replace(exposures[0], visit=replace(exposures[0].visit, id=999, weight=0.0))
    template = prepared(exposures).template
    assert_same_planes(planes_of([*exposures, light], template=template), planes, of_peak=1e-5)


def test_a_visit_twice_counts_as_one_of_half_the_variance(exposures):
    template = prepared(exposures).template
    again = replace(exposures[2], visit=replace(exposures[2].visit, id=999))
    deeper = replace(exposures[2], variance=exposures[2].variance / 2)
    assert_same_planes(
        planes_of([*exposures, again], template=template),
        planes_of([*exposures[:2], deeper, *exposures[3:]], template=template),
        # Each of two visits strays from the model on its own, so they tell a little more.
        of_peak=2e-2,
    )


def test_visits_whose_seeing_differs_are_not_explained_by_colours(scene, visits):
    widths = np.linspace(3.2, 4.8, len(visits))
    mixed = [replace(v, psf_fwhm_px=w) for v, w in zip(visits, widths, strict=True)]
    alike, differing = (
        closed_form(prepared(simulate_exposures(scene, some, seed=3), fit_seeing="off"))
        for some in (visits, mixed)
    )
    planes = solve_directly(differing)
    assert differing.prior.error > 3 * alike.prior.error
    assert planes.min() > -0.05 * planes.max()


def test_a_very_bright_star_stays_finite_and_right(scene, visits):
    star = Source(x=24, y=22, flux=1e8, spectrum=blackbody(6000))
    bright = replace(scene, sources=(*scene.sources, star))
    found = planes_of(simulate_exposures(bright, visits, seed=3))
    truth = truth_planes(bright, n_subfilters=3, fwhm_px=4.0)
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(truth.sum(), rel=1e-3)
    np.testing.assert_allclose(found.sum(axis=(1, 2)), truth.sum(axis=(1, 2)), rtol=0.05)
    assert_same_planes(found, truth, of_peak=0.03)


def test_a_star_on_the_edge_does_not_spoil_the_middle_of_the_field(visits):
    inside = (
        Source(x=30, y=30, flux=3e4, spectrum=blackbody(9000)),
        Source(x=70, y=64, flux=6e4, spectrum=blackbody(3400)),
    )
    cut = Source(x=-0.4, y=50, flux=5e4, spectrum=blackbody(6000))
    band = dcrviz.Band.lsst("g")
    errors = []
    for sources in (inside, (*inside, cut)):
        field = dcrviz.simulate.Scene(sources=sources, band=band, shape=(100, 100))
        found = planes_of(simulate_exposures(field, visits, seed=3))
        off = found - truth_planes(field, n_subfilters=3, fwhm_px=4.0)
        errors.append(off[:, 20:80, 20:80].std())
    assert errors[1] < 1.5 * errors[0]


def test_with_one_subfilter_the_plane_is_the_sky(exposures, scene):
    (plane,) = planes_of(exposures, n_subfilters=1)
    truth = truth_planes(scene, n_subfilters=1, fwhm_px=4.0)
    assert_same_planes(plane, truth[0], of_peak=0.06)


def test_with_twenty_subfilters_the_planes_are_smooth_in_wavelength(exposures, scene):
    found = planes_of(exposures, n_subfilters=20)
    truth = truth_planes(scene, n_subfilters=20, fwhm_px=4.0)
    assert found.sum() == pytest.approx(truth.sum(), rel=0.01)
    assert_same_planes(found, truth, of_peak=0.1)


def test_the_sum_of_the_planes_hardly_depends_on_their_number(exposures, planes):
    for n_subfilters in (2, 5, 20):
        found = planes_of(exposures, n_subfilters=n_subfilters)
        assert_same_planes(found.sum(axis=0), planes.sum(axis=0), of_peak=0.03)


def test_one_visit_is_not_fitted_and_says_so(exposures):
    problem = prepared(exposures[:1])
    (step,) = dcrviz.assemble(problem)
    assert step.outcome is Outcome.TOO_FEW_VISITS
    assert any("flat spectrum" in warning for warning in problem.warnings)


def test_the_closed_form_of_one_visit_is_a_flat_spectrum(exposures):
    found = planes_of(exposures[:1])
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sum(axis=(1, 2)) / found.sum(), 1 / 3, atol=0.03)


def test_of_no_light_at_all_nothing_is_made(exposures):
    dark = [replace(e, image=np.zeros_like(e.image)) for e in exposures]
    np.testing.assert_allclose(planes_of(dark), 0, atol=1e-6)


@pytest.mark.parametrize("shape", [(8, 48), (33, 17)])
def test_fields_of_any_shape_are_solved(scene, visits, shape):
    star = Source(x=shape[1] / 2, y=shape[0] / 2, flux=5e4, spectrum=blackbody(5000))
    narrow = replace(scene, sources=(star,), shape=shape)
    found = planes_of(simulate_exposures(narrow, visits, seed=3))
    assert found.shape == (3, *shape)
    assert np.isfinite(found).all()


def test_the_memory_does_not_grow_with_the_number_of_visits(scene):
    # The lowest first, which asks for as much room as all.
    drawn = np.random.default_rng(5).uniform([1.05, -3], [1.9, 3], (24, 2))
    many = [
        dcrviz.Visit(id=i, airmass=airmass, parallactic_rad=angle, site=RUBIN, psf_fwhm_px=4.0)
        for i, (airmass, angle) in enumerate(drawn[drawn[:, 0].argsort()[::-1]])
    ]
    peaks = []
    for number in (8, 24):
        problem = prepared(simulate_exposures(scene, many[:number], seed=1))
        solve_directly(closed_form(problem))
        tracemalloc.start()
        solve_directly(closed_form(problem))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.02 * peaks[0]


def test_the_number_of_threads_changes_no_bit(exposures):
    problem = prepared(exposures)
    one, three = (solve_directly(closed_form(problem, threads=n), threads=n) for n in (1, 3))
    np.testing.assert_array_equal(one, three)


def test_the_run_is_one_step_that_has_converged(exposures, planes):
    start, last = dcrviz.assemble(prepared(exposures))
    assert start.outcome is Outcome.RUNNING
    assert last.outcome is Outcome.CONVERGED
    assert last.history.residuals == (0.0,)
    assert last.metric < start.metric
    np.testing.assert_array_equal(last.planes, planes)


def test_held_to_the_template_the_sky_off_the_sources_is_its_share(exposures):
    problem = prepared(exposures, hold_to_template=True)
    *_, last = dcrviz.assemble(problem)
    quiet = problem.tiles[0].omega == 0
    assert quiet.any()
    share = problem.template.image[quiet] / np.float32(3)
    np.testing.assert_allclose(last.planes[:, quiet], np.broadcast_to(share, (3, quiet.sum())))
