"""Refraction, against erfa and against what LSST's task of 2019 recorded."""

import dataclasses
import math

import erfa
import numpy as np
import pytest

from dcrviz.bands import Band
from dcrviz.physics.geometry import zenith_from_airmass_rad
from dcrviz.physics.refraction import (
    gravity_ratio,
    refraction_arcsec,
    refractivity,
    standard_atmosphere,
    water_vapour_pressure_hpa,
)
from dcrviz.records import Site, Weather

# Site and weather of the recorded traces.
SITE = Site(longitude_deg=-70.749417, latitude_deg=-30.244639, height_m=2663.0)
WEATHER = Weather(temperature_c=20.0, pressure_pa=73892.0, humidity_percent=40.0)
ARCSEC_PER_RAD = math.degrees(1) * 3600


def refraction_at(airmass, wavelength_nm, *, weather=WEATHER, site=SITE):
    zenith_rad = zenith_from_airmass_rad(airmass)
    return refraction_arcsec(wavelength_nm, zenith_rad, weather=weather, site=site)


def erfa_refraction_at(airmass, wavelengths_nm, *, weather=WEATHER):
    """ERFA's two-term refraction, which takes the apparent zenith angle as we do."""
    tan = math.tan(zenith_from_airmass_rad(airmass))
    terms = [
        erfa.refco(
            weather.pressure_pa / 100,
            weather.temperature_c,
            weather.humidity_percent / 100,
            nm / 1e3,
        )
        for nm in wavelengths_nm
    ]
    return ARCSEC_PER_RAD * np.array([a * tan + b * tan**3 for a, b in terms])


def refraction_of_2019_at(airmass, wavelength_nm):
    """Our refraction with 2019's two errors put back (ALGORITHM.md, sections 1 and 9)."""
    kelvin = WEATHER.temperature_c + 273.15
    vapour = water_vapour_pressure_hpa(WEATHER.temperature_c, WEATHER.humidity_percent)
    s2 = (1000 / wavelength_nm) ** 2
    wet = 1e-8 * (6487.31 + 58.058 * s2 - 0.71150 * s2**2 + 0.08851 * s2**3)
    error = vapour * (1 + 3.7e-4 * vapour) * (7.75141e-4 - 7.75141e4) / kelvin**3
    n_minus_1 = refractivity(wavelength_nm, weather=WEATHER) + wet * error * vapour / kelvin
    tan = math.tan(zenith_from_airmass_rad(airmass))
    beta = 4.5908e-6 * kelvin
    plus_cubic = n_minus_1 * (beta - n_minus_1 / 2) * tan**3
    return ARCSEC_PER_RAD * gravity_ratio(SITE) * (n_minus_1 * (1 - beta) * tan + plus_cubic)


@pytest.mark.parametrize("airmass", [1.05, 1.3, 2.0, 2.5])
def test_refraction_is_within_20_mas_of_erfa_where_the_traces_were_made(airmass):
    ours = refraction_at(airmass, [476.0])
    assert ours == pytest.approx(erfa_refraction_at(airmass, [476.0]), abs=0.020)


def test_refraction_without_gravity_is_within_0_15_percent_of_erfa_elsewhere():
    rng = np.random.default_rng(476)
    for _ in range(200):
        site = Site(
            longitude_deg=0.0, latitude_deg=rng.uniform(-60, 60), height_m=rng.uniform(0, 5000)
        )
        weather = dataclasses.replace(
            standard_atmosphere(site.height_m),
            temperature_c=rng.uniform(-10, 30),
            humidity_percent=rng.uniform(0, 100),
        )
        airmass, wavelength_nm = rng.uniform(1.01, 2.5), rng.uniform(350, 1050)
        ours = refraction_at(airmass, wavelength_nm, weather=weather, site=site)
        # ERFA knows no gravity, which is kappa in Stone's formula.
        theirs = erfa_refraction_at(airmass, [wavelength_nm], weather=weather)
        assert ours / gravity_ratio(site) == pytest.approx(theirs[0], rel=1.5e-3)


@pytest.mark.parametrize(
    ("low_nm", "high_nm", "tolerance"),
    # ERFA's two-term dispersion is coarse in the ultraviolet; u by its nominal edges.
    [(330.0, 400.0, 0.021), (405.0, 552.0, 0.006)]
    + [(band.min_nm, band.max_nm, 0.005) for band in map(Band.lsst, "rizy")],
)
@pytest.mark.parametrize("airmass", [1.1, 1.8, 2.5])
def test_refraction_across_a_band_agrees_with_erfa(low_nm, high_nm, tolerance, airmass):
    ours = np.ptp(refraction_at(airmass, [low_nm, high_nm])) / gravity_ratio(SITE)
    theirs = np.ptp(erfa_refraction_at(airmass, [low_nm, high_nm]))
    assert ours == pytest.approx(theirs, rel=tolerance)


@pytest.mark.parametrize(("airmass", "mas"), [(1.3, 48), (2.0, 512), (2.5, 1208)])
def test_refraction_has_the_minus_and_the_wet_term_that_2019_lacked(airmass, mas):
    error = refraction_of_2019_at(airmass, 476.31) - refraction_at(airmass, 476.31)
    assert 1e3 * error == pytest.approx(mas, abs=1)
    assert abs(refraction_of_2019_at(airmass, 476.0) - erfa_refraction_at(airmass, [476.0])) > 0.04


@pytest.mark.parametrize("trace", ["P1", "P2", "P7c"])
def test_with_the_errors_of_2019_put_back_the_recorded_shifts_return(shared, trace):
    with np.load(shared / "golden" / f"{trace}.npz") as recorded:
        elevations, (effective, low, high) = recorded["in_elevation_rad"], recorded["in_lambdas"]
        arcsec_per_px = 3600 * abs(recorded["in_cd"][1, 1])
        rotations, shifts_yx = recorded["rotation_rad"], recorded["dcr_unsplit"]
    edges = np.linspace(low, high, shifts_yx.shape[1] + 1)
    for elevation, rotation, shift_yx in zip(elevations, rotations, shifts_yx, strict=True):
        airmass = 1 / math.sin(elevation)
        at_edges = refraction_of_2019_at(airmass, edges) - refraction_of_2019_at(airmass, effective)
        midpoints_px = (at_edges[1:] + at_edges[:-1]) / 2 / arcsec_per_px
        towards_zenith = [math.cos(rotation), math.sin(rotation)]
        np.testing.assert_allclose(shift_yx @ towards_zenith, midpoints_px, atol=1e-9)


def test_dry_air_refracts_a_little_more_than_moist_air():
    dry = dataclasses.replace(WEATHER, humidity_percent=0.0)
    lift, lift_dry = refraction_at(1.5, 480.0), refraction_at(1.5, 480.0, weather=dry)
    assert lift < lift_dry < 1.005 * lift


def test_nothing_is_refracted_at_the_zenith():
    assert np.all(refraction_at(1.0, [350.0, 500.0, 1000.0]) == 0)


def test_blue_light_is_lifted_more_than_red():
    lift = refraction_at(1.5, np.linspace(231.0, 2058.0, 100))
    assert np.all(np.diff(lift) < 0)
    assert np.all(lift > 0)


def test_wavelengths_may_have_any_shape_and_zenith_angles_broadcast():
    wavelengths_nm = np.linspace(400, 700, 6).reshape(2, 3)
    zenith_rad = np.array([[[0.3]], [[0.6]]])
    lift = refraction_arcsec(wavelengths_nm, zenith_rad, weather=WEATHER, site=SITE)
    assert lift.shape == (2, 2, 3)
    single = refraction_arcsec(wavelengths_nm[1, 2], 0.6, weather=WEATHER, site=SITE)
    assert lift[1, 1, 2] == single


def test_vapour_pressure_at_saturation_is_that_of_the_tables():
    # 23.4 hPa over water at 20 deg C, 6.11 at 0 deg C (CRC Handbook of Chemistry and Physics).
    assert water_vapour_pressure_hpa(20.0, 100.0) == pytest.approx(23.4, abs=0.05)
    assert water_vapour_pressure_hpa(0.0, 100.0) == pytest.approx(6.11, rel=0.02)


@pytest.mark.parametrize("temperature_c", [-30.0, 0.0, 25.0])
def test_vapour_pressure_grows_with_humidity_from_zero(temperature_c):
    humidities = [0.0, 1e-9, *np.linspace(0.1, 100, 200)]
    pressures = [water_vapour_pressure_hpa(temperature_c, h) for h in humidities]
    assert pressures[0] == 0
    assert np.all(np.diff(pressures) >= 0)


def test_the_standard_atmosphere_says_that_it_is_assumed():
    weather = standard_atmosphere(2663.0)
    assert weather.assumed
    assert weather.temperature_c == pytest.approx(1.69, abs=0.01)
    assert weather.pressure_pa == pytest.approx(72771, abs=1)
    assert standard_atmosphere(0.0).pressure_pa == 101325


@pytest.mark.parametrize("wavelength_nm", [230.1, 2058.7, 4.8e-7, float("nan"), [500.0, 4800.0]])
def test_a_wavelength_outside_the_formula_is_an_error(wavelength_nm):
    with pytest.raises(ValueError, match=r"wavelength must be from 230\.2 to 2058\.6 nm.*got"):
        refraction_arcsec(wavelength_nm, 0.5, weather=WEATHER, site=SITE)


@pytest.mark.parametrize("zenith_deg", [90.0, 91.0, -1.0, float("nan")])
def test_a_zenith_angle_at_or_below_the_horizon_is_an_error(zenith_deg):
    with pytest.raises(ValueError, match=r"zenith angle must be .* less than 90 deg.*got"):
        refraction_arcsec(500.0, math.radians(zenith_deg), weather=WEATHER, site=SITE)


@pytest.mark.parametrize(
    ("reading", "sentence"),
    [
        ({"humidity_percent": -1.0}, r"humidity must be from 0 to 100 %; got -1 %"),
        ({"humidity_percent": 101.0}, r"humidity must be from 0 to 100 %; got 101 %"),
        ({"humidity_percent": float("nan")}, r"humidity must be .*; got nan"),
        ({"pressure_pa": 0.0}, r"air pressure must be more than 0 Pa; got 0 Pa"),
        ({"pressure_pa": float("nan")}, r"air pressure must be more than 0 Pa; got nan"),
        ({"temperature_c": 283.0}, r"air temperature must be from -100 to 60 deg C; got 283"),
    ],
)
def test_impossible_weather_is_an_error_that_says_what_is_wrong(reading, sentence):
    with pytest.raises(ValueError, match=sentence):
        refraction_at(1.5, 500.0, weather=dataclasses.replace(WEATHER, **reading))
