"""Genuine files and a published list of visits, where they are."""

import csv

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from dcrviz.io import read_exposure, read_exposures, write_exposure
from dcrviz.io.archive import archived_visit
from dcrviz.io.scan import scan


@pytest.fixture(scope="module")
def real(shared):
    return shared / "data" / "real"


@pytest.fixture(scope="module")
def hsc(real):
    return read_exposure(real / "lsst_files" / "HSC-0908120-056-small.fits")


@pytest.fixture(scope="module")
def visits(shared):
    """The published list of visits, by exposure."""
    with (shared / "data" / "conditions" / "hits2015_decam_g_visits.csv").open() as stream:
        return {int(row["exposure"]): row for row in csv.DictReader(stream)}


@pytest.fixture(scope="module")
def warps(shared, visits, tmp_path_factory):
    """A rendered field as LSST Exposures whose headers hold time and place, and no angle."""
    folder = tmp_path_factory.mktemp("warps")
    with np.load(shared / "data" / "galsim" / "hits_g_fixed.npz") as field:
        for image, variance, exposure in zip(
            field["images"], field["variance"], field["exposure"], strict=True
        ):
            write_exposure(
                folder / f"{exposure}.fits",
                image=image,
                mask=np.zeros(image.shape, np.int32),
                variance=variance,
                planes={"DETECTED": 5},
                wcs=None,
                header=lsst_keys(visits[int(exposure)]),
            )
    return folder


def lsst_keys(row):
    longitude, right_ascension = -70.806525, float(row["ra_deg"])
    return {
        "IDNUM": int(row["exposure"]),
        "AVG-ERA": 15 * float(row["hour_angle_h"]) + right_ascension - longitude,
        "BORE-RA": right_ascension,
        "BORE-DEC": float(row["dec_deg"]),
        "BORE-AIRMASS": float(row["airmass"]),
        "OBS-LONG": longitude,
        "OBS-LAT": -30.169661,
        "OBS-ELEV": 2241.0,
    }


def test_an_older_lsst_exposure_has_its_planes_by_name(hsc):
    assert hsc.planes["NO_DATA"] == 9
    assert hsc.planes["UNMASKEDNAN"] == 10
    assert hsc.shape == (200, 200)
    assert hsc.xy0 == (100, 100)


def test_an_older_lsst_exposure_has_astropys_pixels(hsc):
    with fits.open(hsc.source) as file:
        for index, plane in enumerate((hsc.image, hsc.mask, hsc.variance), start=1):
            np.testing.assert_array_equal(np.asarray(plane), file[index].data)
            np.testing.assert_array_equal(plane[50:60, 3:9], file[index].data[50:60, 3:9])


def test_an_older_lsst_exposure_has_astropys_wcs(hsc):
    expected = WCS(fits.getheader(hsc.source, 1))
    corners = ([0, 199, 0, 199], [0, 0, 199, 199], 0)
    np.testing.assert_array_equal(hsc.wcs.all_pix2world(*corners), expected.all_pix2world(*corners))


def test_an_empty_visit_record_names_what_it_misses(hsc):
    missing = " ".join(hsc.visit.missing)
    for key in ("BORE-AIRMASS", "AVG-ERA", "OBS-LONG", "AIRTEMP", "FILTER", "FWHM", "EXPTIME"):
        assert key in missing
    assert hsc.visit.filter == "_unknown_"


def test_a_visit_record_in_an_archive_is_read_in_degrees(real):
    keys = archived_visit(scan(real / "lsst_files" / "visitInfo-version-5.fits"))
    assert (keys["EXPTIME"], keys["BORE-AIRMASS"], keys["IDNUM"]) == (10.01, 1.73, 987654)
    assert keys["INSTRUMENT"] == "TestCameraOne"
    assert keys["AVG-ERA"] == pytest.approx(45.1)
    assert (keys["OBS-LAT"], keys["OBS-LONG"]) == pytest.approx((22.2, 11.1))


def test_a_file_that_is_only_an_archive_holds_no_exposure(real):
    with pytest.raises(
        ValueError, match=r"version-5\.fits: must be .*; got 0 - \(no data\), 1 ARCH"
    ):
        read_exposure(real / "lsst_files" / "visitInfo-version-5.fits")


def test_decam_triples_become_exposures_and_tables_of_psfs_are_passed_over(real):
    exposures = read_exposures(real / "decam_g_pair")
    assert [exposure.visit.id for exposure in exposures] == [634850, 725257]
    assert [exposure.visit.airmass for exposure in exposures] == [1.77, 1.81]
    assert {exposure.visit.band.name for exposure in exposures} == {"decam-g"}
    assert all(exposure.visit.missing == () for exposure in exposures)


def test_a_decam_triple_flags_where_it_has_no_weight(real):
    exposure = read_exposures(real / "decam_g_pair")[1]
    with fits.open(exposure.source.replace("_ooi_", "_oow_")) as file:
        weight = file[1].data.astype(np.float32)
    no_data = (np.asarray(exposure.mask) >> exposure.planes["NO_DATA"] & 1).astype(bool)
    np.testing.assert_array_equal(no_data, weight <= 0)
    np.testing.assert_allclose(np.asarray(exposure.variance)[~no_data] * weight[~no_data], 1, 1e-6)


def test_the_noise_of_a_decam_image_is_that_of_its_weight(real):
    for exposure in read_exposures(real / "decam_g_pair"):
        image = np.asarray(exposure.image)
        noise = 1.4826 * np.median(abs(image - np.median(image)))
        assert noise == pytest.approx(np.sqrt(np.median(exposure.variance)), rel=0.1)


def test_the_hour_angle_agrees_with_the_azimuth(real):
    """The zenith and the pole see the star under angles with sin q = -sin(Az) cos(lat)/cos(dec)."""
    for exposure in read_exposures(real / "decam_g_pair"):
        header = fits.getheader(exposure.source)
        dec = float(header["TELDEC"][:2]) + float(header["TELDEC"][3:5]) / 60
        azimuth, latitude = np.radians([header["AZ"], header["OBS-LAT"]])
        expected = -np.sin(azimuth) * np.cos(latitude) / np.cos(np.radians(dec))
        # The header's azimuth is a few minutes of arc off, being that of another moment.
        assert np.sin(exposure.visit.parallactic_rad) == pytest.approx(expected, abs=0.02)


def test_epochs_of_one_image_take_the_rest_from_the_table_beside(real):
    with (real / "decam_i_epochs" / "visits.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    exposures = read_exposures(real / "decam_i_epochs")
    assert [e.visit.airmass for e in exposures] == [float(row["airmass"]) for row in rows]
    assert [e.visit.psf_fwhm_px for e in exposures] == [float(row["fwhm_px"]) for row in rows]
    for exposure, row in zip(exposures, rows, strict=True):
        q = np.degrees(exposure.visit.parallactic_rad)
        assert q == pytest.approx(float(row["parallactic_deg_assumed"]))
        assert exposure.variance[0, 0] == pytest.approx(float(row["sky_rms"]) ** 2)
        assert exposure.visit.band.name == "decam-i"
        assert len(exposure.visit.missing) == 1
        assert exposure.visit.missing[0].startswith("weather")


def test_the_angle_from_time_and_place_is_the_published_one(visits, warps):
    """The list is of date, the header's of the catalogue's frame: up to 0.4 deg apart."""
    for exposure in read_exposures(warps):
        q = np.degrees(exposure.visit.parallactic_rad)
        difference = (q - float(visits[exposure.visit.id]["parallactic_deg"]) + 180) % 360 - 180
        assert difference == pytest.approx(0, abs=0.4)


def test_a_published_list_of_visits_serves_as_the_table(shared, visits, warps):
    table = shared / "data" / "conditions" / "hits2015_decam_g_visits.csv"
    for exposure in read_exposures(warps, table=table):
        row = visits[exposure.visit.id]
        assert exposure.visit.airmass == float(row["airmass"])
        q = np.degrees(exposure.visit.parallactic_rad)
        assert q == pytest.approx(float(row["parallactic_deg"]))
        assert exposure.visit.band.name == "lsst-g"
