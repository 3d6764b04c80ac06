"""The band integral: where the smear of a subfilter is summed, and what each wavelength counts."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dcrviz.bands import Band
from dcrviz.physics.shifts import dcr_shifts, displacement_px, subfilter_wavelengths
from dcrviz.records import ForwardModel, Shifts, Site, Visit
from dcrviz.throughput import Throughput

BAND = Band(name="g", effective_nm=476.31, min_nm=405.0, max_nm=552.0)
SITE = Site(longitude_deg=-70.749417, latitude_deg=-30.244639, height_m=2663.0)
# 5 pixels per arcsecond; north up, east left.
JACOBIAN = np.diag([-5.0, 5.0])
VISITS = [
    Visit(id=id, site=SITE, airmass=airmass, parallactic_rad=math.radians(angle))
    for id, airmass, angle in [(1, 1.1, -120), (2, 1.4, 10), (3, 1.8, 75), (4, 2.3, 180)]
]
FLAT = Throughput(name="flat", wavelength_nm=(405, 552), transmission=(0.7, 0.7))
HAT = Throughput(name="hat", wavelength_nm=(390, 480, 580), transmission=(0, 1, 0))


def model_of(k, throughput=None, *, n=3, threshold=0.0, split=True):
    wavelength_nm, weights = subfilter_wavelengths(BAND, n, n_wavelengths=k, throughput=throughput)
    return ForwardModel(
        band=BAND,
        n_subfilters=n,
        split_subfilters=split,
        split_threshold_px=threshold,
        interpolation_order=3,
        wavelength_nm=tuple(map(tuple, wavelength_nm)),
        weights=tuple(map(tuple, weights)),
    )


def shifts_of(model):
    return dcr_shifts(VISITS, model=model, jacobian=JACOBIAN)


def lssts(**changes):
    return replace(model_of(1, **changes), wavelength_nm=(), weights=())


def moments(shifts):
    """(V, S, 2) mean and spread of the forward shifts."""
    weights = shifts.weights[..., None]
    mean = (weights * shifts.split).sum(axis=2)
    return mean, np.sqrt((weights * (shifts.split - mean[:, :, None]) ** 2).sum(axis=2))


@pytest.mark.parametrize("k", [1, 2, 5])
def test_the_wavelengths_are_the_middles_of_equal_parts(k):
    wavelength_nm, _ = subfilter_wavelengths(BAND, 3, n_wavelengths=k)
    borders = np.linspace(405, 552, 3 * k + 1)
    np.testing.assert_allclose(wavelength_nm.ravel(), (borders[:-1] + borders[1:]) / 2)


@pytest.mark.parametrize("throughput", [None, FLAT, HAT])
@pytest.mark.parametrize(("n", "k"), [(1, 1), (3, 4), (20, 64)])
def test_the_weights_of_each_subfilter_add_up_to_one(n, k, throughput):
    _, weights = subfilter_wavelengths(BAND, n, n_wavelengths=k, throughput=throughput)
    assert weights.shape == (n, k)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-14)


def test_a_flat_throughput_with_the_edges_of_the_band_is_as_good_as_none():
    ours = subfilter_wavelengths(BAND, 3, n_wavelengths=5, throughput=FLAT)
    none = subfilter_wavelengths(BAND, 3, n_wavelengths=5)
    np.testing.assert_allclose(ours, none, rtol=1e-14)


def test_the_weights_are_the_ratios_of_the_throughput():
    wavelength_nm, weights = subfilter_wavelengths(BAND, 3, n_wavelengths=4, throughput=HAT)
    ratio = HAT.at(wavelength_nm) / HAT.at(wavelength_nm)[:, :1]
    np.testing.assert_allclose(weights / weights[:, :1], ratio)


def test_only_ratios_of_the_throughput_matter():
    percent = replace(HAT, transmission=tuple(100 * value for value in HAT.transmission))
    ours = subfilter_wavelengths(BAND, 3, n_wavelengths=4, throughput=HAT)
    np.testing.assert_allclose(
        subfilter_wavelengths(BAND, 3, n_wavelengths=4, throughput=percent), ours, rtol=1e-12
    )


def test_a_throughput_beyond_the_band_takes_the_outer_subfilters_along():
    wavelength_nm, _ = subfilter_wavelengths(BAND, 3, n_wavelengths=1, throughput=HAT)
    # The inner borders stay at 454 and 503 nm.
    np.testing.assert_allclose(wavelength_nm[:, 0], [(390 + 454) / 2, 478.5, (503 + 580) / 2])


def test_a_throughput_within_the_band_leaves_the_subfilters():
    narrow = Throughput(name="narrow", wavelength_nm=(420, 480, 540), transmission=(0, 1, 0))
    ours, weights = subfilter_wavelengths(BAND, 3, n_wavelengths=8, throughput=narrow)
    none, _ = subfilter_wavelengths(BAND, 3, n_wavelengths=8)
    np.testing.assert_array_equal(ours, none)
    assert not weights[ours < 420].any()


@pytest.mark.parametrize("throughput", [None, HAT])
def test_with_one_wavelength_the_forward_shift_is_the_midpoint(throughput):
    shifts = shifts_of(model_of(1, throughput))
    np.testing.assert_array_equal(shifts.split[:, :, 0], shifts.midpoint)


@pytest.mark.parametrize("throughput", [None, HAT])
def test_the_weighted_mean_of_the_forward_shifts_is_the_midpoint(throughput):
    shifts = shifts_of(model_of(7, throughput))
    np.testing.assert_allclose(moments(shifts)[0], shifts.midpoint, atol=1e-13)


def test_each_forward_shift_is_the_refraction_at_its_wavelength():
    model = model_of(3, HAT)
    expected = displacement_px(
        np.array(model.wavelength_nm), VISITS[2], band=BAND, jacobian=JACOBIAN
    )
    np.testing.assert_array_equal(shifts_of(model).split[2], expected)


@pytest.mark.parametrize("throughput", [None, FLAT])
def test_two_wavelengths_are_close_to_lssts_split(throughput):
    # Between the edges refraction is curved, where LSST interpolates along a straight line.
    ours, theirs = shifts_of(model_of(2, throughput)).split, shifts_of(lssts()).split
    assert 0 < np.abs(ours - theirs).max() < 0.1 * np.abs(np.diff(theirs, axis=2)).max()


def test_more_and_more_wavelengths_converge_to_the_integral():
    # The curve is kinked and the ends of the outer subfilters lie on no grid of the sum.
    finest = moments(shifts_of(model_of(4096, HAT)))
    errors = [
        max(
            np.abs(got - limit).max()
            for got, limit in zip(moments(shifts_of(model_of(k, HAT))), finest, strict=True)
        )
        for k in (2, 8, 32, 128)
    ]
    # The midpoint rule gains a factor of 16 with four times the points; a kink may cost a little.
    assert all(finer < coarser / 8 for coarser, finer in pairwise(errors))
    assert errors[-1] < 1e-3


def test_weight_in_the_blue_moves_the_midpoint_towards_the_zenith():
    blue = Throughput(name="blue", wavelength_nm=(405, 552), transmission=(1, 0.1))
    towards_zenith = -VISITS[3].parallactic_rad / math.pi
    moved = shifts_of(model_of(4, blue)).midpoint - shifts_of(model_of(4, FLAT)).midpoint
    # The zenith of the last visit is to the south, down.
    assert np.all(moved[3, :, 0] * towards_zenith > 0)


def test_where_the_largest_spread_is_below_the_threshold_one_shift_is_used():
    always, some = shifts_of(model_of(5)), shifts_of(model_of(5, threshold=0.5))
    small = np.ptp(always.split, axis=2).max(axis=-1) < 0.5
    assert 0 < small.sum() < small.size
    np.testing.assert_array_equal(some.split[~small], always.split[~small])
    for visit, subfilter in np.argwhere(small):
        moved, weights = some.forward(visit, subfilter)
        np.testing.assert_array_equal(moved, [some.midpoint[visit, subfilter]])
        np.testing.assert_array_equal(weights, [1])


def test_a_wavelength_without_weight_neither_shifts_nor_smears():
    outer = replace(model_of(4, n=1), weights=((0.5, 0, 0, 0.5),))
    moved, weights = shifts_of(outer).forward(2, 0)
    np.testing.assert_array_equal(moved, shifts_of(outer).split[2, 0, [0, 3]])
    np.testing.assert_array_equal(weights, [0.5, 0.5])
    single = shifts_of(replace(outer, weights=((0, 1, 0, 0),), split_threshold_px=1e-6))
    np.testing.assert_array_equal(single.forward(2, 0)[0], [single.midpoint[2, 0]])


def test_at_the_zenith_all_wavelengths_are_one():
    zenith = replace(VISITS[0], airmass=1.0)
    shifts = dcr_shifts([zenith], model=model_of(6, HAT), jacobian=JACOBIAN)
    assert not shifts.split.any()
    assert len(shifts.forward(0, 0)[0]) == 1


def test_a_subfilter_in_the_dark_is_an_error_that_names_curve_and_subfilter():
    red = Throughput(name="r", wavelength_nm=(540, 600, 700), transmission=(0, 1, 1))
    sentence = "throughput r must be above 0 somewhere in every subfilter; it is 0 at all "
    with pytest.raises(ValueError, match=rf"{sentence}.*\(4\) of subfilter 0, 405 to 454 nm"):
        subfilter_wavelengths(BAND, 3, n_wavelengths=4, throughput=red)


@pytest.mark.parametrize("k", [0, -1])
def test_less_than_one_wavelength_is_an_error(k):
    with pytest.raises(ValueError, match=f"n_wavelengths must be 1 or more; got {k}"):
        subfilter_wavelengths(BAND, 3, n_wavelengths=k)


def test_without_weights_all_forward_shifts_count_alike():
    shifts = Shifts(midpoint=np.zeros((2, 3, 2)), split=np.ones((2, 3, 4, 2)))
    np.testing.assert_array_equal(shifts.weights, np.full((3, 4), 0.25))


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ([[0.5, 0.5]], r"weights must have shape \(2, 2\), as the shifts do; got \(1, 2\)"),
        ([[0.5, 0.5], [1.5, -0.5]], r"weights must be 0 or more; got -0\.5"),
        ([[0.5, 0.5], [0.5, 0.4]], r"weights must add up to 1 .*; got 0\.9 in subfilter 1"),
        ([[0.5, 0.5], [0.5, math.nan]], "weights must be 0 or more; got nan"),
    ],
)
def test_weights_that_are_no_mean_are_an_error(weights, sentence):
    with pytest.raises(ValueError, match=sentence):
        Shifts(
            midpoint=np.zeros((1, 2, 2)), split=np.zeros((1, 2, 2, 2)), weights=np.array(weights)
        )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"n_subfilters": 2}, "the 2 subfilters must have as many wavelengths each; got 2, 2, 2"),
        ({"wavelength_nm": ()}, "the 3 subfilters must have as many wavelengths each; got none"),
        (
            {"wavelength_nm": ((1, 2), (3,), (4, 5))},
            "the 3 subfilters must have as many wavelengths each; got 2, 1, 2",
        ),
        ({"weights": ()}, "every wavelength must have a weight; got 2, 2, 2 wavelengths and  weig"),
        ({"weights": ((0.5, 0.5),) * 2 + ((0.5, 0.6),)}, r"must add up to 1 .* 1\.1 in subfilter"),
    ],
)
def test_a_forward_model_that_does_not_fit_together_is_an_error(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(model_of(2), **changes)
