"""Where a target stands through a night."""

import math
from dataclasses import replace

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers

from dcrviz import Site
from dcrviz.diagnostics.night import night_of, path_of, target_of
from dcrviz.simulate import RUBIN

TARGET = {"ra_deg": 150.12, "dec_deg": 2.21}
SPITSBERGEN = Site(longitude_deg=20, latitude_deg=78, height_m=0)


def wrapped(degrees):
    return (degrees + 180) % 360 - 180


def test_a_night_is_where_astropy_finds_the_target():
    night = night_of("2015-02-17", site=RUBIN, step_min=45, **TARGET)
    location = EarthLocation.from_geodetic(
        RUBIN.longitude_deg * units.deg, RUBIN.latitude_deg * units.deg, RUBIN.height_m * units.m
    )
    target = SkyCoord(*(value * units.deg for value in TARGET.values()))
    with iers.conf.set_temp("auto_download", False):
        frame = AltAz(obstime=Time(list(night.times)), location=location)
        altitude = target.transform_to(frame).alt.deg
        number = len(night.times)
        zenith = SkyCoord(
            np.zeros(number) * units.deg, np.full(number, 90) * units.deg, frame=frame
        )
        angle = target.position_angle(zenith.icrs).deg
    # Nutation, aberration and UT1 - UTC are left out: an arcminute.
    np.testing.assert_allclose(np.degrees(night.altitude_rad), altitude, atol=1 / 60)
    off = wrapped(np.degrees(night.parallactic_rad) - angle)
    np.testing.assert_allclose(off, 0, atol=2 / 60)


def test_a_night_is_dark_and_its_times_are_told():
    night = night_of("2015-02-17", site=RUBIN, step_min=30, **TARGET)
    assert night.times[0] > "2015-02-18 00:30"
    assert night.times[-1] < "2015-02-18 09:30"
    assert night.sentence(2).endswith("UTC: the Sun is 18 deg below the horizon.")
    longer = night_of("2015-02-17", site=RUBIN, step_min=30, sun_below_deg=6, **TARGET)
    assert set(night.times) < set(longer.times)


@pytest.mark.parametrize("turns", [-360, 360])
def test_a_longitude_may_be_counted_around_the_earth(turns):
    around = replace(RUBIN, longitude_deg=RUBIN.longitude_deg + turns)
    night, other = (
        night_of("2026-12-01", site=site, step_min=30, **TARGET) for site in (RUBIN, around)
    )
    assert night.times == other.times
    np.testing.assert_allclose(night.altitude_rad, other.altitude_rad, atol=1e-9)


def test_where_it_does_not_get_dark_there_is_no_time():
    night = night_of("2025-06-20", ra_deg=150, dec_deg=60, site=SPITSBERGEN)
    assert night.times == ()
    assert night.sentence().startswith("It does not get dark in the night of 2025-06-20")
    assert night.below(2).size == 0


def test_in_the_polar_night_a_circumpolar_target_is_up_all_the_time():
    night = night_of("2025-12-20", ra_deg=150, dec_deg=60, site=SPITSBERGEN, step_min=60)
    assert night.below(2).all()
    assert night.sentence().startswith("The target is within airmass 2 all the time.")


def test_a_night_of_years_to_come_needs_no_table_and_no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("asked for a table")

    monkeypatch.setattr(iers.IERS_Auto, "open", classmethod(refuse))
    site = Site(longitude_deg=-70.7, latitude_deg=-30.2, height_m=2600)
    assert len(night_of("2045-03-01", ra_deg=150, dec_deg=2, site=site).times) > 20


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"date": "17.2.2015"}, "date must be YYYY-MM-DD; got '17.2.2015'"),
        ({"date": "2015-02-30"}, "date must be a day of the calendar; got '2015-02-30'"),
        ({"step_min": 0}, "step_min must be above 0 and at most a day; got 0"),
        ({"dec_deg": 91}, "declination must be from -90 to 90 deg; got 91"),
    ],
)
def test_an_impossible_night_is_refused(change, message):
    asked = {"date": "2015-02-17", "site": RUBIN, **TARGET, **change}
    with pytest.raises(ValueError, match=message):
        night_of(asked.pop("date"), **asked)


def test_on_the_meridian_a_target_is_highest_and_the_zenith_north_or_south():
    path = path_of(np.array([-3.0, 0, 3.0]), dec_deg=2.0, site=RUBIN)
    assert np.degrees(path.altitude_rad[1]) == pytest.approx(90 - 32.2446, abs=1e-3)
    assert path.altitude_rad[0] == pytest.approx(path.altitude_rad[2])
    assert abs(math.degrees(path.parallactic_rad[1])) == pytest.approx(180)
    assert path.parallactic_rad[2] == pytest.approx(-path.parallactic_rad[0])


def test_a_target_through_the_zenith_reaches_airmass_1():
    path = path_of(np.array([0.0]), dec_deg=RUBIN.latitude_deg, site=RUBIN)
    assert path.below(1.0).all()


def test_a_circumpolar_target_is_above_the_horizon_at_all_hours():
    path = path_of(np.arange(24.0), dec_deg=-85, site=RUBIN)
    assert (path.altitude_rad > 0).all()
    assert path.below(3).all()


@pytest.mark.parametrize(
    ("dec_deg", "reason"),
    [
        (80.0, "A target at declination 80 deg never rises at latitude -30.2446 deg."),
        (40.0, "never comes within airmass 2 at this site: at its highest it stands at 2.96"),
    ],
)
def test_what_can_not_be_seen_is_told_with_the_reason(dec_deg, reason):
    path = path_of(np.arange(24.0), dec_deg=dec_deg, site=RUBIN)
    assert not path.below(2).any()
    assert reason in path.sentence(2)


def test_hours_at_which_a_target_is_low_are_told_from_one_that_never_rises():
    path = path_of(np.array([11.0, 12.0]), dec_deg=0, site=RUBIN)
    assert path.sentence(2) == "The target is not within airmass 2 at any of these times."


def test_an_impossible_limit_is_refused():
    path = path_of(np.zeros(1), dec_deg=0, site=RUBIN)
    with pytest.raises(ValueError, match=r"airmass_limit must be 1 or more; got 0.9"):
        path.below(0.9)


def test_the_target_is_the_middle_of_the_field(plain):
    problem, _ = plain
    ra, dec = target_of(problem)
    x, y = problem.wcs.world_to_pixel_values(ra, dec)
    height, width = problem.shape
    assert (float(x), float(y)) == pytest.approx(((width - 1) / 2, (height - 1) / 2), abs=1e-3)
