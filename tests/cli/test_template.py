"""``dcrviz template``: the matched template of a visit, from files alone."""

import shutil

import numpy as np
import pytest
from astropy.io import fits

import dcrviz
from dcrviz.io import read_coadds, read_exposure


@pytest.fixture(scope="module")
def unseen(tmp_path_factory):
    """A visit of the same sky that the fit never saw."""
    from dcrviz.cli import main

    folder = tmp_path_factory.mktemp("unseen")
    words = ("--size", "48", "--visits", "7", "--seed", "3", "--quiet")
    assert main(["simulate", str(folder), *words]) == 0
    return folder / "warp_413649.fits"


@pytest.fixture
def made(run, fitted, tmp_path):
    """Makes the template of a visit without an error, and reads it."""

    def make(visit, *words):
        out = tmp_path / "made" / "template.fits"
        ended = run("template", fitted, visit, "--out", out, *words)
        assert ended.code == 0, ended.err
        return read_exposure(out)

    return make


@pytest.fixture
def not_made(refused, fitted, tmp_path):
    """The line that `dcrviz template` refuses its input with."""
    return lambda *words: refused("template", fitted, *words, "--out", tmp_path / "a" / "t.fits")


def test_it_is_the_matched_template_of_the_coadds(made, fitted, unseen):
    template = made(unseen)
    expected = dcrviz.matched_template(read_coadds(fitted), read_exposure(unseen).visit)
    np.testing.assert_array_equal(template.image[:], expected.image)
    np.testing.assert_array_equal(template.mask[:], expected.mask)
    np.testing.assert_array_equal(template.variance[:], expected.variance)
    assert dict(template.planes) == dict(expected.planes)


def test_it_is_the_model_shifted_and_not_the_coadd(made, fitted, unseen):
    coadd = fits.getdata(fitted / "coadd.fits", "IMAGE")
    sky = np.sqrt(700)
    assert (made(unseen).image[:] - coadd).std() > 0.3 * sky


def test_it_matches_the_visit_better_than_the_coadd_does(made, fitted, unseen):
    seen = fits.getdata(unseen, "IMAGE")
    coadd = fits.getdata(fitted / "coadd.fits", "IMAGE")
    assert (seen - made(unseen).image[:]).std() < 0.9 * (seen - coadd).std()


def test_it_lies_on_the_grid_of_the_coadds_and_tells_the_visit(made, fitted, unseen):
    template, coadd = made(unseen), read_exposure(fitted / "coadd.fits")
    assert template.xy0 == coadd.xy0
    assert template.wcs.wcs.compare(coadd.wcs.wcs, tolerance=1e-12)
    visit = read_exposure(unseen).visit
    assert (template.visit.id, template.visit.airmass) == (visit.id, visit.airmass)
    assert template.visit.parallactic_rad == pytest.approx(visit.parallactic_rad)


def test_it_needs_none_of_the_visits_pixels(made, unseen, rewrite, tmp_path):
    blank = shutil.copy(unseen, tmp_path / "blank.fits")

    def empty(hdus):
        hdus[1].data[:] = np.nan
        del hdus[2:]

    rewrite(blank, empty)
    np.testing.assert_array_equal(made(blank).image[:], made(unseen).image[:])


def test_it_needs_neither_the_other_files_of_the_run_nor_the_visits(run, fitted, unseen, tmp_path):
    few = tmp_path / "few"
    few.mkdir()
    for name in ("coadd.fits", "nImage.fits", *(f"dcrCoadd_{a}.fits" for a in range(3))):
        shutil.copy(fitted / name, few)
    assert run("template", few, unseen, "--out", tmp_path / "t.fits", "--quiet").err == ""
    assert (tmp_path / "t.fits").is_file()


def test_the_circumstances_may_come_from_a_table(made, unseen, set_keys, tmp_path):
    bare = shutil.copy(unseen, tmp_path / "bare.fits")
    set_keys(bare, BORE_AIRMASS=None, BORE_ALT=None)
    table = tmp_path / "table.csv"
    airmass = read_exposure(unseen).visit.airmass
    table.write_text(f"file,airmass\nbare.fits,{airmass}\n")
    given = made(bare, "--table", table)
    np.testing.assert_allclose(given.image[:], made(unseen).image[:], rtol=1e-4, atol=0.1)


def test_a_filter_spelled_otherwise_is_the_same(made, unseen, set_keys, tmp_path):
    other = shutil.copy(unseen, tmp_path / "other.fits")
    set_keys(other, FILTER="HSC-G")
    assert made(other).visit.filter == "HSC-G"


def test_it_replaces_an_earlier_one(made, unseen, simulated):
    first = made(next(simulated.glob("warp_*.fits"))).image[:]
    assert (made(unseen).image[:] != first).any()


def test_a_visit_of_another_size_is_an_error(not_made, unseen, rewrite, tmp_path, fitted):
    other = tmp_path / "other.fits"
    shutil.copy(unseen, other)

    def cut(hdus):
        for hdu in hdus[1:]:
            hdu.data = hdu.data[:40]

    rewrite(other, cut)
    line = not_made(other)
    assert f"{other}: image must be on the same pixel grid as the coadds in {fitted}" in line
    assert "(48 x 48 pixels); got 40 x 48" in line


def test_so_is_one_without_a_variance(not_made, unseen, rewrite, tmp_path):
    other = tmp_path / "other.fits"
    shutil.copy(unseen, other)

    def cut(hdus):
        hdus[1].data = hdus[1].data[:40]
        del hdus[2:]

    rewrite(other, cut)
    assert "(48 x 48 pixels); got 40 x 48" in not_made(other)


def test_a_visit_elsewhere_on_the_sky_is_an_error(not_made, unseen, rewrite, tmp_path):
    other = tmp_path / "other.fits"
    shutil.copy(unseen, other)
    rewrite(other, lambda hdus: [hdu.header.update(CRVAL1=151.0) for hdu in hdus[1:]])
    assert f"{other}: WCS must be on the same pixel grid as the coadds" in not_made(other)


def test_a_visit_with_another_origin_is_an_error(not_made, unseen, rewrite, tmp_path):
    other = tmp_path / "other.fits"
    shutil.copy(unseen, other)
    rewrite(other, lambda hdus: [hdu.header.update(CRVAL2A=9.0) for hdu in hdus[1:]])
    assert "whose XY0 is (0, 0); got (0, 9)" in not_made(other)


def test_a_visit_in_another_band_is_an_error(not_made, unseen, set_keys, tmp_path):
    other = tmp_path / "other.fits"
    shutil.copy(unseen, other)
    set_keys(other, FILTER="r")
    line = not_made(other)
    assert f"{other}: the visit must be in the band of the coadds in" in line
    assert "made in filter g; got r" in line


@pytest.mark.parametrize(
    ("lacking", "told"),
    [(("BORE_AIRMASS", "BORE_ALT"), "missing airmass ("), (("OBS_LAT",), "missing site (")],
)
def test_a_visit_that_lacks_something_says_what_would_supply_it(
    not_made, unseen, set_keys, tmp_path, lacking, told
):
    other = tmp_path / "other.fits"
    shutil.copy(unseen, other)
    set_keys(other, **dict.fromkeys(lacking))
    assert f"{other}: {told}" in not_made(other)


def test_a_missing_visit_is_an_error(not_made, tmp_path):
    line = not_made(tmp_path / "none.fits")
    assert f"{tmp_path}/none.fits: must be a FITS file; got nothing there" in line


def test_a_folder_without_coadds_is_an_error(refused, unseen, tmp_path):
    line = refused("template", tmp_path, unseen, "--out", tmp_path / "t.fits")
    assert f"{tmp_path}/coadd.fits: must be a FITS file; got nothing there" in line


def test_a_folder_without_one_of_the_planes_is_an_error(refused, fitted, unseen, tmp_path):
    shutil.copytree(fitted, tmp_path / "few")
    (tmp_path / "few" / "dcrCoadd_1.fits").unlink()
    line = refused("template", tmp_path / "few", unseen, "--out", tmp_path / "t.fits")
    assert f"{tmp_path}/few/dcrCoadd_1.fits: must be a FITS file; got nothing there" in line


def test_a_folder_of_visits_is_an_error(refused, unseen, tmp_path):
    shutil.copy(unseen, tmp_path / "coadd.fits")
    line = refused("template", tmp_path, unseen, "--out", tmp_path / "t.fits")
    assert f"{tmp_path}/coadd.fits: must be a coadd of this project; got no DCR" in line


def test_an_output_that_is_a_directory_is_an_error(refused, fitted, unseen, tmp_path):
    (tmp_path / "taken").mkdir()
    line = refused("template", fitted, unseen, "--out", tmp_path / "taken")
    assert f"{tmp_path}/taken: must be a file to write; got a directory" in line


def test_an_output_below_a_file_is_an_error(refused, fitted, unseen, tmp_path):
    (tmp_path / "taken").write_text("mine")
    line = refused("template", fitted, unseen, "--out", tmp_path / "taken" / "t.fits")
    assert f"{tmp_path}/taken: must be a directory to write into; got a file" in line


def test_it_does_not_take_the_place_of_what_it_is_made_of(refused, fitted, unseen, tmp_path):
    visit = tmp_path / "visit.fits"
    shutil.copy(unseen, visit)
    for out in (visit, fitted / "coadd.fits", fitted / "dcrCoadd_0.fits"):
        line = refused("template", fitted, visit, "--out", out)
        assert f"{out}: the template must be a file of its own" in line
