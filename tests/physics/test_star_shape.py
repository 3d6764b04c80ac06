"""How far from round a star is."""

import numpy as np
import pytest

from dcrviz.physics.seeing import star_image
from dcrviz.physics.star_shape import ellipticity, second_moments
from dcrviz.psf import PROFILES, Psf


def gaussian(covariance, *, reach=24):
    places = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(float)
    squared = np.einsum("iyx,ij,jyx->yx", places, np.linalg.inv(covariance), places)
    return np.exp(-squared / 2).astype(np.float32)


@pytest.mark.parametrize(
    "covariance", [[[4, 0], [0, 4]], [[9, 0], [0, 4]], [[6, 2], [2, 5]], [[5, -1], [-1, 2]]]
)
def test_a_gaussian_has_its_own_moments(covariance):
    np.testing.assert_allclose(
        second_moments(gaussian(covariance)), covariance, rtol=1e-3, atol=1e-6
    )


@pytest.mark.parametrize("profile", PROFILES)
def test_a_round_star_of_any_profile_is_round(profile):
    star = star_image(4.0, psf=Psf(profile=profile), reach_px=20)
    assert ellipticity(star) == pytest.approx(0, abs=1e-3)


def test_ellipticity_is_the_difference_of_the_axes_over_their_sum_at_any_angle():
    for angle in np.radians([0, 30, 77]):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        covariance = turn @ np.diag([9.0, 4.0]) @ turn.T
        assert ellipticity(gaussian(covariance)) == pytest.approx((3 - 2) / (3 + 2), abs=1e-3)


def test_noise_far_from_the_star_changes_next_to_nothing():
    rng = np.random.default_rng(0)
    star = gaussian([[9, 0], [0, 4]])
    noisy = star + rng.normal(0, 0.003 * star.max(), star.shape).astype(np.float32)
    assert ellipticity(noisy) == pytest.approx(ellipticity(star), abs=0.02)


def test_a_star_in_a_single_pixel_is_round():
    star = np.zeros((5, 5), np.float32)
    star[2, 2] = 1
    assert ellipticity(star) == 0
