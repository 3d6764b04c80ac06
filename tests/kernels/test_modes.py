"""Shifts as phases of Fourier modes, and the normal equations that visits add up to."""

import numpy as np
import plain_modes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.kernels.modes import NormalEquations, add_visits, matched_spectrum, shift_phases

SIDES = st.integers(1, 9)
SHAPES = st.tuples(SIDES, SIDES)
UNKNOWNS = st.integers(1, 6)
SEEDS = st.integers(0, 99)
# Whole and half pixels, none at all, and shifts larger than any image here.
COMPONENTS = st.one_of(
    st.integers(-40, 40).map(float),
    st.integers(-40, 40).map(lambda n: n / 2),
    st.floats(-6, 6, allow_nan=False),
    st.sampled_from([0.0, 1e-9, -1e-17]),
)
SHIFTS = st.tuples(COMPONENTS, COMPONENTS)
# Sums of a few products in single precision.
CLOSE = {"rtol": 0, "atol": 2e-5}


def spectrum_of(shape, seed):
    image = np.random.default_rng(seed).normal(size=shape) / np.sqrt(shape[0] * shape[1])
    return np.fft.rfft2(image).astype(np.complex64)


def phases_of(shifts_px, shape, *, weights=None, sources=None):
    number = len(shifts_px)
    return shift_phases(
        np.array(shifts_px, float),
        np.ones(number) if weights is None else np.array(weights, float),
        np.zeros(number, int) if sources is None else np.array(sources),
        shape,
    )


def summed(field, shape, *, batches=None, **options):
    """The equations of a made field, its visits added in batches."""
    equations = NormalEquations.empty(field["basis"].shape[1], (shape[0], shape[1] // 2 + 1))
    for few in batches or [range(len(field["spectra"]))]:
        few = list(few)
        add_visits(
            equations,
            field["spectra"][list(few)],
            [field["phases"][i] for i in few],
            field["basis"],
            field["precision"][few],
            **options,
        )
    return equations


@settings(max_examples=100, deadline=None)
@given(SHAPES, st.integers(-20, 20), st.integers(-20, 20), SEEDS)
def test_a_whole_shift_rolls_the_image(shape, dy, dx, seed):
    image = np.random.default_rng(seed).normal(size=shape)
    moved = matched_spectrum(
        [np.fft.rfft2(image).astype(np.complex64)], phases_of([(dy, dx)], shape)
    )
    expected = np.roll(image, (dy, dx), axis=(0, 1))
    np.testing.assert_allclose(np.fft.irfft2(moved, s=shape), expected, rtol=0, atol=3e-5)


@settings(max_examples=150, deadline=None)
@given(SHAPES, st.lists(st.tuples(SHIFTS, st.floats(0, 1), st.integers(0, 3)), min_size=1), SEEDS)
def test_a_matched_spectrum_is_the_sum_of_all_planes_times_their_phases(shape, moves, seed):
    shifts_px, weights, sources = zip(*moves, strict=True)
    planes = [spectrum_of(shape, seed + 100 * a) for a in range(4)]
    ours = matched_spectrum(planes, phases_of(shifts_px, shape, weights=weights, sources=sources))
    factors = plain_modes.response(shifts_px, weights, sources, shape, n_planes=4)
    # The sum has as many terms as there are moves.
    np.testing.assert_allclose(ours, (factors * planes).sum(axis=0), rtol=0, atol=1e-5 * len(moves))


@given(SHAPES, SHIFTS, SHIFTS, SEEDS)
@settings(max_examples=50, deadline=None)
def test_two_shifts_one_after_the_other_are_their_sum(shape, one, other, seed):
    spectrum = spectrum_of(shape, seed)
    twice = matched_spectrum(
        [matched_spectrum([spectrum], phases_of([one], shape))], phases_of([other], shape)
    )
    once = matched_spectrum([spectrum], phases_of([(one[0] + other[0], one[1] + other[1])], shape))
    np.testing.assert_allclose(twice, once, **CLOSE)


@pytest.mark.parametrize("shape", [(1, 1), (6, 8), (7, 5)])
def test_without_a_shift_every_phase_is_one(shape):
    phases = phases_of([(0.0, 0.0)], shape)
    assert (phases.along_y[:, 0] == 1).all()
    assert (phases.along_x[:, 0] == 1).all()
    assert not phases.along_y[:, 1].any()
    assert not phases.along_x[:, 1].any()


@settings(max_examples=120, deadline=None)
@given(SHAPES, UNKNOWNS, UNKNOWNS, st.integers(1, 5), st.sampled_from([0.0, 3.0, 30.0]), SEEDS)
def test_the_normal_equations_are_those_of_their_definition(
    shape, n_planes, unknowns, n_visits, reach_px, seed
):
    field = plain_modes.field_of_visits(
        seed, shape, n_planes=n_planes, unknowns=unknowns, n_visits=n_visits, reach_px=reach_px
    )
    ours = summed(field, shape)
    normal, right = plain_modes.pack(field["matrix"], field["vector"])
    for found, expected in ((ours.normal, normal), (ours.right, right)):
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-6 * field["term"])


@pytest.mark.parametrize("batches", [[[0], [1], [2], [3]], [[2, 0], [3, 1]], [[3], [0, 1, 2]]])
def test_visits_may_be_added_in_any_order_and_company(batches):
    shape = (6, 7)
    field = plain_modes.field_of_visits(1, shape, n_planes=3, unknowns=3, n_visits=4)
    ours, whole = summed(field, shape, batches=batches), summed(field, shape)
    np.testing.assert_allclose(ours.normal, whole.normal, rtol=0, atol=1e-5)
    np.testing.assert_allclose(ours.right, whole.right, rtol=0, atol=1e-4)


def test_a_visit_without_precision_adds_nothing():
    shape = (5, 6)
    field = plain_modes.field_of_visits(2, shape, n_planes=2, unknowns=2, n_visits=1)
    ours = summed(field | {"precision": np.zeros(1)}, shape)
    assert not ours.normal.any()
    assert not ours.right.any()


def test_the_diagonals_of_the_matrices_are_never_negative():
    field = plain_modes.field_of_visits(3, (8, 9), n_planes=4, unknowns=4, n_visits=2)
    normal = summed(field, (8, 9)).normal.reshape(4, 4, 8, 5)
    assert all((normal[j, j] >= 0).all() for j in range(4))


@pytest.mark.parametrize("threads", [2, 5])
def test_the_normal_equations_do_not_depend_on_the_number_of_threads(threads):
    # More rows than one thread takes at a time.
    shape = (150, 4)
    field = plain_modes.field_of_visits(4, shape, n_planes=3, unknowns=3, n_visits=3)
    ours, alone = summed(field, shape, threads=threads), summed(field, shape)
    np.testing.assert_array_equal(ours.normal, alone.normal)
    np.testing.assert_array_equal(ours.right, alone.right)


def test_spectra_and_phases_that_go_in_come_out_unchanged():
    shape = (6, 6)
    field = plain_modes.field_of_visits(5, shape, n_planes=2, unknowns=2, n_visits=2)
    for spectrum in field["spectra"]:
        spectrum.flags.writeable = False
    summed(field, shape)
    matched_spectrum(field["spectra"], field["phases"][0])
