"""Uploaded files are held to limits before a pixel of them is read."""

import gzip
import io

import numpy as np
import pytest
from astropy.io import fits

import dcrviz
from dcrviz.io.exposure_files import data_hdus
from dcrviz.views.uploads import Limits, read_uploads


def content_of(hdus):
    stream = io.BytesIO()
    hdus.writeto(stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def files(exposures):
    return [(f"{e.visit.id}.fits", content_of(data_hdus(e))) for e in exposures[:3]]


def test_uploaded_visits_are_what_was_sent(files, exposures):
    found = read_uploads(files)
    for one, other in zip(found, exposures, strict=False):
        np.testing.assert_array_equal(one.image, other.image)
        assert one.visit.id == other.visit.id
    assert len(dcrviz.prepare(found).visits) == 3


def test_two_files_of_one_name_are_two(files):
    (_, one), (_, other), _ = files
    found = read_uploads([("a.fits", one), ("a.fits", other)])
    assert len({exposure.visit.id for exposure in found}) == 2


def test_a_name_is_no_path(files, tmp_path):
    (exposure,) = read_uploads([(f"{tmp_path}/../..\\x/.sécret.fits", files[0][1])])
    assert exposure.source == "s_cret.fits"
    assert list(tmp_path.iterdir()) == []


def absurd(content, **keys):
    """The same file whose header claims something else."""
    for key, value in keys.items():
        place = content.index(f"{key:8}=".encode(), 2880)
        content = content[:place] + f"{key:8}= {value:>20}".encode() + content[place + 30 :]
    return content


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda c: absurd(c, NAXIS1=900_000), r"a.fits: must hold \d+ bytes"),
        (lambda c: absurd(c, NAXIS1=-5), "a.fits: HDU 1 must have axes of 0 or more pixels"),
        (lambda c: c[:20_000], r"a.fits: must hold \d+ bytes"),
        (lambda _: b"", "a.fits: must be a FITS file"),
        (lambda _: b"<html>", "a.fits: must be a FITS file"),
        (gzip.compress, "a.fits: an uploaded file must not be gzipped"),
    ],
)
def test_a_file_that_is_no_visit_is_named_without_a_path(files, make, told):
    with pytest.raises(ValueError, match=f"^{told}"):
        read_uploads([("a.fits", make(files[0][1]))])


def test_a_tiny_compressed_file_can_not_become_a_huge_image():
    zeros = np.zeros((3000, 3000), np.int16)
    hdus = fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(zeros)])
    with pytest.raises(ValueError, match="at most 1024 pixels along a side; got 3000 x 3000"):
        read_uploads([("a.fits", content_of(hdus))])


def test_the_limits_are_told(files):
    with pytest.raises(ValueError, match="at most 2 files; got 3"):
        read_uploads(files, limits=Limits(files=2))
    with pytest.raises(ValueError, match="at most 0 MB"):
        read_uploads(files, limits=Limits(total_bytes=1000))
    with pytest.raises(ValueError, match="at most 50 pixels along a side; got 60 x 56 in HDU 1"):
        read_uploads(files, limits=Limits(side_px=50))
