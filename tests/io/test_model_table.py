"""The wavelengths of the forward model in coadd.fits, and what is wrong with a table."""

from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits

from dcrviz.bands import Band
from dcrviz.io import read_coadds, write_coadds
from dcrviz.records import Coadd, Coadds, ForwardModel

LSSTS = ForwardModel(
    band=Band.lsst("g"),
    n_subfilters=2,
    split_subfilters=True,
    split_threshold_px=0.0,
    interpolation_order=3,
)
MODEL = replace(
    LSSTS,
    wavelength_nm=((390.1, 420, 1 / 3 + 450), (480, 510, 540)),
    weights=((1 / 3, 2 / 3, 0), (0.1, 0.2, 0.7)),
)


@pytest.fixture
def write(tmp_path):
    """Writes coadds of two subfilters, changes coadd.fits, and reads them again."""

    def write(model, change=lambda file: None):  # noqa: ARG005
        planes = np.ones((2, 5, 6), dtype=np.float32)
        mask = np.zeros((5, 6), dtype=np.int32)
        write_coadds(
            Coadds(
                planes=planes,
                variance=planes,
                mask=mask,
                mask_planes={"BAD": 0},
                corrected=Coadd(image=planes[0], mask=mask, variance=planes[0], planes={"BAD": 0}),
                n_images=None,
                n_visits=None,
                wcs=None,
                xy0=(0, 0),
                model=model,
                inputs=(),
                input_weights=np.empty(0),
            ),
            tmp_path,
        )
        with fits.open(tmp_path / "coadd.fits", mode="update") as file:
            change(file)
        return read_coadds(tmp_path).model

    return write


def delete(file):
    del file["FORWARD_MODEL"]


def without(column):
    return lambda file: file["FORWARD_MODEL"].columns.del_col(column)


def set_cell(column, row, value):
    def change(file):
        file["FORWARD_MODEL"].data[column][row] = value

    return change


def set_key(key, value):
    def change(file):
        file[0].header[key] = value

    return change


def as_image(file):
    file["FORWARD_MODEL"] = fits.ImageHDU(np.zeros((2, 2)), name="FORWARD_MODEL")


def test_the_wavelengths_come_back_bit_for_bit(write):
    assert write(MODEL) == MODEL


def test_lssts_split_needs_no_table(write, tmp_path):
    assert write(LSSTS) == LSSTS
    with fits.open(tmp_path / "coadd.fits") as file:
        assert "FORWARD_MODEL" not in file
        assert "DCR WAVELENGTHS" not in file[0].header


def test_the_table_says_which_wavelength_counts_what(write, tmp_path):
    write(MODEL)
    with fits.open(tmp_path / "coadd.fits") as file:
        table = file["FORWARD_MODEL"]
        assert table.columns.names == ["SUBFILTER", "WAVELENGTH", "WEIGHT"]
        assert table.columns["WAVELENGTH"].unit == "nm"
        assert table.data["SUBFILTER"].tolist() == [0, 0, 0, 1, 1, 1]
        assert table.data["WEIGHT"].tolist() == [1 / 3, 2 / 3, 0, 0.1, 0.2, 0.7]


def test_the_header_keeps_the_nominal_slices(write, tmp_path):
    write(MODEL)
    header = fits.getheader(tmp_path / "dcrCoadd_0.fits")
    assert (header["DCR LAMBDA MIN"], header["DCR LAMBDA MAX"]) == (405, 478.5)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (delete, "must have a table FORWARD_MODEL with columns .*; got no such table"),
        (as_image, "must have a table FORWARD_MODEL with columns .*; got no such table"),
        (without("WEIGHT"), "with columns SUBFILTER, WAVELENGTH, WEIGHT; got no WEIGHT"),
        (set_cell("SUBFILTER", 0, 1), "3 rows for each of 2 subfilters; got 2, 4 of 6 rows"),
        (set_cell("SUBFILTER", 0, 7), "3 rows for each of 2 subfilters; got 2, 3 of 6 rows"),
        (set_key("DCR WAVELENGTHS", 2), "2 rows for each of 2 subfilters; got 3, 3 of 6 rows"),
        (set_key("DCR WAVELENGTHS", 0), "DCR WAVELENGTHS must be a count of 1 or more; got 0"),
        (set_key("DCR WAVELENGTHS", "K"), "DCR WAVELENGTHS must be a count of .*; got 'K'"),
        (set_cell("WEIGHT", 4, 0.3), r"weights must add up to 1 .*; got 1\.1 in subfilter 1"),
        (set_cell("WEIGHT", 4, np.nan), "weights must be 0 or more; got nan"),
        (set_cell("WEIGHT", 2, -0.1), r"weights must be 0 or more; got -0\.1"),
    ],
)
def test_a_table_that_can_not_be_is_an_error_that_names_file_and_rule(write, change, sentence):
    with pytest.raises(ValueError, match=rf"coadd\.fits: .*{sentence}"):
        write(MODEL, change)
