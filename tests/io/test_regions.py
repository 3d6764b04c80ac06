"""Bright objects from DS9 region files."""

import sys

import pytest

from dcrviz.io import read_catalogue


def regions(folder, text):
    path = folder / "bright.reg"
    path.write_text(f"# Region file format: DS9\n{text}\n")
    return read_catalogue(path)


def test_a_circle_is_a_circle(tmp_path):
    (circle,) = regions(tmp_path, 'icrs\ncircle(150.1,-2.2,30")')
    assert (circle.ra_deg, circle.dec_deg, circle.radius_arcsec) == pytest.approx((150.1, -2.2, 30))
    assert circle.width_arcsec is None


@pytest.mark.parametrize(("angle", "width", "height"), [(0, 10, 20), (180, 10, 20), (90, 20, 10)])
def test_a_box_lies_along_right_ascension_and_declination(tmp_path, angle, width, height):
    (box,) = regions(tmp_path, f'icrs\nbox(150.1,2.2,10",20",{angle})')
    assert (box.width_arcsec, box.height_arcsec) == pytest.approx((width, height))


def test_positions_of_other_frames_are_brought_to_icrs(tmp_path):
    (star,) = regions(tmp_path, 'galactic\ncircle(0.0,0.0,30")')
    # The centre of the Galaxy: 17h 45m 37.2s, -28d 56m 10s.
    assert (star.ra_deg, star.dec_deg) == pytest.approx((266.405, -28.936), abs=0.001)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image\ncircle(10,10,3)", "region 1: must be a circle or a box in celestial coordinates"),
        ('icrs\ncircle(1,2,3")\nellipse(1,2,3",4",5)', "region 2: must be a circle or a box"),
        ('icrs\nbox(1,2,3",4",30)', "region 1: a box must lie along .*; got an angle of 30 deg"),
        ("icrs\ncircle(150.1,x,3)", "must be a DS9 region file; got"),
        ("icrs\ncircle(150.1", "must be a DS9 region file; got"),
        ("rubbish", "must be a DS9 region file; got"),
    ],
)
def test_what_is_neither_is_named(tmp_path, text, message):
    with pytest.raises(ValueError, match=rf"bright\.reg.*{message}"):
        regions(tmp_path, text)


def test_a_field_may_have_no_bright_object(tmp_path):
    assert regions(tmp_path, "icrs") == []


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(
        ValueError, match=r"none\.reg: must be a DS9 region file; got .*No such file"
    ):
        read_catalogue(tmp_path / "none.reg")


def test_without_the_package_the_error_says_what_would_help(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "regions", None)
    with pytest.raises(ValueError, match=r"needs the extra dcrviz\[regions\], or give a CSV file"):
        regions(tmp_path, 'icrs\ncircle(1,2,3")')
