"""Pixels and numbers that can't be those of a visit are refused by name, before they are used."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz import Shifts

NAN, INF = float("nan"), float("inf")
SIZE = (40, 50)


def refused(exposures, match):
    with pytest.raises(ValueError, match=f"visit 101: {match}"):
        dcrviz.prepare(exposures)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weight": NAN}, "the weight must be finite and 0 or more; got nan"),
        ({"weight": INF}, "the weight must be finite and 0 or more; got inf"),
        ({"weight": -1.0}, "the weight must be finite and 0 or more; got -1"),
        ({"scale": 0.0}, "the scale must be finite and above 0; got 0"),
        ({"scale": -1.0}, "the scale must be finite and above 0; got -1"),
        ({"scale": NAN}, "the scale must be finite and above 0; got nan"),
        ({"psf_fwhm_px": NAN}, "the FWHM must be above 0 and at most 100 px; got nan"),
        ({"psf_fwhm_px": 0.0}, "the FWHM must be above 0 and at most 100 px; got 0"),
        ({"psf_fwhm_px": 1e9}, r"the FWHM must be above 0 and at most 100 px; got 1e\+09"),
    ],
)
def test_a_number_of_a_visit_that_can_not_be_is_told(exposures, changes, message):
    odd = replace(exposures[1], visit=replace(exposures[1].visit, **changes))
    refused([exposures[0], odd, *exposures[2:]], message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image": [[1.0, 2.0]]}, "image must be an array; got list"),
        (
            {"image": np.ma.masked_invalid(np.ones(SIZE, np.float32))},
            "image must be an array without a mask of its own.*; got a masked array",
        ),
        ({"mask": None}, "mask must be an array; got NoneType"),
        ({"image": np.zeros((0, 5), np.float32)}, r"image must have two axes of 1 or more"),
        ({"image": np.zeros((2, 3, 4), np.float32)}, r"image must have two axes.* got shape"),
        ({"image": np.zeros(SIZE, complex)}, "image must hold real numbers; got complex128"),
        ({"mask": np.zeros(SIZE)}, "mask must hold whole numbers of 32 bits; got float64"),
        ({"mask": np.zeros(SIZE, np.uint64)}, "mask must hold whole numbers.*; got uint64"),
        ({"planes": {"SAT": 31}}, "mask plane SAT must have a bit from 0 to 30; got 31"),
        ({"planes": {"SAT": -1}}, "mask plane SAT must have a bit from 0 to 30; got -1"),
    ],
)
def test_pixels_of_another_kind_are_told(exposures, changes, message):
    refused([exposures[0], replace(exposures[1], **changes), *exposures[2:]], message)


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.uint16, np.uint32, ">i4"])
def test_a_mask_of_any_whole_numbers_will_do(exposures, dtype):
    narrow = [replace(e, mask=(np.asarray(e.mask) & 0x7F).astype(dtype)) for e in exposures]
    wide = [replace(e, mask=np.asarray(e.mask) & 0x7F) for e in exposures]
    for one, other in zip(*(dcrviz.prepare(each).usable for each in (narrow, wide)), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("bad", [NAN, INF])
def test_shifts_are_finite(problem, bad):
    midpoint = problem.shifts.midpoint.copy()
    midpoint[0, 0, 0] = bad
    with pytest.raises(ValueError, match="shifts must be finite; got some that are NaN or inf"):
        Shifts(midpoint=midpoint, split=problem.shifts.split)
