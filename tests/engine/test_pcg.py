"""Conjugate gradients: the weights of every pixel exactly, and the closed form where they agree."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz import Outcome
from dcrviz.engine.direct import closed_form, solve_directly
from dcrviz.engine.pcg import cg_planes, cg_start, cg_step
from dcrviz.simulate import Source, blackbody, simulate_exposures


def prepared(exposures, *, template=None, **knobs):
    config = dcrviz.AssembleConfig(solver="pcg", **knobs)
    return dcrviz.prepare(exposures, config, template=template)


def run(exposures, *, template=None, **knobs):
    """The last step of a run."""
    *_, last = dcrviz.assemble(prepared(exposures, template=template, **knobs))
    return last


def with_lost_pixels(exposures, flag, *, fraction=0.04, seed=5):
    rng = np.random.default_rng(seed)
    return [flag(e, "BAD", rng.random(e.shape) < fraction) for e in exposures]


@pytest.fixture(scope="module")
def stars(model_field, star_points):
    """Visits of stars in all directions of the sky, and their true planes."""
    return model_field(star_points)


@pytest.fixture(scope="module")
def masked(stars, flag):
    """The same with 4 % of the pixels lost, in each visit others."""
    return with_lost_pixels(stars[0], flag)


def dense_solution(problem, system):
    """The planes of highest probability, from the covariances of all pixels with each other.

    With C the prior covariance of the sky, A the shifts and N the noise:
    y = C A^T (A C A^T + N)^-1 s, which asks for neither Fourier modes of data nor iterations.
    """
    height, width = system.grid.shape
    prior, shifts = system.prior, problem.shifts
    frequency_y, frequency_x = np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)
    places = np.arange(len(prior.whitening.profile)) * prior.whitening.step
    power = np.interp(np.hypot(frequency_y, frequency_x), places, prior.whitening.profile) ** 2
    per_plane = (prior.basis * prior.whitening.amplitudes**2) @ prior.basis.T
    moves = np.exp(
        -2j
        * np.pi
        * (
            shifts.split[..., 0, None, None] * frequency_y
            + shifts.split[..., 1, None, None] * frequency_x
        )
    )
    responses = (shifts.weights[None, :, :, None, None] * moves).sum(axis=2)
    unmoved = np.eye(problem.n_subfilters)[..., None, None] * np.ones((height, width))
    # Planes and visits alike are sums of planes, moved.
    seen = np.concatenate([unmoved, responses])
    spectra = np.einsum("iayx,ab,jbyx->ijyx", seen, per_plane, seen.conj()) * power
    covariance = np.fft.ifft2(spectra).real / np.prod(problem.shape)
    rows, columns = (axis.ravel() for axis in np.mgrid[: problem.shape[0], : problem.shape[1]])
    apart = np.s_[(rows[:, None] - rows) % height, (columns[:, None] - columns) % width]
    number, pixels = len(seen), rows.size
    whole = covariance[:, :, *apart].transpose(0, 2, 1, 3).reshape(2 * (number * pixels,))
    of_planes = problem.n_subfilters * pixels
    used = np.concatenate([np.zeros(of_planes, dtype=bool), problem.usable.ravel()])
    noise = 1 / (problem.unit_weight * problem.weights[problem.usable].astype(float))
    data = np.stack(problem.images)[problem.usable] - system.level
    answer = np.linalg.solve(whole[np.ix_(used, used)] + np.diag(noise), data)
    planes = (whole[:of_planes][:, used] @ answer).reshape(problem.n_subfilters, *problem.shape)
    return planes + system.level * system.shares[:, None, None]


@pytest.mark.parametrize("n_subfilters", [1, 3])
def test_the_solution_is_that_of_all_pixels_at_once(scene, visits, flag, n_subfilters):
    star = Source(x=4, y=5, flux=4e3, spectrum=blackbody(9000))
    tiny = replace(scene, sources=(star,), shape=(10, 9))
    rng = np.random.default_rng(8)
    exposures = [
        replace(e, variance=e.variance * rng.uniform(0.3, 3, e.shape).astype(np.float32))
        for e in simulate_exposures(tiny, visits, seed=2)
    ]
    problem = prepared(
        with_lost_pixels(exposures, flag, fraction=0.1),
        weights="inverse_variance",
        n_subfilters=n_subfilters,
        tolerance=2e-5,
        max_iterations=150,
    )
    *_, last = dcrviz.assemble(problem)
    expected = dense_solution(problem, closed_form(problem))
    assert last.outcome is Outcome.CONVERGED
    np.testing.assert_allclose(last.planes, expected, rtol=0, atol=1e-3 * expected.max())


def test_without_masks_and_with_equal_weights_it_agrees_with_the_closed_form_inside(stars):
    exposures, _ = stars
    problem = prepared(exposures)
    directly = solve_directly(closed_form(problem))
    noise = np.sqrt(np.diag(closed_form(problem).covariance))
    inner = np.s_[10:-10, 10:-10]
    for found, expected, sigma in zip(run(exposures).planes, directly, noise, strict=True):
        assert np.abs(found - expected)[inner].max() < 0.5 * sigma


def test_with_masks_it_is_nearer_to_the_truth_than_the_closed_form(stars, flag):
    exposures, truth = stars
    ours, closed = 0.0, 0.0
    # Which pixels are lost matters as much as what fills them: over several draws.
    for seed in (1, 2, 3):
        masked = with_lost_pixels(exposures, flag, seed=seed)
        ours += (run(masked).planes - truth).var()
        closed += (solve_directly(closed_form(prepared(masked))) - truth).var()
    assert ours < 0.98 * closed


def test_few_iterations_solve_a_field_with_masks(masked):
    last = run(masked)
    assert last.outcome is Outcome.CONVERGED
    assert last.history.iterations <= 10
    assert last.history.residuals[-1] <= 1e-4


def test_it_stops_at_the_first_iteration_within_the_tolerance(masked):
    *before, last = run(masked, tolerance=2e-4).history.residuals
    assert last <= 2e-4
    assert all(residual > 2e-4 for residual in before)


def test_a_smaller_tolerance_takes_more_iterations(masked):
    coarse, fine = (run(masked, tolerance=t) for t in (2e-4, 3e-5))
    assert coarse.history.iterations < fine.history.iterations
    assert fine.outcome is Outcome.CONVERGED


def test_it_gives_up_after_the_most_iterations(masked):
    last = run(masked, tolerance=1e-6, max_iterations=1)
    assert last.outcome is Outcome.EXHAUSTED
    # As LSST's task counts: two more than the knob says.
    assert last.history.iterations == 3


def test_the_iterations_start_from_the_closed_form(stars):
    problem = prepared(stars[0])
    start, expected = cg_planes(cg_start(problem)), solve_directly(closed_form(problem))
    np.testing.assert_allclose(start, expected, rtol=0, atol=1e-5 * expected.max())


def test_a_step_changes_nothing_in_what_it_starts_from(masked):
    problem = prepared(masked)
    memory = cg_start(problem)
    kept = memory.solution.copy(), memory.residual.copy(), memory.direction.copy()
    cg_step(problem, memory, positivity=True)
    for before, after in zip(
        kept, (memory.solution, memory.residual, memory.direction), strict=True
    ):
        np.testing.assert_array_equal(after, before)


def test_a_hole_in_all_visits_stays_finite(stars, flag):
    exposures, truth = stars
    hole = np.zeros(truth.shape[1:], dtype=bool)
    hole[22:34, 30:40] = True
    last = run([flag(e, "NO_DATA", hole) for e in exposures])
    assert last.outcome is Outcome.CONVERGED
    assert np.isfinite(last.planes).all()
    assert np.abs(last.planes).max() < 2 * truth.max()


def test_the_values_of_masked_pixels_do_not_matter(masked):
    burnt = [
        replace(
            e,
            image=np.where(e.mask & (1 << e.planes["BAD"]), value, e.image).astype(np.float32),
        )
        for e, value in zip(masked, [np.nan, 1e9, -np.inf] * 2, strict=True)
    ]
    np.testing.assert_array_equal(run(burnt).planes, run(masked).planes)


def test_a_visit_without_a_usable_pixel_changes_nothing(masked, flag):
    visit = replace(masked[0].visit, id=999, airmass=1.05, psf_fwhm_px=None)
    lost = flag(replace(masked[0], visit=visit), "NO_DATA", np.ones(masked[0].shape, dtype=bool))
    ours, theirs = run([*masked, lost]).planes, run(masked).planes
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * theirs.max())


def test_a_visit_twice_counts_as_one_of_half_the_variance(masked):
    template = prepared(masked).template
    again = replace(masked[2], visit=replace(masked[2].visit, id=999))
    deeper = replace(masked[2], variance=masked[2].variance / 2)
    ours = run([*masked, again], template=template, max_iterations=8).planes
    theirs = run([*masked[:2], deeper, *masked[3:]], template=template, max_iterations=8).planes
    # Each of two visits strays from the model on its own, so they tell a little more.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-2 * theirs.max())


def test_the_unit_of_flux_does_not_matter(masked):
    unit = np.float32(1e4)
    scaled = [replace(e, image=e.image * unit, variance=e.variance * unit**2) for e in masked]
    planes = run(masked).planes
    np.testing.assert_allclose(
        run(scaled).planes, unit * planes, rtol=0, atol=1e-4 * unit * planes.max()
    )


def test_positivity_takes_away_most_of_the_negative_light(masked):
    free, pushed = run(masked), run(masked, positivity=True)

    def negative(step):
        return np.minimum(step.planes, 0).sum()

    assert pushed.outcome is Outcome.CONVERGED
    assert negative(pushed) > 0.5 * negative(free)
    assert pushed.planes.sum() == pytest.approx(free.planes.sum(), rel=0.02)


def test_positivity_can_be_switched_on_and_off_during_a_run(masked):
    problem = prepared(masked)
    step, free = dcrviz.first_step(problem), problem.config.with_values(tolerance=1e-6)
    for positivity in (False, True, True, False, False, False, False, False, False):
        step = dcrviz.advance(problem, step, free.with_values(positivity=positivity))
        assert np.isfinite(step.planes).all()
    never = run(masked, tolerance=1e-5).planes
    np.testing.assert_allclose(step.planes, never, rtol=0, atol=0.01 * never.max())


def test_by_default_stars_count_like_the_sky_around_them(exposures):
    problem = prepared(exposures)
    np.testing.assert_array_equal(
        prepared(exposures, weights="background").weights, problem.weights
    )
    np.testing.assert_allclose(problem.weights[problem.detected], 1, rtol=0.02)


def test_with_inverse_variance_the_noise_of_a_star_counts(exposures):
    problem = prepared(exposures, weights="inverse_variance")
    np.testing.assert_allclose(
        problem.weights * problem.unit_weight, [1 / e.variance for e in exposures], rtol=1e-5
    )
    assert problem.weights[problem.detected].min() < 0.5


def test_a_worn_out_pixel_counts_less_on_a_star_or_off_it_but_not_in_2019(exposures):
    worn = exposures[0].variance.copy()
    worn[2, 2] *= 100
    exposures = [replace(exposures[0], variance=worn), *exposures[1:]]
    for weights in ("background", "inverse_variance"):
        assert prepared(exposures, weights=weights).weights[0, 2, 2] < 0.02
    assert prepared(exposures, weights="2019").weights is None


def test_in_2019_all_visits_count_alike(exposures):
    deeper = [replace(exposures[0], variance=exposures[0].variance / 4), *exposures[1:]]
    for weights, factor in (("2019", 1), ("background", 4), ("inverse_variance", 4)):
        precision = prepared(deeper, weights=weights).precision
        np.testing.assert_allclose(precision[0] / precision[1:], factor, rtol=0.01)


def test_the_choice_of_weights_changes_the_planes(exposures):
    made = [run(exposures, weights=w).planes for w in ("2019", "background", "inverse_variance")]
    assert not np.array_equal(made[0], made[2])
    assert not np.array_equal(made[1], made[2])
    assert not np.array_equal(made[0], made[1])


def test_visits_that_can_not_tell_colours_converge_to_a_flat_spectrum(exposures):
    first = exposures[0].visit
    alike = {"airmass": first.airmass, "parallactic_rad": first.parallactic_rad}
    last = run([replace(e, visit=replace(e.visit, **alike)) for e in exposures])
    assert last.outcome is Outcome.CONVERGED
    np.testing.assert_allclose(last.planes.sum(axis=(1, 2)) / last.planes.sum(), 1 / 3, atol=0.03)


def test_of_no_light_at_all_nothing_is_made(exposures):
    last = run([replace(e, image=np.zeros_like(e.image)) for e in exposures])
    assert last.outcome is Outcome.CONVERGED
    np.testing.assert_allclose(last.planes, 0, atol=1e-6)


def test_the_number_of_threads_changes_no_bit(masked):
    one, three = (run(masked, n_threads=n).planes for n in (1, 3))
    np.testing.assert_array_equal(one, three)
