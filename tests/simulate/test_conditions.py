"""Tables of the circumstances of visits."""

import math

import numpy as np
import pytest

from dcrviz.records import Site, Weather
from dcrviz.simulate.conditions import CTIO, RUBIN, condition_names, read_conditions


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "nights.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("name", "count", "airmass"),
    # Counts and ranges as published with the tables: HiTS 2015 and DMTN-121.
    [
        ("hits2015", 84, (1.09, 1.92)),
        ("dmtn121-template", 8, (1.018, 1.952)),
        ("dmtn121-science", 24, (1.032, 1.944)),
    ],
)
def test_a_bundled_table_is_read_by_its_name(name, count, airmass):
    visits = read_conditions(name)
    assert len({visit.id for visit in visits}) == count
    found = [visit.airmass for visit in visits]
    assert airmass[0] <= min(found)
    assert max(found) <= airmass[1]


def test_every_bundled_table_has_all_that_a_simulation_needs():
    for name in condition_names():
        for visit in read_conditions(name):
            needed = (visit.zenith_rad, visit.parallactic_rad, visit.site, visit.psf_fwhm_px)
            assert None not in needed


def test_the_hits_visits_know_when_and_how_long():
    visit = read_conditions("hits2015")[0]
    assert (visit.id, visit.filter, visit.time) == (410915, "g", "2015-02-17T03:23:17.400")
    assert (visit.exposure_s, visit.site) == (86.0, CTIO)


def test_the_zenith_angle_fits_the_airmass():
    for visit in read_conditions("hits2015"):
        assert 1 / math.cos(visit.zenith_rad) == pytest.approx(visit.airmass)


def test_the_visits_of_the_note_have_the_zenith_to_the_north_or_south():
    angles = {round(math.degrees(v.parallactic_rad)) for v in read_conditions("dmtn121-science")}
    assert angles == {0, 180}


def test_the_site_of_the_note_is_that_of_rubin():
    assert read_conditions("dmtn121-template")[0].site == RUBIN


def test_the_seeing_is_given_in_pixels_of_the_scene():
    visits = read_conditions("dmtn121-template", pixel_scale_arcsec=0.1)
    assert visits[0].psf_fwhm_px == pytest.approx(8.76)


def test_a_table_without_seeing_takes_the_given_one():
    visits = read_conditions("hits2015", seeing_arcsec=0.9)
    assert {visit.psf_fwhm_px for visit in visits} == {0.9 / 0.2}


def test_site_and_weather_are_those_given():
    site = Site(longitude_deg=0.0, latitude_deg=30.0, height_m=0.0)
    weather = Weather(temperature_c=5.0, pressure_pa=9e4, humidity_percent=10.0)
    visit = read_conditions("hits2015", site=site, weather=weather)[0]
    assert (visit.site, visit.weather) == (site, weather)


def test_the_hits_parallactic_angles_are_those_of_their_hour_angles(write):
    rows = read_conditions("hits2015")
    text = "exposure,airmass,hour_angle_h,dec_deg\n410915,1.2920,-1.5540,2.209949\n"
    computed = read_conditions(write(text))[0].parallactic_rad
    # The table's angles are of apparent places and its time; they differ by some arcminutes.
    assert math.degrees(computed) == pytest.approx(math.degrees(rows[0].parallactic_rad), abs=0.5)


def test_a_visit_may_be_called_by_a_word(write):
    visits = read_conditions(write("id,airmass,parallactic_deg,fwhm_arcsec\nfirst,1.2,30,0.8\n"))
    assert visits[0].id == "first"
    np.testing.assert_allclose(visits[0].parallactic_rad, math.radians(30))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("airmass,parallactic_deg\n1.2,30\n", r"line 2: a column must be one of visit, exposure"),
        ("visit,parallactic_deg\n1,30\n", "line 2: column airmass must have a number; got none"),
        ("visit,airmass\n1,1.2\n", "column parallactic_deg must have a number; got none"),
        ("visit,airmass,parallactic_deg\n1,1.2,3\n2,x,3\n", r"line 3: column airmass .* got 'x'"),
        (
            "visit,airmass,parallactic_deg\n1,nan,3\n",
            "column airmass must have a number; got 'nan'",
        ),
        ("visit,airmass,parallactic_deg\n1,0.5,3\n", "line 2: airmass must be 1 or more; got 0.5"),
    ],
)
def test_a_bad_row_is_named(write, text, message):
    with pytest.raises(ValueError, match=rf"conditions nights\.csv, {message}|{message}"):
        read_conditions(write(text))


def test_a_table_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match=r"one of hits2015, dmtn121-template, .*; got 'nights'"):
        read_conditions("nights")
