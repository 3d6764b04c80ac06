"""``dcrviz warp``: from calibrated single exposures to warps, from files to files."""

import resource

import numpy as np
import pytest
from astropy.io import fits

import dcrviz
from dcrviz.io.write import psf_hdu
from dcrviz.physics.seeing import star_image
from dcrviz.physics.star_fit import fit_image
from dcrviz.psf import KOLMOGOROV

PAIR = "data/real/decam_g_pair"
EPOCHS = "data/real/decam_i_epochs"


@pytest.fixture
def warped(run, simulated, tmp_path):
    """Warps simulated visits without an error; gives the folder."""

    def warp(*words, paths=(simulated,)):
        out = tmp_path / "warped"
        ended = run("warp", *paths, "--out", out, *words)
        assert ended.code == 0, ended.err
        return out

    return warp


@pytest.fixture
def not_warped(refused, tmp_path):
    """The line that `dcrviz warp` refuses its input with."""
    return lambda *words: refused("warp", *words, "--out", tmp_path / "out" / "deep")


def visit_files(folder):
    return sorted(folder.glob("warp_*.fits"))


def test_visits_that_are_on_one_grid_stay_as_they_are_on_it(warped, simulated):
    first = visit_files(simulated)[0]
    out = warped("--like", first, "--sky-box", 0, "--zero-points", "none")
    assert [path.name for path in visit_files(out)] == [p.name for p in visit_files(simulated)]
    for path in visit_files(out):
        found, given = (dcrviz.read_exposure(folder / path.name) for folder in (out, simulated))
        inner = np.s_[2:-2, 2:-2]
        np.testing.assert_allclose(found.image[inner], given.image[inner], atol=0.05)
        np.testing.assert_allclose(found.variance[inner], given.variance[inner], rtol=1e-4)
        for name in ("id", "airmass", "parallactic_rad", "psf_fwhm_px", "site", "time", "band"):
            ours, theirs = (getattr(exposure.visit, name) for exposure in (found, given))
            assert ours == (pytest.approx(theirs) if isinstance(theirs, float) else theirs)


def test_fluxes_that_headers_bring_to_nanojansky_say_so(warped, warps, set_keys):
    for path in warps:
        set_keys(path, MAGZERO=28.9)
    out = warped("--like", warps[0], paths=warps)
    with fits.open(visit_files(out)[0]) as hdus:
        assert hdus["IMAGE"].header["BUNIT"] == "nJy"
        assert hdus["VARIANCE"].header["BUNIT"] == "nJy**2"


def test_what_it_writes_can_be_assembled(warped, run, tmp_path):
    out = warped("--scale", 0.25, "--zero-points", "none")
    ended = run("assemble", out, "--out", tmp_path / "fit", "--set", "max_iterations=1")
    assert ended.code == 0, ended.err
    scale = np.sqrt(abs(np.linalg.det(dcrviz.read_exposure(visit_files(out)[0]).wcs.wcs.cd)))
    assert scale * 3600 == pytest.approx(0.25, rel=1e-6)


def test_it_tells_the_grid_and_each_visit(run, simulated, tmp_path):
    ended = run("warp", simulated, "--out", tmp_path / "warped", "--zero-points", "none")
    assert "INFO 5 exposures of 5 visits; grid of 48 x 48 pixels of 0.2 arcsec" in ended.err
    assert ended.err.count("fluxes times 1,") == 5


def test_a_grid_around_a_place_has_that_size(warped, simulated):
    first = dcrviz.read_exposure(visit_files(simulated)[0])
    ra, dec = first.wcs.all_pix2world(24, 20, 0)
    out = warped("--centre", f"{ra:.8f},{dec:.8f}", "--size", 20, "--zero-points", "none")
    image = dcrviz.read_exposure(visit_files(out)[0])
    assert image.shape == (20, 20)
    np.testing.assert_allclose(image.wcs.all_pix2world(9.5, 9.5, 0), [ra, dec], atol=1e-7)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--centre", "10,20"), "--centre needs --size; got --centre alone"),
        (("--size", "20"), "--size needs --centre; got --size alone"),
        (("--centre", "10"), "must be RA,DEC in degrees, such as 150.1,2.2; got '10'"),
        (("--scale", "0"), "must be a number from 0.001 to 100.0; got '0'"),
        (("--method", "lanczos"), "invalid choice: 'lanczos'"),
        (("--centre", "10,20", "--size", "20"), "must reach the grid; got no pixel on it"),
        (("--zero-points", "header"), "a zero point must be in the header"),
        (
            ("--sky-box", "3", "--zero-points", "none"),
            "boxes of the sky must be 4 px or more; got 3",
        ),
    ],
)
def test_words_that_mean_nothing_are_refused(not_warped, simulated, words, said):
    assert said in not_warped(simulated, *words)


def test_an_exposure_is_not_written_over(run, warps):
    before = warps[0].read_bytes()
    folder = warps[0].parent
    ended = run("warp", folder, "--out", folder)
    assert ended.code == 2
    assert "a warp must not take the place of an exposure; it is one" in ended.err
    assert warps[0].read_bytes() == before


def test_a_grid_told_twice_is_refused(not_warped, simulated):
    first = visit_files(simulated)[0]
    said = not_warped(simulated, "--like", first, "--scale", 0.3)
    assert "--like tells the whole grid; got --scale, too" in said


def test_another_filter_among_the_files_is_named(not_warped, warps, set_keys):
    set_keys(warps[2], FILTER="r")
    said = not_warped(*warps)
    assert f"{warps[2]}: all exposures must have one filter" in said


def test_a_file_without_wcs_is_named(not_warped, warps, rewrite):
    def strip(hdus):
        for hdu in hdus:
            for key in [key for key in hdu.header if key.startswith(("CTYPE", "CRVAL"))]:
                del hdu.header[key]

    rewrite(warps[1], strip)
    assert f"{warps[1]}: must have a celestial WCS to be warped; got none" in not_warped(*warps)


def test_a_full_disk_is_told_and_leaves_nothing(run, simulated, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8000, hard))
    try:
        ended = run("warp", simulated, "--zero-points", "none", "--out", tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ended.code == 2
    assert "can't be written" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_without_the_library_it_says_what_to_install(not_warped, simulated, monkeypatch):
    import sys

    for name in [name for name in sys.modules if name.startswith("dcrviz.warp")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "reproject", None)
    assert "pip install 'dcrviz[warp]'" in not_warped(simulated)


def test_it_tells_the_seeing_of_each_visit(run, simulated, tmp_path):
    ended = run("warp", simulated, "--out", tmp_path / "warped", "--zero-points", "none")
    assert ended.err.count("px by the header; used: the header") == 5


def test_a_star_image_comes_along_and_tells_the_seeing(warped, warps, rewrite, set_keys):
    star = star_image(3.6, psf=KOLMOGOROV, reach_px=14)
    for path in warps:
        set_keys(path, FWHM=None)
        rewrite(path, lambda hdus: hdus.append(psf_hdu(star)))
    for path in visit_files(warped("--zero-points", "none", paths=warps)):
        exposure = dcrviz.read_exposure(path)
        assert exposure.psf.sum() == pytest.approx(1, abs=1e-5)
        assert exposure.visit.psf_fwhm_px == pytest.approx(3.6, rel=0.03)


def test_where_nothing_tells_the_seeing_it_says_so(run, warps, set_keys, tmp_path):
    for path in warps:
        set_keys(path, FWHM=None)
    ended = run("warp", *warps, "--out", tmp_path / "out", "--zero-points", "none")
    assert ended.code == 0
    assert ended.err.count("neither header nor star image tell its seeing, and seeing needs 3") == 5


def test_a_seeing_that_is_asked_for_and_not_there_is_refused(not_warped, warps, set_keys):
    set_keys(warps[2], FWHM=None)
    said = not_warped(*warps, "--zero-points", "none", "--seeing", "header")
    assert f"{warps[2]}: its header or the table must tell the seeing (FWHM); got none" in said
    said = not_warped(*warps, "--zero-points", "none", "--seeing", "psf")
    assert f"{warps[0]}: it must have a star image, in an HDU PSF or a PSFEx file" in said


def test_psfex_files_must_be_as_many_as_exposures_and_asked_for(not_warped, warps):
    said = not_warped(*warps, "--psf", warps[0])
    assert "one PSFEx file must be named for each of the 5 exposure files; got 1" in said
    said = not_warped(*warps, "--seeing", "stars", "--psf", warps[0])
    assert "--psf is for --seeing auto or psf; got --seeing stars" in said
    said = not_warped(*warps, "--psf", *warps)
    assert f"{warps[0]}: must be a PSFEx file; got no table with a column PSF_MASK" in said


def test_without_galsim_psfex_files_beside_are_left_out_with_a_warning(
    run, warps, tmp_path, monkeypatch
):
    import sys

    monkeypatch.setitem(sys.modules, "galsim", None)
    beside = warps[0].with_suffix(".psf")
    beside.touch()
    ended = run("warp", *warps, "--out", tmp_path / "out", "--zero-points", "none")
    assert ended.code == 0
    assert f"WARNING {beside}: this and 0 more PSFEx files are left out; pip install" in ended.err


def test_the_real_pair_has_the_stars_of_its_psfex_files(shared, tmp_path, run):
    images = sorted((shared / PAIR).glob("*ooi*[13].fits"))
    ended = run("warp", *images, "--out", tmp_path / "warps")
    assert ended.code == 0, ended.err
    assert "its stars are those of c4d_170329_044212_ooi_g_ls9-N3-psfex.fits" in ended.err
    assert "its seeing is 4.29 px by the star image, and 4.03 +- 0.05 px by 3 stars" in ended.err
    for path, width in zip(visit_files(tmp_path / "warps"), (4.29, 3.72), strict=True):
        exposure = dcrviz.read_exposure(path)
        assert exposure.visit.psf_fwhm_px == pytest.approx(width, abs=0.01)
        assert exposure.psf.sum() == pytest.approx(1, abs=1e-5)
        # Refraction, which draws them out by 3 px, has been taken away.
        axes = np.sqrt(np.linalg.eigvalsh(fit_image(exposure.psf).width2))
        assert axes[1] / axes[0] < 1.08


def test_the_real_pair_goes_all_the_way(shared, tmp_path, run):
    images = sorted((shared / PAIR).glob("*ooi*[13].fits"))
    out, fit = tmp_path / "warps", tmp_path / "fit"
    assert run("warp", *images, "--out", out).code == 0
    first, second = (dcrviz.read_exposure(path) for path in visit_files(out))
    assert first.shape == second.shape
    assert first.wcs.wcs.compare(second.wcs.wcs)
    peak = np.nanmax(first.image[:])
    row, column = np.unravel_index(np.nanargmax(first.image[:]), first.shape)
    near = np.s_[row - 3 : row + 4, column - 3 : column + 4]
    assert np.nanmax(second.image[near]) > 0.5 * peak
    assert run("assemble", out, "--out", fit).code == 0
    assert (fit / "dcrCoadd_2.fits").is_file()


def test_real_epochs_of_one_grid_stay_on_it(shared, tmp_path, run):
    out = tmp_path / "warps"
    folder = shared / EPOCHS
    ended = run("warp", folder, "--out", out, "--like", folder / "DEC-OBS04a.mini.fits")
    assert ended.code == 0, ended.err
    assert len(visit_files(out)) == 5
    with fits.open(visit_files(out)[0]) as hdus:
        assert np.isfinite(hdus["IMAGE"].data).mean() > 0.95
