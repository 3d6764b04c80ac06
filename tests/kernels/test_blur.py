"""Seeing as a factor of Fourier modes: along radius from a table, or of a star image as a sum."""

from dataclasses import replace

import numpy as np
import plain_modes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.kernels.blur import Blur, stacked_blurs
from dcrviz.kernels.mode_vectors import add_back
from dcrviz.kernels.modes import NormalEquations, add_visits, matched_spectrum, shift_phases

SIDES = st.integers(1, 9)
SHAPES = st.tuples(SIDES, SIDES)
PLANES = st.integers(1, 4)
TERMS = st.integers(0, 3)
SEEDS = st.integers(0, 99)


def blur_of(rng, shape, *, tables, terms):
    """A blur with random tables and terms, and (A, Y, X // 2 + 1), what it multiplies modes by."""
    frequency_y, frequency_x = plain_modes.frequencies(shape)
    values = rng.uniform(0, 1, (tables, 40)).astype(np.float32)
    step = 0.75 / 39
    star_y = rng.normal(size=(terms, 2, frequency_y.size)).astype(np.float32)
    star_x = rng.normal(size=(terms, 2, frequency_x.size)).astype(np.float32)
    blur = Blur(
        tables=values,
        step=step,
        star_y=star_y,
        star_x=star_x,
        frequency_y=frequency_y.ravel(),
        frequency_x=frequency_x.ravel(),
    )
    radius = np.hypot(frequency_y, frequency_x)
    along = np.array([np.interp(radius, step * np.arange(40), row) for row in values])
    y, x = star_y[:, 0] + 1j * star_y[:, 1], star_x[:, 0] + 1j * star_x[:, 1]
    return blur, along * (np.einsum("ry,rx->yx", y, x) if terms else 1)


def visit_of(rng, shape, *, n_planes, tables, terms):
    """Phases with a blur, and (S, Y, X // 2 + 1), by what they multiply the modes of each plane."""
    sources, weights = np.repeat(np.arange(n_planes), 2), rng.uniform(0, 1, 2 * n_planes)
    shifts_px = rng.uniform(-3, 3, (2 * n_planes, 2))
    blur, factor = blur_of(rng, shape, tables=tables, terms=terms)
    phases = replace(shift_phases(shifts_px, weights, sources, shape), blur=blur)
    moved = plain_modes.response(shifts_px, weights, sources, shape, n_planes=n_planes)
    return phases, moved * factor


def modes_of(rng, *shape):
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex64)


@settings(max_examples=80, deadline=None)
@given(SHAPES, PLANES, st.booleans(), TERMS, SEEDS)
def test_a_template_is_the_planes_moved_and_blurred(shape, n_planes, alike, terms, seed):
    rng = np.random.default_rng(seed)
    tables = 1 if alike else n_planes
    phases, response = visit_of(rng, shape, n_planes=n_planes, tables=tables, terms=terms)
    planes = modes_of(rng, n_planes, shape[0], shape[1] // 2 + 1)
    ours = matched_spectrum(list(planes), phases)
    np.testing.assert_allclose(ours, (response * planes).sum(axis=0), rtol=0, atol=2e-4)


@settings(max_examples=80, deadline=None)
@given(SHAPES, PLANES, TERMS, SEEDS)
def test_to_go_back_is_the_adjoint(shape, n_planes, terms, seed):
    rng = np.random.default_rng(seed)
    phases, response = visit_of(rng, shape, n_planes=n_planes, tables=n_planes, terms=terms)
    residual = modes_of(rng, shape[0], shape[1] // 2 + 1)
    back = np.zeros((n_planes, *residual.shape), np.complex64)
    add_back(residual, phases, 1.0, back)
    np.testing.assert_allclose(back, response.conj() * residual, rtol=0, atol=2e-4)


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.integers(1, 3), st.tuples(TERMS, TERMS), SEEDS)
def test_normal_equations_are_of_the_blurred_responses(shape, n_planes, terms, seed):
    rng = np.random.default_rng(seed)
    visits = [
        visit_of(rng, shape, n_planes=n_planes, tables=tables, terms=each)
        for tables, each in zip((1, n_planes), terms, strict=True)
    ]
    basis, precision = rng.normal(size=(n_planes, n_planes)), rng.uniform(0.2, 2, 2)
    half = (shape[0], shape[1] // 2 + 1)
    spectra = np.stack([modes_of(rng, *half) for _ in visits])
    equations = NormalEquations.empty(n_planes, half)
    add_visits(equations, spectra, [phases for phases, _ in visits], basis, precision)
    responses = np.stack([response for _, response in visits])
    expected = plain_modes.pack(*plain_modes.normal_equations(responses, spectra, basis, precision))
    for ours, theirs in zip((equations.normal, equations.right), expected, strict=True):
        scale = max(1.0, np.abs(theirs).max())
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * scale)


def test_some_modes_have_the_blur_of_those_modes():
    rng = np.random.default_rng(1)
    blur, factor = blur_of(rng, (9, 8), tables=1, terms=2)
    rows, columns = np.array([7, 0, 3]), slice(1, 4)
    part = blur.of(rows, columns)
    still = shift_phases(np.zeros((1, 2)), np.ones(1), np.zeros(1, int), (3, 4))
    ones = np.ones((3, 3), np.complex64)
    ours = matched_spectrum([ones], replace(still, blur=part))
    np.testing.assert_allclose(ours, factor[0][rows, columns], atol=1e-5)


def test_a_visit_as_sharp_as_the_planes_can_not_be_added_together_with_a_blurred_one():
    blur, _ = blur_of(np.random.default_rng(1), (4, 4), tables=1, terms=0)
    with pytest.raises(ValueError, match="all of 2 visits must be blurred or none; got 1"):
        stacked_blurs([blur, Blur.none()])
