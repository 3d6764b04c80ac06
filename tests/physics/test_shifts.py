"""Shifts of visits: laws, sizes of the recorded traces, and errors that name the visit."""

import dataclasses
import math

import numpy as np
import pytest

from dcrviz.bands import Band
from dcrviz.physics.geometry import zenith_from_airmass_rad
from dcrviz.physics.refraction import refraction_arcsec, standard_atmosphere
from dcrviz.physics.shifts import buffer_px, dcr_shifts, subfilter_edges_nm
from dcrviz.records import ForwardModel, Shifts, Site, Visit, Weather

SITE = Site(longitude_deg=-70.749417, latitude_deg=-30.244639, height_m=2663.0)
WEATHER = Weather(temperature_c=20.0, pressure_pa=73892.0, humidity_percent=40.0)
BAND = Band(name="g", effective_nm=476.31, min_nm=405.0, max_nm=552.0)
# 5 pixels per arcsecond; north up, east left.
JACOBIAN = np.diag([-5.0, 5.0])


def visit_at(airmass, parallactic_deg=30.0, **given):
    defaults = {"id": 100, "site": SITE, "weather": WEATHER}
    position = {"airmass": airmass, "parallactic_rad": math.radians(parallactic_deg)}
    return Visit(**(defaults | position | given))


def shifts_of(*visits, split=True, threshold=0.0, n=3, band=BAND, jacobian=JACOBIAN):
    model = ForwardModel(
        band=band,
        n_subfilters=n,
        split_subfilters=split,
        split_threshold_px=threshold,
        interpolation_order=3,
    )
    return dcr_shifts(visits, model=model, jacobian=jacobian)


VISITS = [visit_at(1.1, -120), visit_at(1.4, 10), visit_at(1.8, 75), visit_at(2.3, 180)]


def test_the_subfilters_divide_the_band_into_equal_slices():
    edges = subfilter_edges_nm(BAND, 3)
    np.testing.assert_allclose(edges, [405.0, 454.0, 503.0, 552.0])
    assert (edges[0], edges[-1]) == (BAND.min_nm, BAND.max_nm)


@pytest.mark.parametrize("n", [0, -2])
def test_less_than_one_subfilter_is_an_error(n):
    with pytest.raises(ValueError, match=f"n_subfilters must be 1 or more; got {n}"):
        subfilter_edges_nm(BAND, n)


def test_the_shifts_have_an_entry_for_each_visit_and_subfilter():
    shifts = shifts_of(*VISITS, n=5)
    assert shifts.midpoint.shape == (4, 5, 2)
    assert shifts.split.shape == (4, 5, 2, 2)


def test_at_the_zenith_nothing_is_shifted():
    shifts = shifts_of(visit_at(1.0))
    assert not shifts.midpoint.any()
    assert not shifts.split.any()


def test_the_effective_wavelength_is_not_shifted():
    edges = subfilter_edges_nm(BAND, 7)
    # With a slice edge at the effective wavelength, the amplitudes on its two sides differ in sign.
    at_edge = dataclasses.replace(BAND, effective_nm=float(edges[3]))
    y = shifts_of(visit_at(1.8, 0), n=7, band=at_edge).midpoint[0, :, 0]
    assert np.all(y[:3] > 0)
    assert np.all(y[3:] < 0)
    narrow = Band(name="line", effective_nm=500.0, min_nm=500.0 - 1e-9, max_nm=500.0 + 1e-9)
    np.testing.assert_allclose(shifts_of(visit_at(1.8), n=1, band=narrow).midpoint, 0, atol=1e-9)


def test_the_blue_image_is_nearer_to_the_zenith():
    # The zenith is to the north, up; then to the east, left.
    (north,), (east,) = shifts_of(visit_at(1.5, 0)).midpoint, shifts_of(visit_at(1.5, 90)).midpoint
    assert north[0, 0] > 0 > north[-1, 0]
    assert east[0, 1] < 0 < east[-1, 1]
    np.testing.assert_allclose(north[:, 1], 0, atol=1e-12)
    np.testing.assert_allclose(east[:, 0], 0, atol=1e-12)


def test_the_shift_is_the_differential_refraction_through_the_jacobian():
    jacobian = np.array([[-4.0, 1.0], [0.5, 3.0]])
    shifts = shifts_of(visit_at(1.7, 40), jacobian=jacobian)
    zenith_rad, angle = zenith_from_airmass_rad(1.7), math.radians(40)
    lift = refraction_arcsec(
        [405.0, 454.0, BAND.effective_nm], zenith_rad, weather=WEATHER, site=SITE
    )
    amplitude = (lift[0] + lift[1]) / 2 - lift[2]
    x, y = jacobian @ [amplitude * math.sin(angle), amplitude * math.cos(angle)]
    np.testing.assert_allclose(shifts.midpoint[0, 0], [y, x], rtol=1e-12)


def test_the_mean_of_the_split_shifts_is_the_midpoint():
    shifts = shifts_of(*VISITS)
    np.testing.assert_allclose(shifts.split.mean(axis=2), shifts.midpoint, atol=1e-14)


def test_the_split_shifts_are_half_a_slice_apart_the_bluer_one_first():
    slices, halves = shifts_of(*VISITS, n=3), shifts_of(*VISITS, n=12).midpoint
    apart = slices.split[:, :, 0] - slices.split[:, :, 1]
    # Twelve slices are quarters of three; half a slice is two quarters, a little curved.
    expected = (halves[:, 0::4] + halves[:, 1::4] - halves[:, 2::4] - halves[:, 3::4]) / 2
    np.testing.assert_allclose(apart, expected, rtol=0.02, atol=1e-12)


def test_without_splitting_both_forward_shifts_are_the_midpoint():
    shifts = shifts_of(*VISITS, split=False)
    np.testing.assert_array_equal(shifts.split[:, :, 0], shifts.midpoint)
    np.testing.assert_array_equal(shifts.split[:, :, 1], shifts.midpoint)
    moved, weights = shifts.forward(0, 0)
    assert (moved.shape, weights.tolist()) == ((1, 2), [1])


def test_where_the_smear_is_below_the_threshold_one_shift_is_used():
    always, some = shifts_of(*VISITS), shifts_of(*VISITS, threshold=0.3)
    smear_px = np.abs(always.split[:, :, 0] - always.split[:, :, 1]).max(axis=-1)
    small = smear_px < 0.3
    assert 0 < small.sum() < small.size
    np.testing.assert_array_equal(some.split[~small], always.split[~small])
    for subfilter in np.argwhere(small):
        rows = some.split[tuple(subfilter)]
        np.testing.assert_array_equal(rows, [some.midpoint[tuple(subfilter)]] * 2)


def test_a_threshold_of_zero_always_splits():
    shifts = shifts_of(visit_at(1.0 + 1e-9))
    assert np.all(shifts.split[:, :, 0] != shifts.split[:, :, 1])


def test_the_order_of_the_visits_is_only_an_order():
    forward, backward = shifts_of(*VISITS), shifts_of(*VISITS[::-1])
    np.testing.assert_array_equal(forward.split, backward.split[::-1])


def test_dry_air_and_missing_weather_give_finite_shifts():
    dry = dataclasses.replace(WEATHER, humidity_percent=0.0)
    shifts = shifts_of(visit_at(1.5), visit_at(1.5, weather=dry), visit_at(1.5, weather=None))
    assert np.isfinite(shifts.midpoint).all()
    np.testing.assert_allclose(shifts.midpoint[1], shifts.midpoint[0], rtol=0.01)
    assumed = shifts_of(visit_at(1.5, weather=standard_atmosphere(SITE.height_m)))
    np.testing.assert_array_equal(shifts.midpoint[2], assumed.midpoint[0])


def test_the_zenith_angle_is_taken_before_the_airmass():
    given = visit_at(5.0, zenith_rad=zenith_from_airmass_rad(1.5))
    np.testing.assert_array_equal(shifts_of(given).split, shifts_of(visit_at(1.5)).split)


@pytest.mark.parametrize("trace", ["P1", "P2", "P7c"])
def test_the_recorded_shifts_differ_only_by_the_two_mended_errors(shared, trace):
    with np.load(shared / "golden" / f"{trace}.npz") as recorded:
        airmasses, theirs = 1 / np.sin(recorded["in_elevation_rad"]), recorded["dcr_unsplit"]
    ours = shifts_of(*[visit_at(airmass) for airmass in airmasses], n=theirs.shape[1])
    error_px = np.abs(np.hypot(*theirs.T).T - np.hypot(*ours.midpoint.T).T).max(axis=1)
    # Across g the errors come to 0.7, 7.8, 18.5 mas (section 9); pixels are 0.2 arcsec.
    allowed_px = np.interp(airmasses, [1.0, 1.3, 2.0, 2.5], [0, 0.7, 7.8, 18.5]) / 200
    assert np.all(error_px <= allowed_px + 1e-4)


def test_the_buffer_holds_the_largest_midpoint_shift_and_one_pixel():
    midpoint = np.array([[[0.5, -2.1], [1.0, 0.0]]])
    shifts = Shifts(midpoint=midpoint, split=np.full((1, 2, 2, 2), 9.0))
    assert buffer_px(shifts) == 4
    assert buffer_px(shifts_of(visit_at(1.0))) == 1


def test_the_buffer_of_the_recorded_trace_is_ours(shared):
    with np.load(shared / "golden" / "P1.npz") as recorded:
        shifts = Shifts(midpoint=recorded["dcr_unsplit"], split=recorded["dcr_split"])
        assert buffer_px(shifts) == recorded["bufferSize"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"airmass": None}, "visit 100: its shift needs the zenith angle or airmass"),
        ({"parallactic_rad": None}, "visit 100: its shift needs the parallactic angle"),
        ({"site": None}, "visit 100: its shift needs the site"),
        (
            {"airmass": None, "site": None, "missing": ("BORE-ALT is absent",)},
            r"visit 100: .* airmass, the site, which nobody gave \(BORE-ALT is absent\)",
        ),
        ({"parallactic_rad": math.nan}, "visit 100: .* must be finite numbers; got nan"),
        ({"site": dataclasses.replace(SITE, latitude_deg=math.nan)}, "visit 100: .*; got .*nan"),
        ({"zenith_rad": 2.0}, "visit 100: zenith angle must be .* less than 90 deg"),
        ({"airmass": 0.5}, r"visit 100: airmass must be 1 or more; got 0\.5"),
        (
            {"weather": dataclasses.replace(WEATHER, humidity_percent=140.0)},
            "visit 100: humidity must be from 0 to 100 %; got 140 %",
        ),
    ],
)
def test_a_visit_that_cannot_be_shifted_is_an_error_that_names_it(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        shifts_of(visit_at(1.2, id=99), dataclasses.replace(visit_at(1.5), **changes))


def test_a_band_beyond_the_refraction_formula_is_an_error():
    far = Band(name="K", effective_nm=2100.0, min_nm=2000.0, max_nm=2200.0)
    with pytest.raises(ValueError, match=r"visit 100: wavelength must be from 230\.2 to 2058\.6"):
        shifts_of(visit_at(1.5), band=far)


def test_no_visits_is_an_error():
    with pytest.raises(ValueError, match="shifts need at least one visit; got none"):
        shifts_of()
