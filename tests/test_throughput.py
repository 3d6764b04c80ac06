"""Transmission by wavelength: what a curve says between its points, and what no curve can be."""

import math

import numpy as np
import pytest

from dcrviz.throughput import Throughput


def curve(wavelength_nm, transmission, name="mine"):
    return Throughput(name=name, wavelength_nm=wavelength_nm, transmission=transmission)


HAT = curve((400, 480, 560), (0, 0.8, 0))


def test_at_its_points_the_curve_is_what_its_table_says():
    np.testing.assert_array_equal(HAT.at(np.array([400.0, 480, 560])), [0, 0.8, 0])


def test_between_its_points_the_curve_is_straight():
    np.testing.assert_allclose(
        HAT.at(np.array([[420.0, 440], [500, 520]])), [[0.2, 0.4], [0.6, 0.4]]
    )


def test_outside_its_points_the_curve_is_zero():
    box = curve((400, 500), (1, 1))
    np.testing.assert_array_equal(box.at(np.array([399.9, 500.1])), [0, 0])


@pytest.mark.parametrize(
    ("wavelength_nm", "transmission", "ends"),
    [
        ((400, 500), (1, 1), (400, 500)),
        ((400, 480, 560), (0, 1, 0), (400, 560)),
        ((300, 390, 400, 500, 510, 900), (0, 0, 1, 1, 0, 0), (390, 510)),
        ((300, 390, 400, 500, 510, 900), (0, 0.002, 1, 1, 0.3, 0.0), (390, 900)),
    ],
)
def test_the_curve_ends_where_its_light_does(wavelength_nm, transmission, ends):
    assert curve(wavelength_nm, transmission).ends_nm == ends


def test_a_leak_below_one_percent_of_the_peak_is_no_end():
    leaky = curve((330, 340, 390, 400, 500, 510, 1000, 1100), (0, 1e-3, 0, 1, 1, 0, 9e-3, 0))
    assert leaky.ends_nm == (390, 510)


def test_the_ends_do_not_depend_on_the_unit_of_the_transmission():
    percent = curve(HAT.wavelength_nm, [100 * value for value in HAT.transmission])
    assert percent.ends_nm == HAT.ends_nm


def test_lists_and_arrays_are_as_good_as_tuples():
    assert curve([400, 480, 560], np.array([0, 0.8, 0])) == HAT


def test_equal_curves_are_equal_and_hash_alike():
    same = curve((400, 480, 560), (0, 0.8, 0))
    assert same == HAT
    assert hash(same) == hash(HAT)


@pytest.mark.parametrize(
    ("wavelength_nm", "transmission", "sentence"),
    [
        ((), (), "2 or more wavelengths and as many transmissions; got 0 and 0"),
        ((400,), (1,), "2 or more wavelengths and as many transmissions; got 1 and 1"),
        ((400, 500), (1, 1, 1), "2 or more wavelengths and as many transmissions; got 2 and 3"),
        ((400, 400), (1, 1), "point 2: wavelength must be above the one before, 400 nm; got 400"),
        ((500, 400), (1, 1), "point 2: wavelength must be above the one before, 500 nm; got 400"),
        ((400, math.nan), (1, 1), r"point 2: wavelength must be from 230\.2 to .*; got nan nm"),
        ((0.4, 0.5), (1, 1), r"point 1: wavelength must be from 230\.2 to 2058\.6 .*; got 0\.4 nm"),
        ((400, math.inf), (1, 1), "point 2: wavelength must be from .*; got inf nm"),
        ((400, 500), (1, -0.1), "point 2: transmission must be a finite .*, 0 or more; got -0.1"),
        ((400, 500), (math.nan, 1), "point 1: transmission must be a finite number, .*; got nan"),
        ((400, 500), (math.inf, 1), "point 1: transmission must be a finite number, .*; got inf"),
        ((400, 500), (0, 0), "transmission must be above 0 somewhere; got 0 at all 2 wavelengths"),
    ],
)
def test_a_curve_that_can_not_be_is_an_error_that_names_curve_point_and_value(
    wavelength_nm, transmission, sentence
):
    with pytest.raises(ValueError, match=f"throughput mine[:,] .*{sentence}"):
        curve(wavelength_nm, transmission)
