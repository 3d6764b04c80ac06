"""From headers and tables to the circumstances of a visit."""

import logging
import math

import pytest

from dcrviz.bands import Band
from dcrviz.io import read_exposure, read_exposures
from dcrviz.io.keywords import Keywords, sexagesimal
from dcrviz.io.site import CTIO, read_site, read_weather
from dcrviz.io.visit_info import with_fwhm

HEADER_HOUR_ANGLE_DEG = 280.0 - 70.806525 - 150.12


@pytest.fixture
def visit_of(lsst_file, visit_keys):
    """The visit of a file whose header lacks some keys and has others, with a row of a table."""

    def read(*, without=(), band=None, row=None, **keys):
        kept = {key: value for key, value in visit_keys.items() if key not in without}
        path = lsst_file(visit=kept | keys)
        table = path.with_name("visits.csv")
        if row is not None:
            columns = {"file": path.name} | row
            lines = [",".join(map(str, line)) for line in (columns.keys(), columns.values())]
            table.write_text("\n".join(lines))
        return read_exposure(path, band=band).visit

    return read


def parallactic_deg(hour_angle_deg, *, dec_deg=2.21, latitude_deg=-30.169661):
    h, dec, latitude = (math.radians(angle) for angle in (hour_angle_deg, dec_deg, latitude_deg))
    return math.degrees(
        math.atan2(math.sin(h), math.cos(dec) * math.tan(latitude) - math.sin(dec) * math.cos(h))
    )


def test_a_complete_header_misses_nothing(visit_of):
    visit = visit_of()
    assert visit.missing == ()
    assert (visit.id, visit.instrument, visit.filter) == (411021, "simCam", "g")
    assert (visit.time, visit.exposure_s) == ("2015-02-17T07:05:23.795", 86.0)
    assert visit.psf_fwhm_px == 3.5
    assert (visit.site.longitude_deg, visit.site.height_m) == (-70.806525, 2241.0)
    assert (visit.weather.temperature_c, visit.weather.humidity_percent) == (10.0, 40.7)


def test_an_empty_header_misses_everything_and_is_still_read(lsst_file):
    visit = read_exposure(lsst_file(visit={}, grid={})).visit
    assert [text.split(" (")[0] for text in visit.missing] == [
        "WCS",
        "airmass",
        "parallactic angle",
        "site",
        "weather",
        "band",
        "seeing",
        "time",
        "exposure time",
    ]


@pytest.mark.parametrize("key", ["IDNUM", "EXPNUM", "EXPID", "VISIT"])
def test_the_id_is_under_any_of_four_keys(visit_of, key):
    assert visit_of(without=("IDNUM",), **{key: 17}).id == 17


def test_without_an_id_the_file_gives_its_name(visit_of):
    assert visit_of(without=("IDNUM",)).id == "warp"


def test_an_id_of_zero_is_none(visit_of):
    assert visit_of(IDNUM=0, VISIT="a7").id == "a7"


def test_the_zenith_angle_comes_from_the_altitude_first(visit_of):
    visit = visit_of(**{"BORE-ALT": 30.0})
    assert (visit.airmass, math.degrees(visit.zenith_rad)) == (1.41, pytest.approx(60))


def test_the_zenith_distance_stands_in_for_the_altitude(visit_of):
    assert visit_of(without=("BORE-ALT",), ZD=50.0).zenith_rad == pytest.approx(math.radians(50))


def test_the_altitude_alone_gives_the_airmass(visit_of):
    assert visit_of(without=("BORE-AIRMASS",), **{"BORE-ALT": 30.0}).airmass == pytest.approx(2)


def test_the_airmass_alone_gives_the_zenith_angle(visit_of):
    visit = visit_of(without=("BORE-ALT", "BORE-AIRMASS"), AIRMASS=2.0)
    assert math.degrees(visit.zenith_rad) == pytest.approx(60)


@pytest.mark.parametrize("airmass", [0.0, -1.0, 0.5, "NaN", "", "unknown", True])
def test_an_airmass_that_can_not_be_is_absent(visit_of, airmass):
    visit = visit_of(without=("BORE-ALT", "BORE-AIRMASS"), AIRMASS=airmass)
    assert (visit.airmass, visit.zenith_rad) == (None, None)
    assert visit.missing[0].startswith("airmass (BORE-AIRMASS, BORE-ALT, AIRMASS or ZD in the")


def test_an_airmass_just_below_one_is_one(visit_of):
    """Formulas other than the secant give 0.9997 at the zenith."""
    assert visit_of(without=("BORE-ALT",), **{"BORE-AIRMASS": 0.9997}).airmass == 1.0


def test_an_altitude_beyond_the_zenith_is_absent(visit_of):
    visit = visit_of(**{"BORE-ALT": 91.0})
    assert math.cos(visit.zenith_rad) == pytest.approx(1 / 1.41)


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({"BORE-ALT": -3.0}, "93, from BORE-ALT -3"),
        ({"BORE-ALT": 0.0}, "90, from BORE-ALT 0"),
        ({"ZD": 90.0}, "ZD 90"),
    ],
)
def test_a_field_that_has_set_is_an_error_that_names_the_file(visit_of, keys, found):
    without = () if "BORE-ALT" in keys else ("BORE-ALT",)
    with pytest.raises(
        ValueError, match=rf"warp\.fits: zenith angle must be below 90 deg; got {found}"
    ):
        visit_of(without=without, **keys)


def test_a_table_overrules_a_header_whose_field_has_set(visit_of):
    assert visit_of(row={"airmass": 1.5}, **{"BORE-ALT": -3.0}).airmass == 1.5


def test_a_band_where_refraction_is_not_known_is_an_error_that_names_the_file(visit_of):
    keys = {"DCR BAND": "far", "DCR BAND EFF": 2000, "DCR BAND MIN": 1900, "DCR BAND MAX": 2100}
    with pytest.raises(
        ValueError, match=r"warp\.fits: band far: wavelengths must be from 230\.2 to 2058\.6 nm"
    ):
        visit_of(**keys)


def test_rotation_angle_and_boresight_give_the_parallactic_angle(visit_of):
    expected = parallactic_deg(HEADER_HOUR_ANGLE_DEG)
    assert math.degrees(visit_of().parallactic_rad) == pytest.approx(expected, abs=1e-9)


def test_without_them_the_hour_angle_does(visit_of):
    visit = visit_of(without=("AVG-ERA",), HA="-01:33:14.400")
    expected = parallactic_deg(-15 * (1 + 33 / 60 + 14.4 / 3600))
    assert math.degrees(visit.parallactic_rad) == pytest.approx(expected, abs=1e-9)


def test_without_a_pointing_the_declination_is_the_images(visit_of, sky_keys):
    visit = visit_of(without=("AVG-ERA", "BORE-DEC"), HA="1:00:00")
    expected = parallactic_deg(15, dec_deg=sky_keys["CRVAL2"])
    assert math.degrees(visit.parallactic_rad) == pytest.approx(expected, abs=1e-9)


def test_a_parallactic_angle_in_the_header_wins_over_what_follows_from_time(visit_of):
    assert visit_of(**{"DCR PARANG": 12.5}).parallactic_rad == math.radians(12.5)


def test_without_a_site_there_is_no_parallactic_angle(visit_of):
    visit = visit_of(without=("OBS-LAT",))
    assert visit.site is None
    assert visit.parallactic_rad is None


@pytest.mark.parametrize(
    "keys",
    [{"INSTRUMENT": "DECam"}, {"INSTRUME": "decam"}, {"FILTER": "i DECam SDSS c0003"}],
    ids=str,
)
def test_decam_without_a_site_stands_on_cerro_tololo(keys):
    assert read_site(Keywords(keys)) == CTIO


@pytest.mark.parametrize("key", ["AIRTEMP", "AIRPRESS", "HUMIDITY"])
def test_the_weather_needs_all_three_readings(visit_of, key):
    visit = visit_of(without=(key,))
    assert visit.weather is None
    assert any(text.startswith("weather (AIRTEMP") for text in visit.missing)


@pytest.mark.parametrize(
    "change", [{"AIRPRESS": 0.0}, {"AIRPRESS": 769.0}, {"HUMIDITY": 150.0}, {"AIRTEMP": 283.0}]
)
def test_weather_that_can_not_be_is_absent(visit_keys, change):
    assert read_weather(Keywords(visit_keys)) is not None
    assert read_weather(Keywords(visit_keys | change)) is None


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("g", Band.lsst("g")),
        ("HSC-G", Band.lsst("g")),
        ("HSC-I2", Band.lsst("i")),
        ("lsst_g", Band.lsst("g")),
        ("g_sim_1.4", Band.lsst("g")),
        ("r_57", Band.lsst("r")),
        ("decam-z", Band.decam("z")),
        ("g DECam SDSS c0001 4720.0 1520.0", Band.decam("g")),
        ("Y DECam c0005 10095.0 1130.0", Band.decam("Y")),
        ("VR DECam c0007 6300.0 2600.0", Band.decam("VR")),
        ("N964 DECam c0008 9645.0 94.0", None),
        ("_unknown_", None),
        ("NB0816", None),
        ("g-r", None),
        ("", None),
    ],
)
def test_the_filter_names_the_band(visit_of, text, band):
    visit = visit_of(FILTER=text)
    assert (visit.band, visit.filter) == (band, text)


def test_the_band_given_wins_over_the_filter(visit_of):
    visit = visit_of(band=Band.decam("g"))
    assert (visit.band, visit.filter) == (Band.decam("g"), "g")


def test_a_band_far_from_the_filter_is_told_once(lsst_file, visit_keys, caplog):
    keys = visit_keys | {"FILTER": "g"}
    paths = [lsst_file(name, visit=keys) for name in ("one.fits", "two.fits")]
    with caplog.at_level(logging.WARNING):
        read_exposures(paths, band=Band.decam("g"))
        assert not caplog.messages
        read_exposures(paths, band=Band.lsst("r"))
    assert caplog.messages == [
        "band lsst-r (552 to 691 nm) is used, as it was given, for exposures with filter 'g', "
        "which is lsst-g"
    ]


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        ({"airmass": 2}, "airmass", 2),
        ({"airmass": 2}, "zenith_rad", pytest.approx(math.radians(60))),
        ({"zenith_deg": 60}, "airmass", pytest.approx(2)),
        ({"parallactic_deg": 30}, "parallactic_rad", math.radians(30)),
        ({"parallactic_deg_assumed": 30}, "parallactic_rad", math.radians(30)),
        ({"hour_angle_h": 2}, "parallactic_rad", pytest.approx(math.radians(parallactic_deg(30)))),
        ({"fwhm_px": 5}, "psf_fwhm_px", 5),
        ({"seeing_arcsec": 0.99}, "psf_fwhm_px", pytest.approx(5.0, rel=1e-3)),
        ({"weight": 0.25}, "weight", 0.25),
        ({"scale": 1.5}, "scale", 1.5),
        ({"band": "decam-r"}, "band", Band.decam("r")),
        ({"filter": "r"}, "filter", "r"),
        ({"time": "2020-01-01"}, "time", "2020-01-01"),
        ({"airmass": ""}, "airmass", 1.41),
        ({"moon": "full"}, "airmass", 1.41),
    ],
    ids=str,
)
def test_what_a_table_says_wins_over_the_header(visit_of, row, field, value):
    assert getattr(visit_of(row=row), field) == value


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"airmass": "high"}, "column airmass: must be a number of 1 or more; got 'high'"),
        ({"airmass": "0.5"}, "column airmass: must be a number of 1 or more; got '0.5'"),
        (
            {"zenith_deg": "90"},
            "column zenith_deg: must be a number of 0 or more, at most 89.9; got '90'",
        ),
        ({"parallactic_deg": "nan"}, "column parallactic_deg: must be a number; got 'nan'"),
        ({"fwhm_px": "-1"}, "column fwhm_px: must be a number above 0; got '-1'"),
        ({"scale": "0"}, "column scale: must be a number above 0; got '0'"),
        ({"weight": "-1"}, "column weight: must be a number of 0 or more; got '-1'"),
    ],
    ids=str,
)
def test_a_value_that_can_not_be_in_a_table_is_an_error(visit_of, row, message):
    with pytest.raises(ValueError, match=rf"visits\.csv, row 1, {message}"):
        visit_of(row=row)


@pytest.mark.parametrize(
    ("text", "value"),
    [("-00:05:47.470", -347.47 / 3600), ("+1 30", 1.5), ("12", 12.0), ("a:b", None), ("", None)],
)
def test_sexagesimal_numbers_keep_the_sign_of_a_zero(text, value):
    assert sexagesimal(text) == (None if value is None else pytest.approx(value))


def test_a_visit_whose_seeing_was_found_misses_it_no_more(visit_of):
    silent = visit_of(without=("FWHM", "AIRTEMP"))
    assert any(sentence.startswith("seeing (FWHM") for sentence in silent.missing)
    found = with_fwhm(silent, 4.2)
    assert found.psf_fwhm_px == 4.2
    assert not any(sentence.startswith("seeing") for sentence in found.missing)
    assert any(sentence.startswith("weather") for sentence in found.missing)
    assert with_fwhm(silent, None).missing == silent.missing
