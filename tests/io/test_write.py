"""Exposures written in LSST's layout."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from dcrviz.bands import Band
from dcrviz.io import read_exposure, visit_header, write_exposure, write_template
from dcrviz.physics.seeing import star_image
from dcrviz.psf import Psf
from dcrviz.records import Coadd, Site, Visit, Weather

PLANES = {"BAD": 2, "DETECTED_NEGATIVE": 6, "NO_DATA": 30}
VISIT = Visit(
    id=410915,
    band=Band(name="odd", effective_nm=476.31, min_nm=405.0, max_nm=552.0),
    filter="odd filter",
    instrument="simCam",
    airmass=1.292,
    zenith_rad=0.6856,
    parallactic_rad=-2.5707,
    site=Site(longitude_deg=-70.8, latitude_deg=-30.2, height_m=2241.0),
    weather=Weather(temperature_c=10.0, pressure_pa=78000.0, humidity_percent=40.0),
    time="2015-02-17T03:23:17.400",
    exposure_s=86.0,
    psf_fwhm_px=3.456789,
    weight=0.7,
    scale=1.1,
)


@pytest.fixture
def parts(pixels, sky_keys):
    return {
        "image": pixels.image,
        "mask": pixels.mask,
        "variance": pixels.variance,
        "planes": PLANES,
        "wcs": WCS(fits.Header(sky_keys)),
        "xy0": (100, -20),
    }


def test_what_was_written_is_read_again(tmp_path, parts):
    exposure = read_exposure(write_exposure(tmp_path / "out.fits", **parts))
    for name in ("image", "mask", "variance"):
        np.testing.assert_array_equal(np.asarray(getattr(exposure, name)), parts[name])
    assert dict(exposure.planes) == PLANES
    assert exposure.xy0 == (100, -20)
    sky = parts["wcs"].all_pix2world([0, 7], [0, 5], 0)
    np.testing.assert_array_equal(exposure.wcs.all_pix2world([0, 7], [0, 5], 0), sky)


def test_the_image_of_a_star_is_read_again(tmp_path, parts):
    star = star_image(3.5, psf=Psf(profile="gaussian"), reach_px=7)
    exposure = read_exposure(write_exposure(tmp_path / "out.fits", **parts, psf=star))
    np.testing.assert_array_equal(exposure.psf, star)
    assert read_exposure(write_exposure(tmp_path / "none.fits", **parts)).psf is None


def test_the_layout_is_lssts(tmp_path, parts):
    with fits.open(write_exposure(tmp_path / "out.fits", **parts)) as file:
        assert [hdu.name for hdu in file] == ["PRIMARY", "IMAGE", "MASK", "VARIANCE"]
        assert [hdu.header["BITPIX"] for hdu in file[1:]] == [-32, 32, -32]
        assert file[0].data is None
        for hdu in file[1:]:
            assert (hdu.header["EXTTYPE"], hdu.header["INHERIT"]) == (hdu.name, True)
            assert (hdu.header["LTV1"], hdu.header["CRVAL1A"]) == (-100, 100)
            assert WCS(hdu.header).has_celestial
        assert file["MASK"].header["MP_DETECTED_NEGATIVE"] == 6
        file.verify("exception")


def test_units_are_those_of_the_image_and_their_square(tmp_path, parts):
    with fits.open(write_exposure(tmp_path / "a.fits", **parts, header={"BUNIT": "nJy"})) as file:
        assert [file[n].header.get("BUNIT") for n in (0, 1, 3)] == [None, "nJy", "nJy**2"]
    path = write_exposure(tmp_path / "b.fits", **parts, header={"BUNIT": "adu/s"})
    assert fits.getval(path, "BUNIT", extname="VARIANCE") == "(adu/s)**2"


def test_any_key_can_be_kept_in_the_primary_header(tmp_path, parts):
    keys = {
        "SHORT": 1,
        "A-LONG-KEY": 2.5,
        "with blank": "text",
        "NOTED": (True, "a comment"),
        "TOO-LONG-A-KEY": (1, 20 * "talk "),
        "NONE": None,
        "NAN": np.nan,
        "ACCENT": "caf\u00e9",
        "NAXIS": 7,
    }
    header = fits.getheader(write_exposure(tmp_path / "out.fits", **parts, header=keys))
    assert [header[key] for key in ("SHORT", "A-LONG-KEY", "with blank")] == [1, 2.5, "text"]
    assert (header["NOTED"], header.comments["NOTED"]) == (True, "a comment")
    assert (header["ACCENT"], header["NAXIS"]) == ("caf\\xe9", 0)
    assert "NONE" not in header
    assert "NAN" not in header


def test_a_visit_survives_the_round_trip(tmp_path, parts):
    path = write_exposure(tmp_path / "out.fits", **parts, header=visit_header(VISIT))
    visit = read_exposure(path).visit
    assert visit.missing == ()
    for field in VISIT.__slots__:
        expected = getattr(VISIT, field)
        if isinstance(expected, float):
            expected = pytest.approx(expected, rel=1e-13)
        assert getattr(visit, field) == expected


def test_a_visit_that_knows_nothing_survives_it_too(tmp_path, parts):
    path = write_exposure(tmp_path / "out.fits", **parts, header=visit_header(Visit(id="a 7")))
    visit = read_exposure(path).visit
    assert visit.id == "a 7"
    assert (visit.airmass, visit.parallactic_rad, visit.site, visit.band) == (None,) * 4


def test_an_assumed_atmosphere_is_not_written_as_a_reading():
    weather = Weather(temperature_c=4.0, pressure_pa=8e4, humidity_percent=40.0, assumed=True)
    assert "AIRTEMP" not in visit_header(Visit(id=1, weather=weather))


def test_a_template_is_written_like_an_exposure_that_is_no_visit(tmp_path, parts):
    grid = {"wcs": parts.pop("wcs"), "xy0": parts.pop("xy0")}
    template = write_template(tmp_path / "template.fits", Coadd(**parts), **grid)
    header = {"DCR TEMPLATE": (True, "no visit")}
    exposure = write_exposure(tmp_path / "exposure.fits", **parts, **grid, header=header)
    assert template.read_bytes() == exposure.read_bytes()


def test_a_file_that_is_there_is_replaced(tmp_path, parts):
    path = tmp_path / "out.fits"
    path.write_text("something else")
    assert read_exposure(write_exposure(path, **parts)).shape == (6, 8)


def test_the_folder_is_made(tmp_path, parts):
    assert write_exposure(tmp_path / "new" / "deep" / "out.fits", **parts).is_file()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mask": np.zeros((3, 3), np.int32)}, r"mask must have .*shape \(6, 8\); got \(3, 3\)"),
        ({"image": np.zeros(3, np.float32)}, r"image must have two axes .*; got \(3,\)"),
        ({"planes": {"bad": 1}}, "names in capitals and bits from 0 to 30; got 'bad': 1"),
        ({"planes": {"BAD": 31}}, "names in capitals and bits from 0 to 30; got 'BAD': 31"),
    ],
    ids=["mask", "image", "name", "bit"],
)
def test_what_the_layout_can_not_hold_is_refused(tmp_path, parts, change, message):
    with pytest.raises(ValueError, match=message):
        write_exposure(tmp_path / "out.fits", **(parts | change))
    assert list(tmp_path.iterdir()) == []
