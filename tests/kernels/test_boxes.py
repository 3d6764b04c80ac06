"""Sums over boxes against slices of numpy."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.kernels.boxes import box_sums


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(1, 20), st.integers(1, 30)),
    st.integers(0, 12),
    st.integers(0, 6),
    st.integers(0, 9),
)
def test_each_sum_is_that_of_the_finite_pixels_of_the_box_inside_the_image(
    shape, number, reach, seed
):
    random = np.random.default_rng(seed)
    image = random.normal(size=shape).astype(np.float32)
    image[random.random(shape) < 0.1] = np.nan
    y, x = (random.integers(0, size, number) for size in shape)
    boxes = [
        image[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1]
        for row, column in zip(y, x, strict=True)
    ]
    expected = [np.nansum(box, dtype=np.float64) for box in boxes]
    np.testing.assert_allclose(box_sums(image, x, y, reach=reach), expected, atol=1e-12)
