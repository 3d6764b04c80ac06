"""What a visit leaves of its template, in units of what is allowed."""

import numpy as np
import pytest

from dcrviz.kernels.matched import in_units_of_error, residual_and_light

RANDOM = np.random.default_rng(2)
IMAGE, TEMPLATE = RANDOM.normal(size=(2, 7, 9)).astype(np.float32)
USABLE = RANDOM.random((7, 9)) > 0.3


def test_the_residual_is_that_of_usable_pixels_and_the_light_of_all():
    residual, light = residual_and_light(IMAGE, TEMPLATE, USABLE)
    np.testing.assert_array_equal(residual, np.where(USABLE, IMAGE - TEMPLATE, 0))
    np.testing.assert_array_equal(light, np.abs(TEMPLATE))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_counts_nothing(value):
    image, template = IMAGE.copy(), TEMPLATE.copy()
    image[2, 3] = template[4, 5] = value
    residual, light = residual_and_light(image, template, np.ones_like(USABLE))
    assert (residual[2, 3], residual[4, 5], light[4, 5]) == (0, 0, 0)
    assert np.count_nonzero(residual) == residual.size - 2
    assert np.count_nonzero(light) == light.size - 1


def test_noise_and_a_share_of_the_light_add_in_quadrature():
    light = np.abs(TEMPLATE)
    wanted = IMAGE / np.hypot(2, 0.1 * light)
    found = in_units_of_error(IMAGE.copy(), light, noise=2, share=0.1)
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_an_empty_field_has_nothing():
    nothing = np.empty((0, 5), np.float32)
    residual, light = residual_and_light(nothing, nothing, nothing.astype(bool))
    assert residual.shape == light.shape == (0, 5)
