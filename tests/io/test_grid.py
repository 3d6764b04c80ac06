"""WCS and XY0, from and to headers."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS, DistortionLookupTable
from astropy.wcs.wcsapi import SlicedLowLevelWCS

from dcrviz.io import read_exposure
from dcrviz.io.grid import grid_header, pixel_scale_arcsec

X, Y = (axis.ravel() for axis in np.meshgrid(np.arange(-50.0, 51, 20), np.arange(-50.0, 51, 20)))
ROTATION = {"CD1_1": 3.3e-5, "CD1_2": 4.4e-5, "CD2_1": 4.4e-5, "CD2_2": -3.3e-5}
CDELT = {"CDELT1": -5.5e-5, "CDELT2": 5e-5, "PC1_1": 0.8, "PC1_2": -0.6, "PC2_1": 0.6, "PC2_2": 0.8}
TPV = {"CTYPE1": "RA---TPV", "CTYPE2": "DEC--TPV", "PV1_1": 1.01, "PV1_4": 1 / 3e3, "PV2_1": 0.99}
SIP = {
    "CTYPE1": "RA---TAN-SIP",
    "CTYPE2": "DEC--TAN-SIP",
    "A_ORDER": 2,
    "B_ORDER": 2,
    "A_2_0": 1 / 3e5,
    "B_1_1": -1 / 7e5,
}
FK5 = {"RADESYS": "FK5", "EQUINOX": 1975.0}


@pytest.fixture
def keys_with(sky_keys):
    """WCS keys with some replaced."""

    def keys(changes):
        without = ("CD",) if "CDELT1" in changes else ()
        kept = {key: value for key, value in sky_keys.items() if not key.startswith(without or "~")}
        return kept | {"CRVAL1": 150 + 1 / 7, "CRPIX2": 100 / 3} | changes

    return keys


@pytest.mark.parametrize("changes", [{}, ROTATION, CDELT, TPV, SIP, FK5], ids=str)
def test_a_written_wcs_is_the_same_to_the_last_digits(keys_with, changes):
    wcs = WCS(fits.Header(keys_with(changes)))
    written = WCS(grid_header(wcs, (0, 0)))
    np.testing.assert_allclose(
        written.all_pix2world(X, Y, 0), wcs.all_pix2world(X, Y, 0), rtol=0, atol=1e-12
    )
    assert written.wcs.radesys == wcs.wcs.radesys
    np.testing.assert_array_equal(written.wcs.crval, wcs.wcs.crval)


def test_a_wcs_is_written_without_the_times_of_its_exposure(keys_with):
    wcs = WCS(fits.Header(keys_with({})))
    wcs.wcs.dateobs, wcs.wcs.mjdobs = "2018-08-04", 58334.0
    assert "MJD-OBS" in wcs.to_header()
    header = grid_header(wcs, (0, 0))
    assert not [key for key in header if key.startswith(("DATE", "MJD"))]


def test_a_wcs_with_distortions_in_tables_can_not_be_written(keys_with):
    wcs = WCS(fits.Header(keys_with({})))
    table = np.zeros((4, 4), dtype=np.float32)
    wcs.cpdis1 = DistortionLookupTable(table, (1, 1), (1, 1), (2, 2))
    with pytest.raises(ValueError, match=r"the keys of a FITS header.*in tables \(cpdis1\)"):
        grid_header(wcs, (0, 0))


def test_a_wcs_of_another_library_can_not_be_written():
    with pytest.raises(ValueError, match=r"the keys of a FITS header.*got a .*SlicedLowLevelWCS"):
        grid_header(SlicedLowLevelWCS(WCS(naxis=2), np.s_[1:, 1:]), (0, 0))


def test_the_wcs_read_is_astropys(lsst_file, keys_with):
    keys = keys_with(SIP)
    exposure = read_exposure(lsst_file(grid=keys))
    expected = WCS(fits.Header(keys)).all_pix2world(X, Y, 0)
    np.testing.assert_array_equal(exposure.wcs.all_pix2world(X, Y, 0), expected)
    assert exposure.wcs.pixel_shape == (8, 6)


def test_without_a_wcs_there_is_none(lsst_file):
    assert read_exposure(lsst_file(grid={})).wcs is None


def test_an_image_without_a_wcs_inherits_the_primary_ones(lsst_file, sky_keys):
    exposure = read_exposure(lsst_file(visit=sky_keys, grid={"INHERIT": True}))
    assert exposure.wcs.wcs.crval.tolist() == [150.12, 2.21]


def test_it_does_not_where_its_header_says_no(lsst_file, sky_keys):
    assert read_exposure(lsst_file(visit=sky_keys, grid={"INHERIT": False})).wcs is None


def test_a_wcs_is_not_mixed_with_the_primary_ones(lsst_file):
    mixed = {"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "PC1_1": 7.0, "CDELT1": 3.0}
    exposure = read_exposure(lsst_file(visit=mixed))
    assert exposure.wcs.wcs.ctype[0] == "RA---TAN"
    np.testing.assert_array_equal(exposure.wcs.pixel_scale_matrix[0], [-5.5e-5, 1e-6])


def test_the_reference_frame_is_inherited(lsst_file):
    assert read_exposure(lsst_file(visit={"RADESYS": "FK5"})).wcs.wcs.radesys == "FK5"


def test_a_wcs_that_contradicts_itself_is_refused(lsst_file, sky_keys):
    with pytest.raises(ValueError, match=r"warp\.fits: HDU 1 must have a consistent WCS; got "):
        read_exposure(lsst_file(grid=sky_keys | {"CTYPE2": "DEC--SIN"}))


@pytest.mark.parametrize(
    ("keys", "xy0"),
    [
        ({}, (0, 0)),
        ({"LTV1": -100.0, "LTV2": 7.0}, (100, -7)),
        ({"CTYPE1A": "LINEAR", "CRPIX1A": 1.0, "CRVAL1A": 12.0, "CRVAL2A": -3.0}, (12, -3)),
        ({"CTYPE1A": "LINEAR", "CRPIX1A": 0.0, "CRVAL1A": 12.0, "LTV1": -4}, (13, 0)),
        ({"CTYPE1A": "RA---TAN", "CRVAL1A": 12.0, "LTV1": -4}, (4, 0)),
    ],
    ids=str,
)
def test_the_origin_is_in_wcs_a_else_in_ltv(plain_file, keys, xy0):
    assert read_exposure(plain_file(keys=keys)).xy0 == xy0


def test_the_origin_written_is_the_origin_read(plain_file):
    assert read_exposure(plain_file(keys=grid_header(None, (-5, 4096)))).xy0 == (-5, 4096)


def test_the_pixel_scale_is_the_root_of_the_area(keys_with):
    wcs = WCS(fits.Header(keys_with(CDELT)))
    assert pixel_scale_arcsec(wcs) == pytest.approx(3600 * np.sqrt(5.5e-5 * 5e-5))
