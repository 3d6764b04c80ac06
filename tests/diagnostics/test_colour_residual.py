"""Residuals of planes against their sources' own colours."""

import numpy as np
import pytest

from dcrviz.diagnostics import colour_residual
from dcrviz.diagnostics.colour_residual import colour_residual as residual_of

SHAPE = (90, 70)
RNG = np.random.default_rng(8)


def star(x, y, flux):
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return flux * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * 1.7**2))


@pytest.fixture
def planes():
    """Three planes of a red and a blue star."""
    colours = np.array([[0.6, 1.0, 1.4], [1.3, 1.0, 0.7]])
    light = np.stack([star(20, 30, 300), star(45, 60, 500)])
    sky = RNG.normal(size=(3, *SHAPE))
    return (np.einsum("ka,kyx->ayx", colours, light) + sky).astype(np.float32)


def found(planes, **options):
    beside = np.zeros(SHAPE, dtype=bool)
    beside[::2] = True
    return residual_of(planes, beside=beside, sky_noise=1.0, fwhm_px=4.0, **options)


def test_a_source_of_any_colour_leaves_nothing(planes):
    assert np.abs(found(planes).sigma).max() < 5


def test_what_is_no_colour_stays(planes):
    planes[1, 30:36, 24:28] -= 60
    assert found(planes).sigma[1, 33, 26] < -8


@pytest.mark.parametrize("pixels", [70, 700, 3000])
def test_bands_of_rows_and_threads_change_nothing(planes, monkeypatch, pixels):
    whole = found(planes)
    monkeypatch.setattr(colour_residual, "_PIXELS_AT_ONCE", pixels)
    bands = found(planes, threads=2)
    for name in ("flux", "sigma", "noise"):
        np.testing.assert_array_equal(getattr(bands, name), getattr(whole, name))
