"""The stated errors of planes: the posterior covariance in a pixel, over all modes of a field."""

import math
from dataclasses import replace

import numpy as np
import pytest
from test_prior import AMPLITUDES, FWHM_PX, drawn

from dcrviz.engine.grid import Grid
from dcrviz.engine.pixel_covariance import _modes, pixel_covariance
from dcrviz.engine.sky_power import at_radius, seeing_profile
from dcrviz.kernels.mode_solve import solve_modes


def covariance_of(sky, prior):
    return pixel_covariance(sky.equations, sky.grid, prior, visits=sky.visits)


def known_prior(sky):
    """The one that the sky was drawn from."""
    prior = sky.learnt()
    amplitudes = np.array(AMPLITUDES)
    whitening = replace(prior.whitening, amplitudes=amplitudes, profile=seeing_profile(FWHM_PX))
    return replace(
        prior,
        whitening=whitening,
        amplitudes=amplitudes,
        error=0.0,
        mean=np.zeros(2),
        basis=sky.basis,
    )


def squared_errors(sky, prior):
    """(S,), mean over the pixels, of the planes that are solved for."""
    solved = solve_modes(sky.equations, prior.whitening, prior.basis)
    off = np.fft.irfft2(np.stack(solved) - np.stack(sky.planes), s=sky.grid.shape)
    return (off**2).mean(axis=(1, 2))


def summed_over_all_modes(sky, prior):
    """The same, mode by mode."""
    packed, unknowns = sky.equations.normal, len(prior.basis)
    normal = np.zeros((*sky.grid.half, unknowns, unknowns), complex)
    for j in range(unknowns):
        for k in range(j + 1):
            imaginary = 1j * packed[k * unknowns + j] if j != k else 0
            normal[..., j, k] = packed[j * unknowns + k] + imaginary
            normal[..., k, j] = np.conj(normal[..., j, k])
    trusted, height = (
        at_radius(profile, sky.grid.radius)[..., None, None] ** 2
        for profile in (prior.whitening.profile, prior.profile)
    )
    scale = np.outer(prior.amplitudes, prior.amplitudes)
    known = np.eye(unknowns) + normal * trusted * scale
    modes = (np.linalg.inv(known) * height * scale).real
    twice = np.full(sky.grid.half[1], 2.0)
    twice[0] = 1
    if sky.grid.shape[1] % 2 == 0:
        twice[-1] = 1
    total = np.einsum("x,yxjk->jk", twice, modes)
    pixels = math.prod(sky.grid.shape) * math.prod(sky.grid.field)
    return prior.basis @ total @ prior.basis.T / pixels


@pytest.mark.parametrize("n_subfilters", [1, 2, 3])
def test_the_modes_that_stand_for_others_stand_for_them_to_a_hundredth(n_subfilters):
    sky = drawn(1, AMPLITUDES[:n_subfilters])
    prior = sky.learnt()
    np.testing.assert_allclose(
        covariance_of(sky, prior), summed_over_all_modes(sky, prior), rtol=0.01
    )


@pytest.mark.parametrize("sigma", [30.0, 100.0])
def test_planes_of_drawn_skies_are_off_by_as_much_as_is_stated(sigma):
    found, stated = np.zeros((2, 3))
    for seed in range(16):
        sky = drawn(seed, sigma=sigma)
        # Noise and sky are everywhere, in the margin, too.
        sky = replace(sky, grid=replace(sky.grid, field=sky.grid.shape))
        prior = known_prior(sky)
        found += squared_errors(sky, prior)
        stated += np.diag(covariance_of(sky, prior))
    np.testing.assert_allclose(np.sqrt(found / stated), 1, atol=0.02)


def test_the_covariance_is_symmetric_and_positive():
    sky = drawn(1)
    covariance = covariance_of(sky, sky.learnt())
    np.testing.assert_allclose(covariance, covariance.T, rtol=1e-6)
    assert (np.linalg.eigvalsh(covariance) > 0).all()


def test_more_visits_leave_less_doubt():
    few, many = drawn(6, n_visits=4), drawn(6, n_visits=16)
    less, more = (np.diag(covariance_of(sky, sky.learnt())) for sky in (many, few))
    assert (less < more).all()


@pytest.mark.parametrize("shape", [(5, 4), (9, 8), (64, 60), (300, 256), (301, 260)])
def test_the_chosen_modes_stand_for_all(shape):
    grid = Grid(field=shape, shape=shape)
    number = sum(len(modes) * stand_for for modes, stand_for in _modes(grid))
    assert number == pytest.approx(math.prod(shape), rel=0.02)
