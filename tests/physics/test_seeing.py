"""Images of stars: drawn from their profile, and measured."""

import pytest

from dcrviz.physics.seeing import star_image, width_px
from dcrviz.psf import PROFILES, Psf

every_profile = pytest.mark.parametrize("profile", PROFILES)


@every_profile
@pytest.mark.parametrize("fwhm_px", [3.0, 4.5, 8.0])
def test_a_star_image_is_as_wide_as_it_should_be(profile, fwhm_px):
    image = star_image(fwhm_px, psf=Psf(profile=profile), reach_px=int(4 * fwhm_px))
    assert image.sum() == pytest.approx(1, abs=1e-5)
    assert width_px(image) == pytest.approx(fwhm_px, rel=0.005)
