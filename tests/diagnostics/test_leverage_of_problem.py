"""What the visits of a field can tell: as the direct solver has it, and the field's own noise."""

import math
from dataclasses import replace

import numpy as np
import pytest
from leverage_numbers import numbers_of

import dcrviz
from dcrviz.diagnostics.expected_sky import sky_of
from dcrviz.diagnostics.frequencies import Frequencies
from dcrviz.diagnostics.leverage import leverage, leverage_of
from dcrviz.diagnostics.planner import plan_next
from dcrviz.diagnostics.posterior import posterior_of
from dcrviz.diagnostics.visit_system import system_of
from dcrviz.engine.direct import closed_form
from dcrviz.engine.sky_power import at_radius, straying
from dcrviz.kernels.mode_solve import factor_modes
from dcrviz.simulate import random_scene, simulate_exposures

CONFIG = dcrviz.AssembleConfig(solver="direct")


@pytest.fixture(scope="module", params=["one seeing", "0.6 to 1.1 arcsec"])
def solved(request, exposures):
    """A field, and the equations and prior that `direct` makes of it."""
    if request.param != "one seeing":
        scene = random_scene(3, shape=(56, 60), n_stars=5, n_galaxies=1, n_quasars=0)
        visits = [
            replace(e.visit, psf_fwhm_px=width)
            for e, width in zip(exposures, np.linspace(3.0, 5.5, len(exposures)), strict=True)
        ]
        exposures = simulate_exposures(scene, visits, seed=1)
    problem = dcrviz.prepare(exposures, CONFIG)
    return problem, closed_form(problem)


def solvers_inverse(system, amplitudes):
    """(Y, X // 2 + 1, J, J), K^-1 of every mode under these amplitudes, from L d L^H."""
    prior, grid = system.prior, system.grid
    unknowns = len(prior.basis)
    whitening = replace(prior.whitening, amplitudes=amplitudes)
    factors = factor_modes(system.equations, whitening).astype(float)
    lower = np.zeros((*grid.half, unknowns, unknowns), complex)
    inverse_d = np.zeros((*grid.half, unknowns))
    for j in range(unknowns):
        lower[..., j, j], inverse_d[..., j] = 1, factors[j * unknowns + j]
        for k in range(j):
            lower[..., j, k] = factors[j * unknowns + k] + 1j * factors[k * unknowns + j]
    back = np.linalg.inv(lower)
    return np.conj(np.swapaxes(back, -1, -2)) @ (inverse_d[..., None] * back)


def deviations_in_a_pixel(system, whitened, amplitudes, profile):
    """(S,), of the planes, from covariances of the unknowns in units of the prior's."""
    basis, grid = system.prior.basis, system.grid
    scale = at_radius(profile, grid.radius)[..., None] * amplitudes
    modes = (whitened * scale[..., None] * scale[..., None, :]).real.reshape(-1, *basis.shape)
    covariance = grid_frequencies(grid).mean(modes) / math.prod(grid.field)
    return np.sqrt(np.diag(basis @ covariance @ basis.T))


def grid_frequencies(grid):
    """All modes of a field: those of half a spectrum, most of which stand for two."""
    counts = np.full(grid.half, 2.0)
    counts[:, 0] = 1
    if grid.shape[1] % 2 == 0:
        counts[:, -1] = 1
    y, x = (along.ravel() for along in np.meshgrid(*grid.frequencies, indexing="ij"))
    return Frequencies(y=y, x=x, area=counts.ravel() / math.prod(grid.shape))


def expected_of(problem, system):
    """Our view of a field, with what the solver has learnt of its sky."""
    prior = system.prior
    ours = replace(system_of(problem), basis=prior.basis)
    sky = replace(
        sky_of(problem, ours),
        amplitudes=prior.amplitudes / np.sqrt(math.prod(problem.shape)),
        error=prior.error,
    )
    return ours, sky


def test_the_variance_is_the_posterior_one_of_the_direct_solver(solved):
    problem, system = solved
    prior, profile = system.prior, system.prior.profile
    ours, sky = expected_of(problem, system)
    np.testing.assert_allclose(profile, sky.profile)
    np.testing.assert_allclose(
        prior.whitening.profile, profile / np.sqrt(1 + prior.error * straying(profile))
    )
    inverse = solvers_inverse(system, prior.amplitudes)
    theirs = deviations_in_a_pixel(system, inverse, prior.amplitudes, profile)
    posterior = posterior_of(ours, sky, frequencies=grid_frequencies(system.grid))
    # The solver sums in single precision.
    np.testing.assert_allclose(leverage_of(posterior).plane_sigma, theirs, rtol=1e-3)
    # What the coadds record, from a part of the modes.
    recorded = np.sqrt(np.diag(system.covariance))
    np.testing.assert_allclose(leverage_of(posterior).plane_sigma, recorded, rtol=0.02)
    # Of a field so small the lowest frequencies are few and far between.
    usual = posterior_of(ours, sky)
    np.testing.assert_allclose(leverage_of(usual).plane_sigma, theirs, rtol=0.1)


def test_the_noise_is_that_of_the_direct_solver_with_the_freedom_that_it_gives_colours(solved):
    problem, system = solved
    allowed = system.prior.whitening.amplitudes
    inverse = solvers_inverse(system, allowed)
    # K - 1 is what the noise of the visits makes of K^-1 u.
    theirs = deviations_in_a_pixel(
        system, inverse - inverse @ inverse, allowed, system.prior.whitening.profile
    )
    posterior = posterior_of(
        *expected_of(problem, system), frequencies=grid_frequencies(system.grid)
    )
    np.testing.assert_allclose(leverage_of(posterior).plane_noise, theirs, rtol=2e-3)
    np.testing.assert_allclose(
        posterior.sky.allowed * np.sqrt(math.prod(problem.shape)), allowed, rtol=1e-12
    )


def test_without_a_usable_visit_nothing_is_constrained_and_the_first_one_is_planned(
    solved, visits_at
):
    problem, _ = solved
    empty = replace(problem, precision=np.zeros(len(problem.visits)))
    found = leverage(empty)
    np.testing.assert_allclose(found.lost, 1)
    assert np.isfinite(numbers_of(found)).all()
    assert found.sentence == "No visit has a usable pixel: nothing is constrained."
    assert np.isfinite(plan_next(empty, visits_at((1.5, 20))).errors).all()


def test_the_light_of_a_field_is_found_from_its_template(solved):
    problem, system = solved
    found = sky_of(problem, system_of(problem)).amplitudes[0]
    learnt = system.prior.whitening.amplitudes[0] / np.sqrt(math.prod(problem.shape))
    # The solver weighs the middle of the field more.
    assert 1 / 2 < found / learnt < 2


def test_a_problem_knows_its_factors_and_its_noise(exposures):
    ids = [str(e.visit.id) for e in exposures]
    off = dcrviz.prepare(exposures, CONFIG.with_values(visit_factors={ids[1]: 0}))
    left = dcrviz.prepare([exposures[0], *exposures[2:]], CONFIG)
    np.testing.assert_allclose(
        numbers_of(leverage(off)), numbers_of(leverage(left)), rtol=1e-6, atol=1e-9
    )
    noisier = [replace(e, variance=4 * np.asarray(e.variance)) for e in exposures]
    # What noise says of the mean spectrum and of the seeing would move the planes, too.
    config = CONFIG.with_values(slice_spectrum="flat", seeing_exponent=0.0)
    before, after = (leverage(dcrviz.prepare(e, config)) for e in (exposures, noisier))
    assert after.colour_error > before.colour_error
    np.testing.assert_allclose(after.singular_values, before.singular_values)
