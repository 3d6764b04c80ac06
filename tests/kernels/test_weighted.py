"""Weighted sums over visits."""

import numpy as np

from dcrviz.kernels.weighted import weighted_sums

RNG = np.random.default_rng(6)
VALUES = RNG.normal(size=(5, 8, 11)).astype(np.float32)
USED = RNG.uniform(size=VALUES.shape) < 0.7
WEIGHTS = RNG.uniform(0.5, 2, 5)


def test_they_are_the_plain_sums():
    total, weight = weighted_sums(VALUES, USED, WEIGHTS)
    shares = WEIGHTS[:, None, None] * USED
    np.testing.assert_allclose(total, (shares * VALUES).sum(axis=0), rtol=0, atol=1e-13)
    np.testing.assert_allclose(weight, shares.sum(axis=0), rtol=1e-14)


def test_what_is_not_used_may_be_anything():
    spoilt = np.where(USED, VALUES, np.float32(np.nan))
    np.testing.assert_array_equal(
        weighted_sums(spoilt, USED, WEIGHTS), weighted_sums(VALUES, USED, WEIGHTS)
    )


def test_no_pixels_have_no_sums():
    total, weight = weighted_sums(VALUES[:, :0], USED[:, :0], WEIGHTS)
    assert total.shape == weight.shape == (0, 11)
