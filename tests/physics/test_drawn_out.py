"""A star's image without the line along which refraction drew it out."""

import numpy as np
import pytest

from dcrviz.physics.drawn_out import without_line, without_refraction
from dcrviz.simulate import Psf, Source, flat
from dcrviz.simulate.draw import draw_sources

SIDE = 51
PLACES = np.linspace(-0.5, 0.5, 101)


def drawn(fwhm_px, line_px=(0.0, 0.0), *, profile="kolmogorov"):
    """A star whose light lies evenly on a line (x, y)."""
    return draw_sources(
        [Source(x=25.0, y=25.0, flux=1.0, spectrum=flat())],
        shape=(SIDE, SIDE),
        moved_px=PLACES[None, :, None] * np.array(line_px)[::-1],
        flux=np.full((1, len(PLACES)), 1 / len(PLACES)),
        fwhm_px=np.full(len(PLACES), float(fwhm_px)),
        psf=Psf(profile=profile),
    )


@pytest.mark.parametrize("line", [(0.0, 3.0), (2.5, 0.0), (-1.5, 2.0)])
@pytest.mark.parametrize("profile", ["kolmogorov", "gaussian"])
def test_the_round_star_comes_back(line, profile):
    star = drawn(4, profile=profile)
    long = drawn(4, line, profile=profile)
    found = without_line(long, np.array(line))
    assert np.abs(long / long.sum() - star / star.sum()).max() > 0.07 * star.max()
    np.testing.assert_allclose(found, star / star.sum(), atol=0.01 * star.max())


def test_the_light_is_one_and_stays_in_the_middle():
    found = without_line(3 * drawn(4, (1.0, 2.0)), np.array([1.0, 2.0]))
    assert found.shape == (SIDE, SIDE)
    assert found.sum() == pytest.approx(1, abs=1e-6)
    assert np.unravel_index(found.argmax(), found.shape) == (25, 25)


def test_a_line_of_no_length_changes_nothing():
    star = drawn(3)
    np.testing.assert_allclose(without_line(star, np.zeros(2)), star / star.sum(), atol=1e-7)


def test_noise_is_not_raised_much():
    star, line = drawn(4, (0.0, 4.0)), np.array([0.0, 4.0])
    noise = np.random.default_rng(3).normal(0, 1e-3 * star.max(), star.shape).astype(np.float32)
    raised = without_line(star + noise, line) - without_line(star, line)
    assert raised.std() < 2 * noise.std()


def test_refraction_is_taken_away_by_as_much_as_it_drew_out():
    long = drawn(4, (0.0, 2.5))
    found, length_px = without_refraction(long, np.array([0.0, 4.0]))
    assert length_px == pytest.approx(2.5, abs=0.25)
    star = drawn(4)
    np.testing.assert_allclose(found, star / star.sum(), atol=0.02 * star.max())


def test_where_there_is_no_refraction_a_star_stays_as_it_is():
    star = drawn(4, (0.0, 2.5))
    found, length_px = without_refraction(star, np.zeros(2))
    assert length_px == 0
    np.testing.assert_array_equal(found, star)
