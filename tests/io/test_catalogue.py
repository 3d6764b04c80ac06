"""Catalogues of bright objects."""

import pytest

from dcrviz.bright import BrightObject
from dcrviz.io import read_catalogue


def catalogue(folder, text):
    path = folder / "bright.csv"
    path.write_text(text)
    return read_catalogue(path)


def test_a_radius_makes_a_circle(tmp_path):
    circle = BrightObject(ra_deg=150.1, dec_deg=-2.2, radius_arcsec=30)
    assert catalogue(tmp_path, "ra_deg,dec_deg,radius_arcsec\n150.1,-2.2,30\n") == [circle]


def test_a_width_and_a_height_make_a_box(tmp_path):
    box = BrightObject(ra_deg=150.1, dec_deg=2.2, width_arcsec=10, height_arcsec=20)
    text = "ra_deg,dec_deg,radius_arcsec,width_arcsec,height_arcsec\n150.1,2.2,,10,20\n"
    assert catalogue(tmp_path, text) == [box]


def test_a_field_may_have_no_bright_object(tmp_path):
    assert catalogue(tmp_path, "ra_deg,dec_deg,radius_arcsec\n") == []


@pytest.mark.parametrize("text", ["", "file,airmass\n", "file,airmass\nwarp.fits,1.2\n"])
def test_a_table_of_something_else_is_no_catalogue(tmp_path, text):
    columns = "file, airmass" if text else "none"
    with pytest.raises(ValueError, match=rf"must have columns ra_deg and dec_deg; got {columns}$"):
        catalogue(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ra_deg,dec_deg,radius_arcsec\n1,95,3\n", r"row 1, column dec_deg: must be .*; got '95'"),
        ("ra_deg,dec_deg,radius_arcsec\n1,x,3\n", r"row 1, column dec_deg: must be .*; got 'x'"),
        ("ra_deg,dec_deg,radius_arcsec\n1,2,3\n,2,3\n", r"row 2: must have ra_deg and dec_deg"),
        ("ra_deg,dec_deg\n1,2\n", r"row 1: a bright object needs either a radius or a width"),
        ("ra_deg,dec_deg,radius_arcsec\n1,2,-3\n", r"row 1: .* above 0 arcsec; got radius -3"),
    ],
)
def test_a_row_that_is_neither_is_named(tmp_path, text, message):
    with pytest.raises(ValueError, match=rf"bright\.csv, {message}"):
        catalogue(tmp_path, text)
