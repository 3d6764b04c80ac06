"""Sources are found where they were moved to, blurred and dimmed or not."""

import numpy as np
import pytest

from dcrviz.diagnostics.moving import Moving
from dcrviz.diagnostics.stamps import Smearing, cut_stamps

MARGIN = 6


def star(side, *, at=(0.0, 0.0), sigma=(1.6, 1.6)):
    """A Gaussian of flux 1 about the middle of a stamp."""
    away = np.arange(side) - side // 2
    y, x = ((away - a) / s for a, s in zip(at, sigma, strict=True))
    return np.exp(-(y[:, None] ** 2 + x**2) / 2) / (2 * np.pi * np.prod(sigma))


def found(image):
    reference = star(15 + 2 * MARGIN)[None].astype(np.float32)
    offsets, error = Moving(reference, margin=MARGIN).offsets(
        image[None, None], np.ones((1, 15, 15), bool)
    )
    assert np.isfinite(error).all()
    return offsets[0, 0]


@pytest.mark.parametrize("size_px", [0.01, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("sigma", [(1.6, 1.6), (1.8, 1.8), (2.2, 1.7)])
def test_a_shift_is_measured_to_a_fiftieth_however_blurred_the_star(size_px, sigma):
    at = (0.8 * size_px, -0.6 * size_px)
    assert found(star(15, at=at, sigma=sigma)) == pytest.approx(at, abs=0.02 * size_px)


def test_neither_transparency_nor_sky_moves_a_star():
    dimmed = 0.7 * star(15, at=(0.3, 0.2)) + 0.01
    assert found(dimmed) == pytest.approx((0.3, 0.2), abs=0.002)


def smeared_star(places, weight):
    smeared = Smearing(star(15 + 2 * MARGIN)[None], margin=MARGIN)
    return smeared(np.array(places), np.array(weight))[0]


def test_a_smear_to_one_place_moves_a_stamp_there():
    np.testing.assert_allclose(
        smeared_star([[1.3, -0.4]], [1.0]), star(15, at=(1.3, -0.4)), atol=2e-4
    )


def test_a_smear_is_the_sum_of_moves():
    places, weight = [[1.5, -0.5], [-2.0, 0.3], [3.9, 3.9]], [0.2, 0.5, 0.3]
    expected = sum(
        w * smeared_star([place], [1.0]) for w, place in zip(weight, places, strict=True)
    )
    np.testing.assert_allclose(smeared_star(places, weight), expected, atol=1e-12)


def test_a_stamp_beyond_the_edge_is_filled_with_zeros():
    image = np.arange(20, dtype=np.float32).reshape(4, 5) + 1
    (stamp,) = cut_stamps(image, np.array([[0, 3]]), reach=1)
    np.testing.assert_array_equal(stamp, [[0, 11, 12], [0, 16, 17], [0, 0, 0]])
