"""Visits brought to a common seeing."""

import numpy as np
import pytest
from scipy import ndimage

from dcrviz.engine.psf_match import convolved, kernel_from_image, matching_kernel
from dcrviz.physics.seeing import star_image
from dcrviz.psf import PROFILES, Psf

every_profile = pytest.mark.parametrize("profile", PROFILES)


def field_of(fwhm_px, profile):
    """A star amid an empty field."""
    return np.pad(star_image(fwhm_px, psf=Psf(profile=profile), reach_px=24), 30)


@every_profile
def test_stars_become_those_of_the_common_seeing(profile):
    kernel = matching_kernel(3.5, target_px=5.0, psf=Psf(profile=profile))
    wanted = field_of(5.0, profile)
    # The kernel ends at three widths: that much of its wings is missing.
    np.testing.assert_allclose(
        convolved(field_of(3.5, profile), kernel), wanted, atol=0.01 * wanted.max()
    )


@every_profile
def test_stars_of_any_shape_become_those_of_the_common_seeing(profile):
    oblong = ndimage.gaussian_filter(field_of(3.0, profile), (0.9, 0.2))
    kernel = kernel_from_image(oblong[30:-30, 30:-30], target_px=5.0, psf=Psf(profile=profile))
    wanted = field_of(5.0, profile)
    np.testing.assert_allclose(convolved(oblong, kernel), wanted, atol=0.01 * wanted.max())


def test_a_star_image_wider_than_the_target_does_not_raise_the_noise_without_limit():
    wide = star_image(6.0, psf=Psf(profile="gaussian"), reach_px=24)
    kernel = kernel_from_image(wide, target_px=3.0, psf=Psf(profile="gaussian"))
    # Dividing without a floor would give 1e5 and more.
    assert np.sqrt((kernel.astype(float) ** 2).sum()) < 20


def test_a_visit_of_the_common_seeing_stays_as_it_is():
    image = np.random.default_rng(1).normal(size=(9, 8)).astype(np.float32)
    kernel = matching_kernel(4.0, target_px=4.0, psf=Psf(profile="kolmogorov"))
    np.testing.assert_array_equal(convolved(image, kernel), image)


def test_it_is_a_convolution_of_the_image_mirrored_about_its_edges():
    image = np.random.default_rng(2).normal(size=(40, 50)).astype(np.float32)
    kernel = np.random.default_rng(3).random((7, 7)).astype(np.float32)
    plain = ndimage.convolve(image, kernel, mode="reflect")
    np.testing.assert_allclose(convolved(image, kernel), plain, atol=1e-4)


def test_how_rows_are_parted_does_not_matter():
    image = np.random.default_rng(2).normal(size=(40, 50)).astype(np.float32)
    kernel = matching_kernel(3.0, target_px=4.0, psf=Psf(profile="kolmogorov"))
    parts = [convolved(image, kernel, rows=slice(y, y + 13)) for y in range(0, 40, 13)]
    np.testing.assert_allclose(np.concatenate(parts), convolved(image, kernel), atol=1e-5)
