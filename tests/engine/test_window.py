"""The window that fades out the edges of a field, taken in Fourier space."""

import numpy as np
import pytest

from dcrviz.engine.grid import Grid
from dcrviz.engine.window import window_for

GRIDS = [
    Grid(field=(40, 52), shape=(64, 72)),
    Grid(field=(41, 30), shape=(63, 55)),
    Grid(field=(3, 5), shape=(27, 30)),
]


def window_in_pixels(grid):
    sides = []
    for length, field in zip(grid.shape, grid.field, strict=True):
        wave = (1 + np.cos(2 * np.pi * (np.arange(length) - (field - 1) / 2) / length)) / 2
        sides.append(wave**2 * (3 - 2 * wave))
    return sides[0][:, None] * sides[1]


@pytest.mark.parametrize("grid", GRIDS)
def test_modes_seen_through_the_window_are_those_of_the_image_times_the_window(grid):
    image = np.random.default_rng(1).normal(size=grid.field).astype(np.float32)
    window = window_for(grid, modes=100_000)
    padded = np.zeros(grid.shape)
    padded[: grid.field[0], : grid.field[1]] = image
    expected = np.fft.rfft2(padded * window_in_pixels(grid))
    first, last = window.columns
    seen = window.through(grid.spectrum(image))
    np.testing.assert_allclose(seen, expected[window.rows, first:last], atol=2e-5 * image.size)


@pytest.mark.parametrize("grid", GRIDS)
def test_its_energy_is_the_part_of_the_noise_that_it_lets_through(grid):
    height, width = grid.field
    pixels = window_in_pixels(grid)[:height, :width]
    assert window_for(grid, modes=100).energy == pytest.approx((pixels**2).sum())


def test_at_the_edges_of_a_field_there_is_hardly_anything_to_see():
    pixels = window_in_pixels(Grid(field=(500, 500), shape=(540, 540)))
    assert pixels[250, 250] > 0.99
    assert pixels[0].max() < 0.01
    assert pixels[:, -41].max() < 0.01


def test_of_many_modes_only_evenly_spaced_rows_are_taken():
    grid = Grid(field=(500, 500), shape=(540, 540))
    window = window_for(grid, modes=5000)
    assert 4000 < len(window.rows) * (window.columns[1] - window.columns[0]) < 8000
    assert len(set(np.diff(window.rows))) == 1
