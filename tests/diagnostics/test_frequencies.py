"""The frequencies that stand for all: their sums are those of a dense regular grid."""

import numpy as np
import pytest

from dcrviz.diagnostics.frequencies import nested_frequencies, regular_frequencies


def test_the_areas_add_up_to_all_frequencies():
    for frequencies in (nested_frequencies(), nested_frequencies(1 / 50, cells=8)):
        assert frequencies.area.sum() == pytest.approx(1)
    assert regular_frequencies(16).area.sum() == pytest.approx(1)


def test_no_frequency_is_zero_and_the_lowest_are_as_fine_as_asked_for():
    frequencies = nested_frequencies(1 / 100)
    assert 0 < frequencies.radius.min() < 1 / 100
    assert nested_frequencies(1 / 1000).radius.min() < 1 / 1000


@pytest.mark.parametrize("width", [0.02, 0.1, 0.3])
def test_a_mean_is_that_of_a_regular_grid(width):
    def mean(frequencies):
        return frequencies.mean(np.exp(-((frequencies.radius / width) ** 2) / 2))

    assert mean(nested_frequencies()) == pytest.approx(mean(regular_frequencies(512)), rel=5e-3)


def test_means_are_taken_of_rows():
    frequencies = nested_frequencies()
    rows = np.stack([np.ones_like(frequencies.x), frequencies.x**2], axis=1)
    np.testing.assert_allclose(frequencies.mean(rows), [1, 1 / 12], rtol=2e-3)


def test_a_map_is_symmetric_about_zero():
    frequencies = regular_frequencies(7, highest=0.25)
    np.testing.assert_allclose(frequencies.y, -frequencies.y[::-1])
    np.testing.assert_allclose(frequencies.x, -frequencies.x[::-1])
    assert frequencies.x.max() < 0.25


@pytest.mark.parametrize(
    ("size", "highest", "message"),
    [(0, 0.5, "size of a map must be 1 or more; got 0"), (4, 0.6, "at most 0.5; got 0.6")],
)
def test_an_impossible_map_is_refused(size, highest, message):
    with pytest.raises(ValueError, match=message):
        regular_frequencies(size, highest=highest)
