"""The most probable planes of every Fourier mode, and the inverse that preconditions others."""

import numpy as np
import plain_modes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.kernels.mode_solve import Whitening, apply_inverse, factor_modes, solve_modes

SHAPES = st.tuples(st.integers(1, 8), st.integers(1, 8))
UNKNOWNS = st.integers(1, 6)
SEEDS = st.integers(0, 99)
STEP = 0.05


def whitening_of(shape, unknowns, seed, *, profile=None):
    rng = np.random.default_rng(seed)
    frequency_y, frequency_x = plain_modes.frequencies(shape)
    return Whitening(
        amplitudes=rng.uniform(0.2, 3, unknowns),
        profile=np.exp(-4 * STEP * np.arange(16)) if profile is None else profile,
        step=STEP,
        frequency_y=frequency_y.ravel(),
        frequency_x=frequency_x.ravel(),
    )


def deviations_of(whitening):
    """(J, Y, X // 2 + 1), square roots of the prior variances."""
    radius = np.hypot(whitening.frequency_y[:, None], whitening.frequency_x)
    places = np.arange(len(whitening.profile)) * whitening.step
    heights = np.interp(radius, places, whitening.profile)
    return whitening.amplitudes[:, None, None] * heights


def field(shape, unknowns, n_visits, seed):
    made = plain_modes.field_of_visits(
        seed, shape, n_planes=unknowns, unknowns=unknowns, n_visits=n_visits
    )
    return made, plain_modes.equations_of(made["matrix"], made["vector"])


def interleaved(vector):
    return np.ascontiguousarray(vector, np.complex64).view(np.float32)


@settings(max_examples=150, deadline=None)
@given(SHAPES, UNKNOWNS, st.integers(1, 7), SEEDS)
def test_the_planes_solve_the_normal_equations_under_the_prior(shape, unknowns, n_visits, seed):
    # Fewer visits than unknowns leave the matrices singular but for the prior.
    made, equations = field(shape, unknowns, n_visits, seed)
    whitening = whitening_of(shape, unknowns, seed)
    deviations = deviations_of(whitening)
    matrix, vector = plain_modes.unpack(equations.normal, equations.right)
    system = plain_modes.whitened(matrix, deviations)
    unknown = deviations * plain_modes.solve(system, deviations * vector)
    expected = np.einsum("aj,jyx->ayx", made["basis"], unknown)
    ours = np.stack(solve_modes(equations, whitening, made["basis"]))
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-6 * np.abs(expected).max())


@settings(max_examples=150, deadline=None)
@given(SHAPES, UNKNOWNS, st.integers(1, 7), SEEDS)
def test_factors_solve_hermitian_systems(shape, unknowns, n_visits, seed):
    _, equations = field(shape, unknowns, n_visits, seed)
    whitening = whitening_of(shape, unknowns, seed)
    matrix, vector = plain_modes.unpack(equations.normal, equations.right)
    system = plain_modes.whitened(matrix, deviations_of(whitening))
    ours = apply_inverse(factor_modes(equations, whitening), interleaved(vector))
    expected = plain_modes.solve(system, vector)
    # Factors are kept in single precision, and what they are multiplied by has no unit of its own.
    allowed = 3e-7 * plain_modes.condition(system) * np.abs(expected).max()
    np.testing.assert_allclose(ours.view(np.complex64), expected, rtol=0, atol=allowed)


@settings(max_examples=50, deadline=None)
@given(SHAPES, UNKNOWNS, SEEDS)
def test_the_inverse_is_self_adjoint(shape, unknowns, seed):
    _, equations = field(shape, unknowns, 3, seed)
    factors = factor_modes(equations, whitening_of(shape, unknowns, seed))
    rng = np.random.default_rng(seed)
    size = (2, unknowns, shape[0], shape[1] // 2 + 1)
    one, other = (rng.normal(size=size) + 1j * rng.normal(size=size)).astype(np.complex64)
    left = np.vdot(one, apply_inverse(factors, interleaved(other)).view(np.complex64))
    right = np.vdot(apply_inverse(factors, interleaved(one)).view(np.complex64), other)
    assert abs(left - right) < 1e-4 * np.linalg.norm(one) * np.linalg.norm(other)


def test_without_data_the_inverse_changes_nothing():
    shape = (4, 5)
    equations = plain_modes.equations_of(np.zeros((3, 3, 4, 3)), np.zeros((3, 4, 3), complex))
    factors = factor_modes(equations, whitening_of(shape, 3, 0))
    vector = interleaved(np.random.default_rng(0).normal(size=(3, 4, 3)))
    np.testing.assert_array_equal(apply_inverse(factors, vector), vector)


def test_without_data_the_planes_are_dark():
    equations = plain_modes.equations_of(np.zeros((2, 2, 4, 3)), np.zeros((2, 4, 3), complex))
    planes = solve_modes(equations, whitening_of((4, 5), 2, 0), np.ones((5, 2)))
    assert len(planes) == 5
    assert not np.any(planes)


def test_data_without_doubt_overrule_the_prior():
    made, _ = field((6, 6), 2, 6, 1)
    # In the zero mode no visit tells the planes apart.
    matrix = made["matrix"] + np.eye(2)[..., None, None]
    certain = 1e8
    equations = plain_modes.equations_of(certain * matrix, certain * made["vector"])
    expected = plain_modes.solve(matrix, made["vector"])
    ours = np.stack(solve_modes(equations, whitening_of((6, 6), 2, 1), np.eye(2)))
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-4 * np.abs(expected).max())


def test_where_the_prior_is_zero_the_planes_are_dark():
    made, equations = field((8, 8), 2, 3, 2)
    profile = np.where(np.arange(16) * STEP < 0.3, 1.0, 0.0)
    whitening = whitening_of((8, 8), 2, 2, profile=profile)
    planes = np.stack(solve_modes(equations, whitening, made["basis"]))
    assert (planes != 0).any()
    assert not planes[:, deviations_of(whitening)[0] == 0].any()


def test_the_solution_is_linear_in_the_right_hand_sides():
    made, one = field((7, 6), 3, 4, 3)
    three = plain_modes.equations_of(made["matrix"], 3 * made["vector"])
    whitening = whitening_of((7, 6), 3, 3)
    single = np.stack(solve_modes(one, whitening, made["basis"]))
    tripled = np.stack(solve_modes(three, whitening, made["basis"]))
    np.testing.assert_allclose(tripled, 3 * single, rtol=0, atol=1e-5 * np.abs(tripled).max())


@pytest.mark.parametrize("unknowns", [1, 2, 6])
def test_nothing_depends_on_the_number_of_threads(unknowns):
    # More rows than one thread takes at a time.
    shape = (80, 6)
    made, equations = field(shape, unknowns, 4, 4)
    whitening, vector = whitening_of(shape, unknowns, 4), interleaved(made["vector"])
    alone, shared = (
        factor_modes(equations, whitening),
        factor_modes(equations, whitening, threads=3),
    )
    np.testing.assert_array_equal(shared, alone)
    np.testing.assert_array_equal(
        apply_inverse(alone, vector, threads=3), apply_inverse(alone, vector)
    )
    np.testing.assert_array_equal(
        solve_modes(equations, whitening, made["basis"], threads=3),
        solve_modes(equations, whitening, made["basis"]),
    )
