"""How probable the data are under a prior, and what its best amplitudes follow from."""

from dataclasses import fields, replace

import numpy as np
import plain_modes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.kernels.leaning import lean
from dcrviz.kernels.mode_evidence import Sample, weigh_evidence

# Around the number of modes that are factored together.
MODES = st.one_of(st.integers(1, 9), st.sampled_from([127, 128, 129, 300]))
UNKNOWNS = st.integers(1, 6)
SEEDS = st.integers(0, 99)


def made(modes, unknowns, seed, *, visits=4):
    """A sample, its matrices and vectors, and amplitudes."""
    rng = np.random.default_rng(seed)
    size = (visits, unknowns, 1, modes)
    responses = rng.normal(size=size) + 1j * rng.normal(size=size)
    spectra = rng.normal(size=(visits, 1, modes)) + 1j * rng.normal(size=(visits, 1, modes))
    matrix, vector = plain_modes.normal_equations(
        responses, spectra, np.eye(unknowns), rng.uniform(0.1, 2, visits)
    )
    matrix, vector = matrix[:, :, 0], vector[:, 0]
    normal, right = plain_modes.pack(matrix, vector)
    sample = Sample(
        normal=normal,
        right=right,
        power=(np.abs(spectra[:, 0]) ** 2).sum(axis=0),
        profile=rng.uniform(0.01, 1, modes),
        straying=rng.uniform(0, 1, modes),
        visits=visits,
    )
    return sample, matrix, vector, rng.uniform(0.1, 3, unknowns)


def parts(sample, matrix, vector, amplitudes):
    """D, K and the posterior mean in units of the prior, K^-1 D b, of every mode."""
    deviations = amplitudes[:, None] * sample.profile
    system = plain_modes.whitened(matrix, deviations)
    return deviations, system, plain_modes.solve(system, deviations * vector)


def inverse_of(system):
    return np.moveaxis(np.linalg.inv(np.moveaxis(system, (0, 1), (-2, -1))), (-2, -1), (0, 1))


@settings(max_examples=100, deadline=None)
@given(MODES, UNKNOWNS, SEEDS)
def test_the_evidence_is_the_log_determinant_less_the_quadratic_form(modes, unknowns, seed):
    sample, matrix, vector, amplitudes = made(modes, unknowns, seed)
    deviations, system, mean = parts(sample, matrix, vector, amplitudes)
    _, log_determinant = np.linalg.slogdet(np.moveaxis(system, (0, 1), (-2, -1)))
    quadratic = ((deviations * vector).conj() * mean).real.sum()
    ours = weigh_evidence(sample, amplitudes).minus_log
    size = np.abs(log_determinant).sum() + quadratic + sample.power.sum()
    expected = sample.power.sum() + log_determinant.sum() - quadratic
    assert abs(ours - expected) < 1e-11 * size


@settings(max_examples=100, deadline=None)
@given(MODES, UNKNOWNS, SEEDS, st.floats(0.01, 100))
def test_an_error_of_the_visits_is_more_noise_where_there_is_light(modes, unknowns, seed, error):
    sample, matrix, vector, amplitudes = made(modes, unknowns, seed)
    trust = 1 / (1 + error * sample.straying)
    deviations, system, mean = parts(sample, trust * matrix, trust * vector, amplitudes)
    _, log_determinant = np.linalg.slogdet(np.moveaxis(system, (0, 1), (-2, -1)))
    quadratic = ((deviations * trust * vector).conj() * mean).real.sum()
    noise = (trust * sample.power - sample.visits * np.log(trust)).sum()
    ours = weigh_evidence(sample, amplitudes, error=error)
    size = np.abs(log_determinant).sum() + quadratic + np.abs(noise)
    assert abs(ours.minus_log - (noise + log_determinant.sum() - quadratic)) < 1e-10 * size
    np.testing.assert_allclose(ours.explained, (np.abs(mean) ** 2).sum(axis=-1), rtol=1e-8)


@settings(max_examples=100, deadline=None)
@given(MODES, UNKNOWNS, SEEDS)
def test_its_slope_by_the_log_of_a_variance_is_determined_less_explained(modes, unknowns, seed):
    sample, _, _, amplitudes = made(modes, unknowns, seed)
    found = weigh_evidence(sample, amplitudes)
    half_width = 1e-4
    for j in range(unknowns):
        factors = np.ones(unknowns)
        factors[j] = np.exp(half_width / 2)
        above, below = (
            weigh_evidence(sample, amplitudes * f).minus_log for f in (factors, 1 / factors)
        )
        slope = (above - below) / (2 * half_width)
        size = found.determined[j] + found.explained[j] + sample.power.sum()
        assert abs(slope - (found.determined[j] - found.explained[j])) < 1e-4 * size


@settings(max_examples=100, deadline=None)
@given(MODES, UNKNOWNS, SEEDS)
def test_the_covariance_is_the_sum_of_the_posterior_ones(modes, unknowns, seed):
    sample, matrix, vector, amplitudes = made(modes, unknowns, seed)
    deviations, system, _ = parts(sample, matrix, vector, amplitudes)
    posterior = deviations[:, None] * inverse_of(system) * deviations[None]
    ours = weigh_evidence(sample, amplitudes).covariance
    expected = posterior.sum(axis=-1).real
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-9 * np.abs(expected).max())


@settings(max_examples=100, deadline=None)
@given(MODES, UNKNOWNS, SEEDS)
def test_explained_determined_and_information_are_their_sums(modes, unknowns, seed):
    sample, matrix, vector, amplitudes = made(modes, unknowns, seed)
    _, system, mean = parts(sample, matrix, vector, amplitudes)
    found, inverse = weigh_evidence(sample, amplitudes), inverse_of(system)
    known = np.eye(unknowns)[..., None] - inverse
    expected = {
        "explained": (np.abs(mean) ** 2).sum(axis=-1),
        "determined": np.einsum("jjm->j", known).real,
        "information": (np.abs(known) ** 2).sum(axis=-1),
    }
    for name, numbers in expected.items():
        np.testing.assert_allclose(
            getattr(found, name), numbers, rtol=0, atol=1e-9 * np.abs(numbers).max(), err_msg=name
        )


@settings(max_examples=50, deadline=None)
@given(MODES, UNKNOWNS, SEEDS)
def test_an_unknown_is_determined_in_no_more_modes_than_there_are(modes, unknowns, seed):
    sample, _, _, amplitudes = made(modes, unknowns, seed, visits=1)
    determined = weigh_evidence(sample, amplitudes).determined
    assert (determined >= 0).all()
    assert (determined <= modes).all()
    # One visit has one number for each mode to tell.
    assert determined.sum() <= modes * (1 + 1e-5)


def test_the_evidence_of_two_samples_is_the_sum_of_theirs():
    sample, _, _, amplitudes = made(20, 3, 1)
    halves = [
        Sample(
            normal=np.ascontiguousarray(sample.normal[:, part]),
            right=np.ascontiguousarray(sample.right[:, part]),
            power=sample.power[part],
            profile=sample.profile[part],
            straying=sample.straying[part],
            visits=sample.visits,
        )
        for part in (slice(0, 7), slice(7, None))
    ]
    whole = weigh_evidence(sample, amplitudes)
    split = [weigh_evidence(half, amplitudes) for half in halves]
    assert sum(e.minus_log for e in split) == pytest.approx(whole.minus_log, rel=1e-12)
    np.testing.assert_allclose(sum(e.covariance for e in split), whole.covariance, rtol=1e-9)


def test_of_a_prior_without_width_the_evidence_is_that_of_an_empty_sky():
    sample, _, _, amplitudes = made(10, 3, 2)
    found = weigh_evidence(sample, np.zeros_like(amplitudes))
    assert found.minus_log == pytest.approx(sample.power.sum())
    for name in ("explained", "determined", "covariance", "information"):
        assert not getattr(found, name).any(), name


@pytest.mark.parametrize("unknowns", [1, 2, 4])
def test_with_a_mean_spectrum_the_evidence_is_that_of_the_leaning_equations(unknowns):
    sample, _, _, amplitudes = made(150, unknowns, 3)
    mean = np.random.default_rng(4).normal(size=unknowns - 1)
    normal, right = sample.normal.copy(), sample.right.copy()
    lean(normal, right, mean)
    leaning = replace(sample, normal=normal, right=right)
    ours = weigh_evidence(sample, amplitudes, error=0.3, mean=mean)
    expected = weigh_evidence(leaning, amplitudes, error=0.3)
    for item in fields(expected):
        np.testing.assert_allclose(
            getattr(ours, item.name), getattr(expected, item.name), rtol=1e-9, atol=1e-9
        )


@pytest.mark.parametrize("unknowns", [1, 3])
@pytest.mark.parametrize("error", [0.0, 0.4])
def test_the_error_slope_is_the_derivative_of_the_evidence(unknowns, error):
    sample, _, _, amplitudes = made(200, unknowns, 5)
    more, less = (
        weigh_evidence(sample, amplitudes, error=error + step).minus_log for step in (1e-6, -1e-6)
    )
    ours = weigh_evidence(sample, amplitudes, error=error).error_slope
    assert ours == pytest.approx((less - more) / 2e-6, rel=1e-5)


def test_the_information_is_the_scatter_of_the_slopes_over_draws():
    rng = np.random.default_rng(6)
    visits, unknowns, modes, error, draws = 5, 2, 40, 0.5, 3000
    amplitudes, mean = np.array([1.5, 0.8]), np.array([0.4])
    response = rng.normal(size=(visits, unknowns, modes)) + 1j * rng.normal(
        size=(visits, unknowns, modes)
    )
    profile, straying = rng.uniform(0.3, 1, modes), rng.uniform(0.2, 1, modes)
    matrix = np.einsum("vjm,vkm->jkm", response.conj(), response)[:, :, None]
    slopes = []
    for _ in range(draws):
        unit = (rng.normal(size=(6, modes)) + 1j * rng.normal(size=(6, modes))) / np.sqrt(2)
        sky = amplitudes[:, None] * profile * unit[:2]
        sky[1] += mean[0] * sky[0]
        noise = (rng.normal(size=(visits, modes)) + 1j * rng.normal(size=(visits, modes))) / 2**0.5
        data = (response * sky).sum(axis=1) + np.sqrt(1 + error * straying) * noise
        vector = np.einsum("vjm,vm->jm", response.conj(), data)[:, None]
        normal, right = plain_modes.pack(matrix, vector)
        sample = Sample(
            normal=normal.reshape(4, -1),
            right=right.reshape(4, -1),
            power=(np.abs(data) ** 2).sum(axis=0),
            profile=profile,
            straying=straying,
            visits=visits,
        )
        found = weigh_evidence(sample, amplitudes, error=error, mean=mean)
        gradient = found.explained - found.determined
        slopes.append([*gradient, found.error_slope, found.alike[1]])
    scatter = np.cov(np.array(slopes).T)
    information = np.zeros((4, 4))
    information[:2, :2] = found.information
    information[2, :3] = information[:3, 2] = found.error_information
    information[3, 3] = found.leaning[0, 0] / 2
    # Each element of a covariance of so many draws is known to a few parts in a hundred.
    errors = np.sqrt(np.outer(np.diag(information), np.diag(information)) / draws)
    assert (np.abs(scatter - information)[:3, :3] < 5 * errors[:3, :3]).all()
    assert scatter[3, 3] == pytest.approx(information[3, 3], rel=0.15)
    assert np.abs(np.mean(slopes, axis=0) / np.sqrt(np.diag(information) / draws)).max() < 5
