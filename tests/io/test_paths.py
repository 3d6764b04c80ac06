"""Which files are meant."""

import gzip

import numpy as np
import pytest
from astropy.io import fits

from dcrviz.io import read_exposures


@pytest.fixture
def folder(tmp_path, plain_file):
    for name in ("c.fits", "a.fits", "b.fit"):
        plain_file(name)
    (tmp_path / "notes.txt").write_text("not meant")
    return tmp_path


def names(paths):
    return [exposure.source.rsplit("/", 1)[-1] for exposure in read_exposures(paths)]


def test_a_directory_gives_its_fits_files_by_name(folder):
    assert names(folder) == ["a.fits", "b.fit", "c.fits"]


def test_a_pattern_gives_its_matches_by_name(folder):
    assert names(f"{folder}/*.fits") == ["a.fits", "c.fits"]


def test_a_list_keeps_its_order(folder):
    assert names([folder / "c.fits", f"{folder}/a*"]) == ["c.fits", "a.fits"]


def test_the_same_file_twice_is_read_once(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert names(["a.fits", folder / "a.fits", "./a.fits", folder]) == ["a.fits", "b.fit", "c.fits"]


def test_the_source_is_the_path_as_given(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert read_exposures("a.fits")[0].source == "a.fits"


def test_a_name_with_brackets_is_a_name_first(tmp_path, plain_file):
    plain_file("warp[1].fits")
    assert names(str(tmp_path / "warp[1].fits")) == ["warp[1].fits"]


def test_files_without_an_image_are_passed_over_in_a_directory(folder):
    table = fits.BinTableHDU.from_columns([fits.Column("x", "D", array=np.zeros(2))])
    table.writeto(folder / "psf.fits")
    assert "psf.fits" not in names(folder)
    with pytest.raises(ValueError, match=r"psf\.fits: must be an LSST Exposure"):
        names(folder / "psf.fits")


@pytest.mark.parametrize("key", [("HIERARCH DCR NSUBFILTERS", 3), ("HIERARCH DCR TEMPLATE", True)])
def test_products_of_this_project_are_passed_over_in_a_directory(folder, key):
    header = fits.Header([key])
    plane = fits.ImageHDU(np.ones((6, 8), dtype=np.float32))
    fits.HDUList([fits.PrimaryHDU(header=header), plane]).writeto(folder / "coadd.fits")
    assert names(folder) == ["a.fits", "b.fit", "c.fits"]
    assert names(folder / "coadd.fits") == ["coadd.fits"]


def test_a_file_is_unpacked_once_to_see_what_it_is_and_what_it_tells(
    tmp_path, plain_file, monkeypatch
):
    plain_file("a.fits")
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "a.fits.gz").write_bytes(gzip.compress((tmp_path / "a.fits").read_bytes()))
    unpacked, unpack = [], gzip.decompress
    monkeypatch.setattr(gzip, "decompress", lambda data: unpacked.append(1) or unpack(data))
    assert names(packed) == ["a.fits.gz"]
    assert len(unpacked) == 1


def test_hidden_files_are_not_meant(folder, plain_file):
    plain_file(".12ab34cd.coadd.fits")
    assert names(folder) == ["a.fits", "b.fit", "c.fits"]


@pytest.mark.parametrize(
    ("meant", "message"),
    [
        ("empty", r"empty: the directory must hold FITS images of visits; got none in 0 files"),
        ("*.none", r"\*\.none: the pattern must hold FITS images of visits; got none in 0 files"),
        ("missing.fits", r"missing\.fits: must be a FITS file; got nothing there"),
    ],
)
def test_nothing_found_is_an_error_that_names_it(tmp_path, meant, message):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=message):
        read_exposures(tmp_path / meant)


def test_no_path_at_all_is_an_error():
    with pytest.raises(ValueError, match="at least one file must be given; got none"):
        read_exposures([])
