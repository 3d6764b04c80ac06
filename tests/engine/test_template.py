"""The forward model: laws of the shift, and of the templates made with it."""

import math

import numpy as np
import pytest

from dcrviz.engine.template import amplify, visit_template
from dcrviz.kernels import shift_image
from dcrviz.records import Shifts

SHIFT = np.array([1.3, -0.7])


def blob(y=20.0, x=18.0, sigma=2.5, shape=(40, 40)):
    """A smooth isolated source of flux 1000."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    squared = (rows - y) ** 2 + (columns - x) ** 2
    image = np.exp(-squared / (2 * sigma**2)) * 1000 / (2 * math.pi * sigma**2)
    return image.astype(np.float32)


def planes_of(n, seed=1):
    rng = np.random.default_rng(seed)
    return np.stack([blob(*rng.uniform(14, 26, 2)) * rng.uniform(0.5, 2) for _ in range(n)])


def shifts_of(midpoint, smear=0.0):
    midpoint = np.asarray(midpoint, dtype=float)
    split = np.stack([midpoint - smear, midpoint + smear], axis=2)
    return Shifts(midpoint=midpoint, split=split)


@pytest.mark.parametrize("order", [0, 1, 3, 5])
def test_no_shift_is_the_identity(order):
    image = planes_of(1)[0]
    moved = shift_image(image, np.zeros(2), order=order)
    np.testing.assert_allclose(moved, image, rtol=0, atol=1e-6 * image.max())


@pytest.mark.parametrize("order", [0, 1, 3])
def test_a_whole_shift_moves_the_pixels_in_y_and_x_and_leaves_zeros(order):
    image = np.zeros((7, 9), dtype=np.float32)
    image[1, 2] = 5
    moved = shift_image(image, np.array([3.0, -2.0]), order=order)
    expected = np.zeros_like(image)
    expected[4, 0] = 5
    np.testing.assert_allclose(moved, expected, atol=1e-5)


@pytest.mark.parametrize("order", [1, 3])
def test_the_flux_of_an_isolated_source_is_kept_by_a_shift(order):
    moved = shift_image(blob(), SHIFT, order=order)
    assert moved.sum(dtype=np.float64) == pytest.approx(1000, rel=1e-5)


@pytest.mark.parametrize(("order", "tolerance"), [(1, 0.05), (3, 2e-3)])
def test_a_shift_moves_a_smooth_source_to_interpolation_accuracy(order, tolerance):
    moved = shift_image(blob(20, 18), SHIFT, order=order)
    expected = blob(20 + SHIFT[0], 18 + SHIFT[1])
    assert np.abs(moved - expected).max() < tolerance * expected.max()


@pytest.mark.parametrize(("order", "tolerance"), [(1, 1e-6), (3, 1e-6)])
def test_the_reverse_shift_is_the_adjoint_away_from_the_edges(order, tolerance):
    # Interpolation is a convolution with a symmetric kernel, so this holds for any source.
    one, other = blob(20, 18), blob(17, 22, sigma=2.0)
    forward = np.vdot(shift_image(one, SHIFT, order=order), other)
    backward = np.vdot(one, shift_image(other, -SHIFT, order=order))
    assert forward == pytest.approx(backward, rel=tolerance)


@pytest.mark.parametrize(("order", "tolerance"), [(1, 0.1), (3, 5e-3)])
def test_the_reverse_shift_undoes_a_shift_of_a_smooth_source(order, tolerance):
    image = blob()
    back = shift_image(shift_image(image, SHIFT, order=order), -SHIFT, order=order)
    assert np.abs(back - image).max() < tolerance * image.max()


@pytest.mark.parametrize("order", [1, 3])
def test_a_shift_is_linear(order):
    one, other = planes_of(2)
    together = shift_image(2 * one - 3 * other, SHIFT, order=order)
    apart = 2 * shift_image(one, SHIFT, order=order) - 3 * shift_image(other, SHIFT, order=order)
    np.testing.assert_allclose(together, apart, rtol=0, atol=1e-5 * one.max())


def test_at_the_zenith_every_matched_template_is_the_sum_of_the_planes():
    planes = planes_of(3)
    shifts = shifts_of(np.zeros((4, 3, 2)))
    for visit in range(4):
        template = visit_template(planes, shifts, visit, order=3)
        np.testing.assert_allclose(template, planes.sum(axis=0), rtol=0, atol=1e-5 * planes.max())


def test_a_template_keeps_the_flux_of_all_planes():
    planes = planes_of(3)
    shifts = shifts_of([[[1.2, 0.4], [-0.3, 0.1], [-0.9, -1.6]]], smear=0.3)
    template = visit_template(planes, shifts, 0, order=3)
    assert template.sum(dtype=np.float64) == pytest.approx(planes.sum(dtype=np.float64), rel=1e-5)


def test_a_template_is_linear_in_the_planes():
    one, other = planes_of(3, seed=1), planes_of(3, seed=2)
    shifts = shifts_of([[[1.2, 0.4], [-0.3, 0.1], [-0.9, -1.6]]], smear=0.3)

    def template(planes):
        return visit_template(planes, shifts, 0, order=3)

    np.testing.assert_allclose(
        template(one + 2 * other), template(one) + 2 * template(other), rtol=0, atol=1e-4
    )


def test_the_forward_shift_of_a_split_subfilter_is_the_mean_of_its_shifts():
    pair = np.array([[0.5, 0.25], [-0.75, 1.0]])
    expected = (shift_image(blob(), pair[0], order=3) + shift_image(blob(), pair[1], order=3)) / 2
    shifts = Shifts(midpoint=pair.mean(axis=0)[None, None], split=pair[None, None])
    ours = visit_template(blob()[None], shifts, 0, order=3)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-6 * blob().max())


def test_equal_split_shifts_are_done_once():
    shifts = shifts_of([[[0.5, 0.25]]])
    assert shifts.forward(0, 0)[0].shape == (1, 2)
    assert shifts_of([[[0.5, 0.25]]], smear=0.1).forward(0, 0)[0].shape == (2, 2)


def test_splitting_smears_the_source_along_the_shift():
    straight = visit_template(blob()[None], shifts_of([[[1.0, 0.0]]]), 0, order=3)
    smeared = visit_template(blob()[None], shifts_of([[[1.0, 0.0]]], smear=0.8), 0, order=3)
    assert smeared.max() < straight.max()
    assert smeared.sum() == pytest.approx(straight.sum(), rel=1e-5)


def test_amplifying_multiplies_the_differences_from_the_mean_plane():
    planes = planes_of(3)
    mean = planes.mean(axis=0)
    np.testing.assert_allclose(
        amplify(planes, 3.0), mean + 3 * (planes - mean), rtol=0, atol=1e-5 * planes.max()
    )


def test_amplifying_keeps_the_mean_plane():
    planes = planes_of(5)
    np.testing.assert_allclose(
        amplify(planes, 4.0).mean(axis=0), planes.mean(axis=0), rtol=0, atol=1e-5 * planes.max()
    )


def test_amplifying_by_one_changes_nothing():
    planes = planes_of(3)
    np.testing.assert_array_equal(amplify(planes, 1.0), planes)


def test_equal_planes_are_not_amplified():
    planes = np.repeat(blob()[None], 2, axis=0)
    np.testing.assert_array_equal(amplify(planes, 7.0), planes)
