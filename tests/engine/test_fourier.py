"""The forward model in Fourier space: shifts are exact, and nothing wraps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.engine.fourier import fourier_template, plane_spectra
from dcrviz.engine.grid import grid_for
from dcrviz.engine.template import visit_template
from dcrviz.records import Shifts

FIELD = (40, 33)


def shifts_of(per_plane, *, weights=None):
    """Shifts of one visit: (S, K, 2) pixels."""
    split = np.array(per_plane, float)[None]
    weights = np.full(split.shape[1:3], 1 / split.shape[2]) if weights is None else weights
    midpoint = (np.array(weights)[None, ..., None] * split).sum(axis=2)
    return Shifts(midpoint=midpoint, split=split, weights=np.array(weights))


def template_of(planes, shifts, **options):
    return visit_template(np.asarray(planes, np.float32), shifts, 0, order=None, **options)


def blob(y, x, *, sigma=2.0, field=FIELD):
    """A Gaussian, which has no light left at the frequencies that a pixel grid can't hold."""
    rows, columns = np.mgrid[: field[0], : field[1]]
    return np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * sigma**2)).astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(st.floats(-5, 5), st.floats(-5, 5))
def test_a_band_limited_image_moves_exactly(dy, dx):
    moved = template_of([blob(20, 16)], shifts_of([[(dy, dx)]]))
    np.testing.assert_allclose(moved, blob(20 + dy, 16 + dx), rtol=0, atol=2e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(-6, 6), st.integers(-6, 6), st.integers(0, 9))
def test_a_whole_shift_moves_pixels_and_brings_empty_sky_in(dy, dx, seed):
    image = np.random.default_rng(seed).normal(size=FIELD).astype(np.float32)
    moved = template_of([image], shifts_of([[(dy, dx)]]))
    padded = np.pad(image, 6)
    expected = np.roll(padded, (dy, dx), axis=(0, 1))[6:-6, 6:-6]
    np.testing.assert_allclose(moved, expected, rtol=0, atol=5e-6)


@pytest.mark.parametrize(
    ("place", "shift", "opposite"),
    [
        ((36, 16), (9.5, 0), np.s_[:15]),
        ((3, 16), (-9.5, 0), np.s_[-15:]),
        ((20, 29), (0, 9.5), np.s_[:, :15]),
        ((20, 3), (0, -9.5), np.s_[:, -15:]),
    ],
)
def test_what_moves_out_on_one_side_does_not_come_in_on_the_other(place, shift, opposite):
    moved = template_of([blob(*place)], shifts_of([[shift]]))
    # The edge cuts the star, and what is not smooth rings; a star that came in would be 1.
    assert np.abs(moved[opposite]).max() < 3e-3


def test_the_template_of_a_visit_is_linear_in_the_planes():
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=(2, 3, *FIELD)).astype(np.float32)
    shifts = shifts_of(rng.uniform(-4, 4, (3, 2, 2)))
    whole = template_of(one + np.float32(2) * other, shifts)
    parts = template_of(one, shifts) + 2 * template_of(other, shifts)
    np.testing.assert_allclose(whole, parts, rtol=0, atol=2e-5)


@pytest.mark.parametrize("n_subfilters", [1, 2, 3, 7])
def test_without_refraction_the_template_is_the_sum_of_the_planes(n_subfilters):
    planes = np.random.default_rng(2).normal(size=(n_subfilters, *FIELD)).astype(np.float32)
    moved = template_of(planes, shifts_of(np.zeros((n_subfilters, 4, 2))))
    np.testing.assert_allclose(moved, planes.sum(axis=0), rtol=0, atol=1e-5)


def test_the_wavelengths_of_a_subfilter_count_by_their_weights():
    planes, places = [blob(20, 16)], [(1.5, -0.5), (-2.0, 3.0), (0.25, 0.0)]
    weights = [[0.5, 0.3, 0.2]]
    moved = template_of(planes, shifts_of([places], weights=weights))
    expected = sum(w * blob(20 + y, 16 + x) for w, (y, x) in zip(weights[0], places, strict=True))
    np.testing.assert_allclose(moved, expected, rtol=0, atol=2e-6)


def test_a_star_keeps_its_flux_wherever_it_moves():
    planes = np.stack([blob(20, 16), 3 * blob(20, 16)])
    moved = template_of(planes, shifts_of([[(2.3, -1.1), (3.1, 0.4)], [(-0.7, 0.2), (0, 0)]]))
    assert moved.sum() == pytest.approx(planes.sum(), rel=1e-5)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.floats(0, 70))
def test_the_padded_grid_has_room_for_every_shift_on_either_side(height, width, reach):
    grid = grid_for(shifts_of([[(reach, -reach)]]), (height, width))
    assert grid.shape[0] >= height + 2 * reach
    assert grid.shape[1] >= width + 2 * reach
    assert grid.half == (grid.shape[0], grid.shape[1] // 2 + 1)


@pytest.mark.parametrize("field", [(1, 1), (1, 9), (8, 1), (17, 16)])
def test_a_transformed_image_comes_back(field):
    grid = grid_for(shifts_of([[(0.5, 0.5)]]), field)
    image = np.random.default_rng(3).normal(size=field).astype(np.float32)
    np.testing.assert_allclose(grid.image(grid.spectrum(image)), image, rtol=0, atol=2e-6)


def test_the_number_of_threads_changes_no_bit():
    planes = np.random.default_rng(4).normal(size=(3, *FIELD)).astype(np.float32)
    shifts = shifts_of(np.random.default_rng(5).uniform(-3, 3, (3, 2, 2)))
    grid = grid_for(shifts, FIELD)
    one, three = (
        fourier_template(plane_spectra(planes, grid, threads=n), shifts, 0, grid, threads=n)
        for n in (1, 3)
    )
    np.testing.assert_array_equal(one, three)
