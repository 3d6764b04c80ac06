"""Files that are no complete FITS files."""

import gzip
import tracemalloc

import pytest
from astropy.io import fits

from dcrviz.io import read_exposure
from dcrviz.io.scan import describe, scan


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere\.fits: must be a FITS file; got nothing there"):
        read_exposure(tmp_path / "nowhere.fits")


def test_a_directory_is_no_file(tmp_path):
    with pytest.raises(ValueError, match=r"must be a FITS file; got a directory"):
        read_exposure(tmp_path)


@pytest.mark.parametrize("content", [b"", b"file,airmass\na.fits,1.2\n", b"\x89PNG" * 2000])
def test_a_file_of_another_kind_is_told_by_its_beginning(tmp_path, content):
    path = tmp_path / "other.fits"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"other\.fits: must be a FITS file, which begins with SI"):
        read_exposure(path)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_truncated_file_says_how_much_is_missing(lsst_file, compressed):
    path = lsst_file(compressed=compressed)
    content = path.read_bytes()
    path.write_bytes(content[:-2880])
    with pytest.raises(
        ValueError,
        match=rf"warp\.fits: must hold {len(content)} bytes .*; got {len(content) - 2880}",
    ):
        read_exposure(path)


def test_a_header_cut_short_is_told(lsst_file):
    path = lsst_file()
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match=r"HDU 0 must have a valid FITS header; got Header size"):
        read_exposure(path)


def test_a_cut_gzip_file_is_told(lsst_file):
    path = lsst_file().with_name("cut.fits.gz")
    path.write_bytes(gzip.compress(b"SIMPLE" * 9999)[:-20])
    with pytest.raises(ValueError, match=r"cut\.fits\.gz: must be a complete gzip file"):
        read_exposure(path)


def test_an_absurd_size_is_refused_before_anything_is_allocated(plain_file):
    path = plain_file()
    content = path.read_bytes()
    path.write_bytes(
        content.replace(b"NAXIS1  =                    8", b"NAXIS1  = 99999999999999999999")
    )
    tracemalloc.start()
    with pytest.raises(
        ValueError, match=r"must hold \d{20,} bytes up to the end of HDU 0 \(image 6 x"
    ):
        read_exposure(path)
    assert tracemalloc.get_traced_memory()[1] < 10e6
    tracemalloc.stop()


def test_an_absurd_size_of_compressed_tiles_is_refused(lsst_file):
    path = lsst_file(compressed=True)
    content = path.read_bytes()
    path.write_bytes(
        content.replace(b"ZNAXIS1 =                    8", b"ZNAXIS1 =            999999999")
    )
    with pytest.raises(
        ValueError, match=r"HDU 1 must have a valid .*; got 4 compressed tiles where"
    ):
        read_exposure(path)


@pytest.mark.parametrize("size", [b"                   -8", b"                'eight'"[-21:]])
def test_a_size_that_is_none_is_refused(plain_file, size):
    path = plain_file()
    path.write_bytes(
        path.read_bytes().replace(b"NAXIS1  =                    8", b"NAXIS1  =" + size)
    )
    with pytest.raises(ValueError, match=r"plain\.fits: HDU 0 must have"):
        read_exposure(path)


def test_cards_that_are_not_standard_do_no_harm(plain_file):
    path = plain_file(keys={"OBSERVER": "Tulloch", "FWHM": 3.5})
    path.write_bytes(path.read_bytes().replace(b"'Tulloch", b"'Tull\xf3ch").replace(b"3.5", b"3,5"))
    exposure = read_exposure(path)
    assert exposure.shape == (6, 8)
    assert exposure.visit.psf_fwhm_px is None


def test_what_follows_the_last_hdu_is_ignored(plain_file):
    path = plain_file()
    path.write_bytes(path.read_bytes() + b"\0" * 2880)
    assert read_exposure(path).shape == (6, 8)


def test_a_file_of_unknown_layout_is_described(tmp_path):
    path = tmp_path / "cube.fits"
    images = [fits.ImageHDU([[1.0]], name="A"), fits.ImageHDU([[[1.0]]], name="B")]
    table = fits.BinTableHDU.from_columns([fits.Column("x", "D", array=[1.0])])
    fits.HDUList([fits.PrimaryHDU([[2.0]]), *images, table]).writeto(path)
    listed = r"0 - \(image 1 x 1\), 1 A \(image 1 x 1\), 2 B \(image 1 x 1 x 1\), 3 - \(table\)"
    with pytest.raises(
        ValueError, match=rf"cube\.fits: must be an LSST Exposure, .*; got {listed}"
    ):
        read_exposure(path)


def test_compressed_images_are_described_by_their_own_size(lsst_file):
    assert describe(scan(lsst_file(compressed=True))).startswith(
        "0 - (no data), 1 IMAGE (image 6 x 8)"
    )
