"""Unknowns as what they differ by from a multiple of the first."""

import numpy as np
import plain_modes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.kernels import leaning
from dcrviz.kernels.leaning import lean


def equations_of(rng, unknowns, shape):
    root = rng.normal(size=(unknowns, unknowns, *shape)) + 1j * rng.normal(
        size=(unknowns, unknowns, *shape)
    )
    matrix = np.einsum("ikyx,jkyx->ijyx", root, root.conj())
    vector = rng.normal(size=(unknowns, *shape)) + 1j * rng.normal(size=(unknowns, *shape))
    return matrix, vector


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(1, 70), st.integers(1, 3), st.integers(0, 99))
def test_the_equations_are_those_of_the_other_unknowns(unknowns, height, width, seed):
    rng = np.random.default_rng(seed)
    matrix, vector = equations_of(rng, unknowns, (height, width))
    mean = rng.normal(size=unknowns - 1)
    normal, right = plain_modes.pack(matrix, vector)
    lean(normal, right, mean)
    change = np.eye(unknowns)
    change[1:, 0] = mean
    expected = plain_modes.pack(
        np.einsum("ij,ikyx,kl->jlyx", change, matrix, change),
        np.einsum("ij,iyx->jyx", change, vector),
    )
    np.testing.assert_allclose(normal, expected[0], atol=1e-9)
    np.testing.assert_allclose(right, expected[1], atol=1e-9)


@pytest.mark.parametrize("unknowns", [1, 3])
def test_without_a_mean_nothing_changes(unknowns):
    matrix, vector = equations_of(np.random.default_rng(0), unknowns, (3, 4))
    normal, right = plain_modes.pack(matrix, vector)
    before = normal.copy(), right.copy()
    lean(normal, right, np.zeros(unknowns - 1))
    np.testing.assert_array_equal(normal, before[0])
    np.testing.assert_array_equal(right, before[1])


def test_modes_worked_on_a_few_at_a_time_are_the_same_as_all_together(monkeypatch):
    matrix, vector = equations_of(np.random.default_rng(1), 3, (17, 4))
    mean = np.array([0.3, -0.1])
    whole, pieces = plain_modes.pack(matrix, vector), plain_modes.pack(matrix, vector)
    lean(*whole, mean)
    monkeypatch.setattr(leaning, "_MODES", 10)
    lean(*pieces, mean)
    for one, other in zip(whole, pieces, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)
