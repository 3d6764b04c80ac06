"""Star images, and what broadens one to another."""

import numpy as np
import pytest

from dcrviz.physics.seeing import (
    SEEING_MODELS,
    broadening_fwhm_px,
    seeing_transfer,
    star_image,
    width_px,
)

every_model = pytest.mark.parametrize("model", SEEING_MODELS)


@every_model
def test_what_broadens_is_the_ratio_of_the_transfer_functions(model):
    frequency = np.linspace(0, 0.7, 40)
    between = broadening_fwhm_px(3.0, target_px=5.0, model=model)
    np.testing.assert_allclose(
        seeing_transfer(frequency, fwhm_px=3.0, model=model)
        * seeing_transfer(frequency, fwhm_px=between, model=model),
        seeing_transfer(frequency, fwhm_px=5.0, model=model),
        rtol=1e-9,
    )


@every_model
def test_nothing_broadens_to_less(model):
    assert broadening_fwhm_px(5.0, target_px=5.0, model=model) == 0
    assert broadening_fwhm_px(6.0, target_px=5.0, model=model) == 0


@every_model
@pytest.mark.parametrize("fwhm_px", [3.0, 4.5, 8.0])
def test_a_star_image_is_as_wide_as_it_should_be(model, fwhm_px):
    image = star_image(fwhm_px, model=model, reach_px=int(4 * fwhm_px))
    assert image.sum() == pytest.approx(1, abs=1e-5)
    assert width_px(image) == pytest.approx(fwhm_px, rel=0.005)


def test_a_model_that_nobody_knows_is_an_error():
    with pytest.raises(ValueError, match="seeing must be one of kolmogorov, gaussian; got 'airy'"):
        seeing_transfer(np.zeros(1), fwhm_px=3.0, model="airy")
