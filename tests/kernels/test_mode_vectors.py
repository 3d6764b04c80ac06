"""What a residual says of the planes is the adjoint of what planes say of a visit."""

import numpy as np
import plain_modes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.kernels.mode_vectors import add_back, inner
from dcrviz.kernels.modes import matched_spectrum, shift_phases

SIDES = st.integers(1, 9)
SHAPES = st.tuples(SIDES, SIDES)
PLANES = st.integers(1, 6)
SEEDS = st.integers(0, 99)
REACHES = st.sampled_from([0.0, 0.5, 3.0, 40.0])


def moves_of(rng, shape, *, n_planes, reach_px):
    """Phases of two shifts for each plane, and what they multiply the modes by."""
    sources = np.repeat(np.arange(n_planes), 2)
    shifts_px = rng.uniform(-reach_px, reach_px, (2 * n_planes, 2))
    weights = rng.uniform(0, 1, 2 * n_planes)
    return (
        shift_phases(shifts_px, weights, sources, shape),
        plain_modes.response(shifts_px, weights, sources, shape, n_planes=n_planes),
    )


def modes_of(rng, *shape):
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex64)


@settings(max_examples=150, deadline=None)
@given(SHAPES, PLANES, REACHES, SEEDS)
def test_moving_back_is_the_adjoint_of_matching(shape, n_planes, reach_px, seed):
    rng = np.random.default_rng(seed)
    phases, _ = moves_of(rng, shape, n_planes=n_planes, reach_px=reach_px)
    half = (shape[0], shape[1] // 2 + 1)
    planes, residual = modes_of(rng, n_planes, *half), modes_of(rng, *half)
    back = np.zeros_like(planes)
    add_back(residual, phases, 1.0, back)
    forward = np.vdot(matched_spectrum(list(planes), phases), residual)
    backward = np.vdot(planes, back)
    scale = np.linalg.norm(planes) * np.linalg.norm(residual)
    assert abs(forward - backward) < 1e-6 * n_planes * scale


@settings(max_examples=100, deadline=None)
@given(SHAPES, PLANES, REACHES, st.floats(-3, 3), SEEDS)
def test_a_residual_is_added_to_what_is_there_by_its_conjugate_phases(
    shape, n_planes, reach_px, factor, seed
):
    rng = np.random.default_rng(seed)
    phases, factors = moves_of(rng, shape, n_planes=n_planes, reach_px=reach_px)
    half = (shape[0], shape[1] // 2 + 1)
    residual, there = modes_of(rng, *half), modes_of(rng, n_planes, *half)
    out = there.copy()
    add_back(residual, phases, factor, out)
    expected = there + factor * factors.conj() * residual
    np.testing.assert_allclose(out, expected, rtol=0, atol=3e-5)


@settings(max_examples=150, deadline=None)
@given(SHAPES, PLANES, SEEDS)
def test_the_inner_product_is_the_sum_over_the_pixels(shape, number, seed):
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(2, number, *shape))
    ours = inner(
        np.fft.rfft2(one).astype(np.complex64),
        np.fft.rfft2(other).astype(np.complex64),
        width=shape[1],
    )
    pixels = shape[0] * shape[1]
    scale = np.linalg.norm(one) * np.linalg.norm(other)
    assert abs(ours / pixels - (one * other).sum()) < 1e-6 * scale


@pytest.mark.parametrize("width", [1, 2, 3, 8, 9])
def test_a_vector_s_product_with_itself_is_its_squared_length(width):
    image = np.random.default_rng(width).normal(size=(2, 5, width))
    spectrum = np.fft.rfft2(image).astype(np.complex64)
    length = inner(spectrum, spectrum, width=width)
    assert length == pytest.approx((image**2).sum() * 5 * width, rel=1e-6)


def test_the_inner_product_of_a_large_field_is_not_rounded_away():
    # One bright mode among a million that are a thousandth of it: sums are in double precision.
    spectrum = np.full((1, 1000, 1001), 1e-3, np.complex64)
    spectrum[0, 5, 7] = 1e3
    expected = 2e6 + 2 * 1e-6 * (1000 * 1001 - 1) - 2 * 1e-6 * 1000
    assert inner(spectrum, spectrum, width=2000) == pytest.approx(expected, rel=1e-7)
