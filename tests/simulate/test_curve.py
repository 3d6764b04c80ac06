"""Functions of wavelength, and how many photons they put into a slice."""

import numpy as np
import pytest

from dcrviz.simulate.curve import Curve, slice_photons

EDGES_NM = np.linspace(400.0, 550.0, 41)


def curve(wavelength_nm, value, name="made"):
    return Curve(name=name, wavelength_nm=np.array(wavelength_nm), value=np.array(value))


def noisy_curve(seed):
    rng = np.random.default_rng(seed)
    wavelength_nm = np.sort(rng.uniform(380.0, 570.0, 60))
    return curve(wavelength_nm, rng.uniform(0.1, 1.0, 60))


def test_a_curve_is_straight_between_its_rows_and_zero_outside():
    made = curve([400.0, 500.0], [1.0, 3.0])
    np.testing.assert_allclose(made(np.array([399.0, 450.0, 501.0])), [0.0, 2.0, 0.0])


def test_a_curve_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        curve([400.0, 500.0], [1.0, 3.0]).value[0] = 2


def test_the_shares_of_the_slices_add_up_to_one():
    fraction, _ = slice_photons(noisy_curve(1), EDGES_NM, throughput=noisy_curve(2))
    assert fraction.sum() == pytest.approx(1, abs=1e-13)


def test_coarse_slices_hold_the_sum_of_the_fine_ones_inside_them():
    fine, _ = slice_photons(noisy_curve(1), EDGES_NM, throughput=noisy_curve(2))
    coarse, _ = slice_photons(noisy_curve(1), EDGES_NM[::10], throughput=noisy_curve(2))
    np.testing.assert_allclose(coarse, fine.reshape(4, 10).sum(axis=1), rtol=1e-12)


def test_shares_and_means_are_the_integrals_of_spectrum_times_throughput():
    spectrum, throughput = noisy_curve(1), noisy_curve(2)
    fraction, mean_nm = slice_photons(spectrum, EDGES_NM, throughput=throughput)
    nodes = np.linspace(400.0, 550.0, 400_001)
    photons = spectrum(nodes) * throughput(nodes)
    count, _ = np.histogram(nodes, EDGES_NM, weights=photons)
    moment, _ = np.histogram(nodes, EDGES_NM, weights=photons * nodes)
    # The histogram misses half a node at the edges: 1e-4 of a slice.
    np.testing.assert_allclose(fraction, count / count.sum(), rtol=2e-4)
    np.testing.assert_allclose(mean_nm, moment / count, atol=1e-3)


def test_a_line_narrower_than_a_slice_is_all_in_it_at_its_own_wavelength():
    made = curve([450.2, 450.3], [1.0, 1.0])
    fraction, mean_nm = slice_photons(made, EDGES_NM)
    slice_of_line = np.searchsorted(EDGES_NM, 450.2) - 1
    assert fraction[slice_of_line] == pytest.approx(1)
    assert mean_nm[slice_of_line] == pytest.approx(450.25, abs=1e-9)


def test_a_slice_without_photons_keeps_its_middle_as_mean_wavelength():
    _, mean_nm = slice_photons(curve([450.0, 451.0], [1.0, 1.0]), np.array([400.0, 440.0, 480.0]))
    assert mean_nm[0] == 420.0


def test_the_unit_of_a_spectrum_does_not_matter():
    made = noisy_curve(1)
    scaled = curve(made.wavelength_nm, 1e9 * made.value)
    np.testing.assert_allclose(
        slice_photons(made, EDGES_NM), slice_photons(scaled, EDGES_NM), rtol=1e-13
    )


def test_a_spectrum_without_photons_in_the_band_is_refused():
    with pytest.raises(ValueError, match=r"'red' must have photons between 400 and 550 nm"):
        slice_photons(curve([700.0, 800.0], [1.0, 1.0], name="red"), EDGES_NM)


@pytest.mark.parametrize(
    ("wavelength_nm", "value", "message"),
    [
        ([400.0], [1.0], "two columns of the same length of at least 2"),
        ([400.0, 500.0], [1.0, 2.0, 3.0], "two columns of the same length"),
        ([500.0, 400.0], [1.0, 2.0], "must not fall"),
        ([400.0, np.nan], [1.0, 2.0], "must be finite"),
        ([400.0, 500.0], [1.0, -2.0], r"not negative; got -2 to 1"),
    ],
)
def test_an_impossible_table_is_refused(wavelength_nm, value, message):
    with pytest.raises(ValueError, match=message):
        curve(wavelength_nm, value)
