"""LSST Exposures, older and newer."""

import gzip

import numpy as np
import pytest
from astropy.io import fits

from dcrviz.io import read_exposure
from dcrviz.io.archive import archived_visit
from dcrviz.io.scan import scan

PLANES = {"SAT": 0, "BAD": 3, "DETECTED": 7, "NO_DATA": 9}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"labels": ("EXTTYPE",)},
        {"labels": ("EXTNAME",)},
        {"labels": ()},
        {"mask_type": np.uint16},
        {"compressed": True},
        {"compressed": True, "labels": ("EXTTYPE",)},
        {"compressed": True, "labels": ()},
    ],
    ids=str,
)
def test_every_variant_gives_the_same_pixels_and_planes(lsst_file, pixels, options):
    exposure = read_exposure(lsst_file(**options))
    for name in ("image", "mask", "variance"):
        np.testing.assert_array_equal(np.asarray(getattr(exposure, name)), getattr(pixels, name))
    assert dict(exposure.planes) == PLANES


def test_pixels_are_float32_and_int32_in_native_byte_order(lsst_file):
    exposure = read_exposure(lsst_file(mask_type=np.uint16))
    for plane, dtype in ((exposure.image, "f4"), (exposure.mask, "i4"), (exposure.variance, "f4")):
        assert plane.dtype == np.asarray(plane).dtype == np.dtype(dtype)
        assert np.asarray(plane).dtype.isnative


def test_a_file_without_mask_has_an_empty_one(lsst_file):
    path = lsst_file()
    with fits.open(path, mode="update") as file:
        del file["MASK"]
    exposure = read_exposure(path)
    assert not np.asarray(exposure.mask).any()
    assert dict(exposure.planes) == {}


def test_a_file_without_variance_says_so(lsst_file):
    path = lsst_file()
    with fits.open(path, mode="update") as file:
        del file["VARIANCE"]
    exposure = read_exposure(path)
    assert exposure.variance is None
    assert any(sentence.startswith("variance (") for sentence in exposure.visit.missing)


def test_planes_of_different_shapes_are_refused(lsst_file):
    path = lsst_file()
    with fits.open(path, mode="update") as file:
        file["VARIANCE"].data = file["VARIANCE"].data[:3]
    with pytest.raises(ValueError, match=r"warp\.fits: variance must have the image's shape \(6 x"):
        read_exposure(path)


def test_a_plane_whose_bit_no_mask_can_hold_is_refused(lsst_file):
    path = lsst_file()
    fits.setval(path, "MP_SAT", value=40, extname="MASK")
    with pytest.raises(ValueError, match=r"MP_SAT must be a bit number from 0 to 30; got 40"):
        read_exposure(path)


def test_a_mask_of_real_numbers_is_refused(lsst_file):
    with pytest.raises(ValueError, match=r"mask \(HDU 2\) must hold whole numbers; got BITPIX -32"):
        read_exposure(lsst_file(mask_type=np.float32))


def test_a_gzipped_file_is_read_as_it_is(lsst_file, pixels):
    path = lsst_file()
    packed = path.with_name("warp.fits.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    np.testing.assert_array_equal(read_exposure(packed).image[1:3], pixels.image[1:3])


def visit_record(**changes):
    values = {
        "era": np.radians(280.0),
        "boresightradec_ra": np.radians(150.12),
        "boresightradec_dec": np.radians(2.21),
        "boresightairmass": 1.41,
        "latitude": np.radians(-30.169661),
        "longitude": np.radians(-70.806525),
        "elevation": 2241.0,
    } | changes
    columns = [fits.Column(name, "D", array=[value]) for name, value in values.items()]
    return fits.BinTableHDU.from_columns(columns, name="VisitInfo")


def test_a_visit_in_an_archive_table_says_the_same_as_one_in_the_header(lsst_file):
    path = lsst_file("archived.fits", visit={"IDNUM": 7})
    with fits.open(path, mode="append") as file:
        file.append(visit_record())
    archived, plain = read_exposure(path).visit, read_exposure(lsst_file()).visit
    assert archived.site.latitude_deg == pytest.approx(plain.site.latitude_deg, abs=1e-12)
    assert archived.airmass == plain.airmass
    assert archived.parallactic_rad == pytest.approx(plain.parallactic_rad, abs=1e-12)


def test_the_header_wins_over_the_archive_table(lsst_file):
    path = lsst_file()
    with fits.open(path, mode="append") as file:
        file.append(visit_record(boresightairmass=9.0))
    assert read_exposure(path).visit.airmass == 1.41


def test_an_empty_archive_table_is_refused(lsst_file):
    path = lsst_file()
    with fits.open(path, mode="append") as file:
        file.append(fits.BinTableHDU(visit_record().data[:0], name="VisitInfo"))
    with pytest.raises(ValueError, match=r"HDU 4 must hold one VisitInfo record"):
        archived_visit(scan(path))
