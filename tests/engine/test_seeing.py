"""The seeing of each visit in the fit: K_i = Q_i / P."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.grid import Grid
from dcrviz.engine.seeing import VisitSeeing, blur_of, visit_seeing
from dcrviz.engine.template import template_maker_of, visit_template
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.seeing import star_image
from dcrviz.physics.shifts import dcr_shifts
from dcrviz.psf import KOLMOGOROV, PlaneSeeing, Psf
from dcrviz.simulate import Scene, Source, blackbody, simulate_exposures, truth_planes

WIDTHS_PX = (3.3, 5.2, 4.1, 4.6, 3.6, 5.0)
SUBFILTERS = 5


@pytest.fixture(scope="module")
def varied(visits):
    """The visits, each with a seeing of its own."""
    return [replace(v, psf_fwhm_px=width) for v, width in zip(visits, WIDTHS_PX, strict=True)]


@pytest.fixture(scope="module")
def field():
    """Stars of all colours, away from the edges."""
    rng = np.random.default_rng(4)
    return Scene(
        sources=tuple(
            Source(x=x, y=y, flux=flux, spectrum=blackbody(kelvin))
            for x, y, flux, kelvin in zip(
                *rng.uniform(20, 76, (2, 14)),
                10 ** rng.uniform(4.2, 5.2, 14),
                rng.uniform(3300, 9000, 14),
                strict=True,
            )
        ),
        band=dcrviz.Band.lsst("g"),
        shape=(96, 96),
    )


@pytest.fixture(scope="module")
def seen(field, varied):
    return simulate_exposures(field, varied, seed=5)


def prepared(exposures, **knobs):
    return dcrviz.prepare(exposures, dcrviz.AssembleConfig(**({"solver": "direct"} | knobs)))


def planes_of(exposures, **knobs):
    problem = prepared(exposures, **knobs)
    *_, last = dcrviz.assemble(problem)
    return problem, last.planes


def model_at(fwhm_px, *, profile=KOLMOGOROV):
    problem_like = dcrviz.AssembleConfig(solver="direct", n_subfilters=SUBFILTERS)
    model = dcrviz.engine.forward_model.forward_model(problem_like, dcrviz.Band.lsst("g"))
    return replace(model, seeing=PlaneSeeing(fwhm_px=fwhm_px, profile=profile))


def blurred_truth(field, visit, *, psf=KOLMOGOROV, planes_px=4.0, star=None):
    """The template that the true planes predict for a visit at its own seeing."""
    model = model_at(planes_px, profile=psf)
    shifts = dcr_shifts([visit], model=model, jacobian=wcs_jacobian(field.wcs, field.shape))
    seeing = visit_seeing(model, [visit.psf_fwhm_px], [star])
    planes = truth_planes(field, n_subfilters=SUBFILTERS, fwhm_px=planes_px, psf=psf)
    return visit_template(planes, shifts, 0, order=None, seeing=seeing)


def clean(field, visit, *, psf=KOLMOGOROV):
    (exposure,) = simulate_exposures(field, [visit], seed=1, psf=psf, noise=False)
    return exposure.image


@pytest.mark.parametrize("exponent", [0.0, -0.2, 0.5])
@pytest.mark.parametrize("index", [0, 1, 5])
def test_true_planes_predict_a_visit_at_its_own_seeing(field, varied, index, exponent):
    psf, visit = Psf(seeing_exponent=exponent), varied[index]
    seen = clean(field, visit, psf=psf)
    found = blurred_truth(field, visit, psf=psf)
    np.testing.assert_allclose(found, seen, rtol=0, atol=0.01 * seen.max())


@pytest.mark.parametrize("profile", ["kolmogorov", "moffat", "gaussian"])
def test_a_star_image_blurs_as_its_width_and_profile_do(field, varied, profile):
    visit, psf = varied[3], Psf(profile=profile)
    star = star_image(visit.psf_fwhm_px, psf=psf, reach_px=40)
    told, drawn = (blurred_truth(field, visit, psf=psf, star=image) for image in (None, star))
    np.testing.assert_allclose(drawn, told, rtol=0, atol=0.004 * told.max())


def test_a_star_image_that_is_not_round_blurs_along_its_axis(field, varied):
    star = star_image(4.0, psf=KOLMOGOROV, reach_px=24)
    parts = {-1: 0.25, 0: 0.5, 1: 0.25}
    oblong = sum(part * np.roll(star, step, axis=0) for step, part in parts.items())
    still = replace(varied[0], psf_fwhm_px=4.0)
    round_one, other = (blurred_truth(field, still, star=image) for image in (star, oblong))
    expected = sum(part * np.roll(round_one, step, axis=0) for step, part in parts.items())
    np.testing.assert_allclose(other, expected, rtol=0, atol=0.002 * expected.max())


@pytest.mark.parametrize("shape", [(24, 30), (45, 40), (20, 63)])
def test_a_star_image_on_a_grid_of_any_size_is_transformed_as_at_single_frequencies(shape):
    star = np.random.default_rng(2).uniform(size=(31, 27)).astype(np.float32)
    seeing = visit_seeing(model_at(4.0), [4.0], [star])
    grid = Grid(field=shape, shape=shape)
    frequency_y, frequency_x = (f.ravel() for f in np.meshgrid(*grid.frequencies, indexing="ij"))
    blur = blur_of(seeing, 0, grid)
    y, x = (terms[:, 0] + 1j * terms[:, 1] for terms in (blur.star_y, blur.star_x))
    alone = seeing.transfer(0, frequency_y, frequency_x) / np.interp(
        np.hypot(frequency_y, frequency_x), blur.step * np.arange(1024), seeing.tables(0)[0]
    )
    np.testing.assert_allclose((y.T @ x).ravel(), alone[0], atol=2e-6)


def test_of_one_seeing_nothing_is_blurred(exposures):
    fitted, plain = (planes_of(exposures, fit_seeing=value)[1] for value in ("auto", "off"))
    np.testing.assert_array_equal(fitted, plain)


def test_visits_that_differ_in_seeing_only_are_the_same_sky(field, seen):
    """The sum of the planes is the sky without refraction, at the seeing of the planes."""

    def off(**knobs):
        problem, planes = planes_of(seen, n_subfilters=3, **knobs)
        width = problem.seeing.planes.fwhm_px if problem.seeing else 4.3
        truth = truth_planes(field, n_subfilters=3, fwhm_px=width)
        return np.abs(planes.sum(axis=0) - truth.sum(axis=0)).max() / truth.sum(axis=0).max()

    assert off(model_fwhm=4.3) < 0.03
    assert off(fit_seeing="off") > 3 * off(model_fwhm=4.3)


def test_an_unseen_visit_is_predicted_at_its_own_seeing(field, varied, seen):
    *_, last = dcrviz.assemble(problem := prepared(seen[:5]))
    result = dcrviz.coadds(problem, last)
    truth = clean(field, varied[5])
    found = dcrviz.matched_template(result, varied[5]).image
    assert (found - truth).std() < 0.01 * truth.max()
    star = star_image(varied[5].psf_fwhm_px, psf=KOLMOGOROV, reach_px=30)
    by_image = dcrviz.matched_template(result, varied[5], psf=star).image
    np.testing.assert_allclose(by_image, found, rtol=0, atol=0.004 * found.max())
    # A visit that tells its image alone has the width of that.
    silent = replace(varied[5], psf_fwhm_px=None)
    alone = dcrviz.matched_template(result, silent, psf=star).image
    np.testing.assert_allclose(alone, found, rtol=0, atol=0.004 * found.max())


def test_a_visit_whose_seeing_nobody_knows_is_not_predicted(seen):
    *_, last = dcrviz.assemble(problem := prepared(seen))
    result = dcrviz.coadds(problem, last)
    silent = replace(problem.visits[0], psf_fwhm_px=None)
    with pytest.raises(ValueError, match=r"visit 100: its FWHM or star image must be known"):
        dcrviz.matched_template(result, silent)


def test_the_star_image_of_the_coadds_is_that_of_the_planes(seen):
    *_, last = dcrviz.assemble(problem := prepared(seen, model_fwhm=4.4))
    result = dcrviz.coadds(problem, last)
    expected = star_image(4.4, psf=KOLMOGOROV, reach_px=len(result.psf) // 2)
    np.testing.assert_allclose(result.psf, expected, atol=1e-6)
    assert result.model.seeing == problem.seeing.planes


@pytest.mark.parametrize("solver", ["direct", "pcg"])
def test_the_order_of_the_visits_does_not_matter(seen, solver):
    _, planes = planes_of(seen, solver=solver)
    _, again = planes_of([seen[i] for i in (3, 0, 5, 1, 4, 2)], solver=solver)
    np.testing.assert_allclose(again, planes, rtol=0, atol=1e-4 * np.abs(planes).max())


def test_without_masks_pcg_finds_what_direct_does(seen):
    _, direct = planes_of(seen, weights="2019")
    _, iterated = planes_of(seen, weights="2019", solver="pcg", tolerance=1e-5)
    # Beyond the edge the sky is empty to the one, and nobody has seen it to the other.
    inner = np.s_[:, 16:-16, 16:-16]
    np.testing.assert_allclose(
        iterated[inner], direct[inner], rtol=0, atol=2e-3 * np.abs(direct).max()
    )


ITERATION = {"solver": "iterative", "fit_seeing": "on"}


class TestTheIteration:
    """LSST's, with the template blurred and the residual blurred once more on its way back."""

    def test_does_not_know_the_seeing_unless_it_is_told_to(self, seen):
        assert prepared(seen, solver="iterative").seeing is None
        assert dcrviz.AssembleConfig.preset("lsst-today").fit_seeing == "off"

    def test_leaves_planes_as_they_are_that_fit_already(self, field, varied):
        noiseless = simulate_exposures(field, varied, seed=1, noise=False)
        problem = prepared(noiseless, **ITERATION, clamp_iterations=0, clamp_subfilters=0)
        truth = truth_planes(field, n_subfilters=3, fwhm_px=problem.seeing.planes.fwhm_px)
        make = template_maker_of(problem, truth)
        peak = max(exposure.image.max() for exposure in noiseless)
        for index, exposure in enumerate(noiseless):
            assert np.abs(make(index) - exposure.image).max() < 0.04 * peak

    def test_is_nearer_the_visits_with_their_seeing(self, seen):
        metrics = []
        for knobs in ({}, ITERATION):
            *_, last = dcrviz.assemble(prepared(seen, **({"solver": "iterative"} | knobs)))
            metrics.append(last.metric)
        assert metrics[1] < 0.8 * metrics[0]

    @pytest.mark.parametrize("solver", ["iterative", "anderson"])
    def test_has_the_same_planes_whatever_the_tiles(self, seen, solver):
        knobs = ITERATION | {"solver": solver, "subregion_mode": "seamless", "max_iterations": 2}
        whole = planes_of(seen, **knobs)[1]
        tiled = planes_of(seen, **knobs, subregion_size=(60, 50))[1]
        np.testing.assert_allclose(tiled, whole, rtol=0, atol=1e-6 * np.abs(whole).max())


def test_some_of_the_visits_have_their_own_seeing(seen):
    seeing = prepared(seen).seeing
    some = seeing.of([4, 1])
    assert isinstance(some, VisitSeeing)
    np.testing.assert_array_equal(some.fwhm_px, [WIDTHS_PX[4], WIDTHS_PX[1]])
