"""Star images from PSFEx files."""

import sys

import numpy as np
import pytest
from astropy.io import fits
from skies import tan

from dcrviz.physics.star_fit import star_width_px
from dcrviz.warp import grid_of, psfex_files, psfex_models, with_star_images
from dcrviz.warp.psfex import psfex_beside, read_psfex

SHAPE = (120, 120)
BLANK = np.zeros(SHAPE, np.float32)
# What a cut of a PSFEx file may lack, as it follows from the rest.
COUNTS = ("POLNAXIS", "PSFNAXIS", "PSFAXIS1", "PSFAXIS2", "PSFAXIS3")


def gaussian(sigma):
    y, x = np.indices((31, 31)) - 15.0
    star = np.exp(-(x**2 + y**2) / (2 * sigma**2))
    return star / star.sum()


def psfex_hdu(*, lacking=(), sampling=1.0, **keys):
    """Stars of 1.6 px sigma at X_IMAGE = 1, which become those of 3 px at X_IMAGE = 101."""
    basis = np.stack([gaussian(1.6), gaussian(3.0) - gaussian(1.6), np.zeros((31, 31))])
    column = fits.Column(
        name="PSF_MASK", format=f"{basis.size}E", dim="(31,31,3)", array=basis[None].astype("f4")
    )
    hdu = fits.BinTableHDU.from_columns([column], name="PSF_DATA")
    header = {"POLNAXIS": 2, "POLNGRP": 1, "POLDEG1": 1, "PSF_SAMP": sampling, "PSFNAXIS": 3}
    for axis, name, scale in ((1, "X_IMAGE", 100.0), (2, "Y_IMAGE", 1.0)):
        header |= {f"POLNAME{axis}": name, f"POLGRP{axis}": 1}
        header |= {f"POLZERO{axis}": 1.0, f"POLSCAL{axis}": scale}
    header |= {"PSFAXIS1": 31, "PSFAXIS2": 31, "PSFAXIS3": 3, **keys}
    hdu.header.update({key: value for key, value in header.items() if key not in lacking})
    return hdu


@pytest.fixture
def written(tmp_path):
    """Writes a PSFEx file of some detectors."""

    def write(*hdus, name="a.psf"):
        path = tmp_path / name
        fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(path)
        return path

    return write


def test_a_star_is_that_of_its_place_counted_from_zero(written):
    (model,) = read_psfex(written(psfex_hdu()))
    for x, part in ((0, 0.0), (50, 0.5), (100, 1.0)):
        expected = (1 - part) * gaussian(1.6) + part * gaussian(3.0)
        np.testing.assert_allclose(model.star_at(x, 20), expected / expected.sum(), atol=2e-4)


def test_its_sum_is_one_and_its_sides_are_odd(written):
    (model,) = read_psfex(written(psfex_hdu()))
    star = model.star_at(30, 4)
    assert star.shape == (31, 31)
    assert star.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("sampling", [0.5, 0.7])
def test_finer_samples_become_pixels(written, sampling):
    (model,) = read_psfex(written(psfex_hdu(sampling=sampling), name=f"{sampling}.psf"))
    (whole,) = read_psfex(written(psfex_hdu(), name="1.psf"))
    fine, coarse = model.star_at(100, 0), whole.star_at(100, 0)
    assert fine.shape[0] % 2 == 1
    variances = [
        (star.sum(axis=0) @ (np.arange(len(star)) - len(star) // 2) ** 2) for star in (fine, coarse)
    ]
    assert variances[0] == pytest.approx(sampling**2 * variances[1], rel=0.02)


def test_counts_that_a_cut_file_lacks_follow_from_the_rest(written):
    (whole,) = read_psfex(written(psfex_hdu()))
    (cut,) = read_psfex(written(psfex_hdu(lacking=COUNTS), name="b.psf"))
    np.testing.assert_array_equal(cut.star_at(10, 10), whole.star_at(10, 10))


@pytest.mark.parametrize(
    ("image", "beside"),
    [
        ("c4d_170329_044212_ooi_g_ls9.N3.fits", "c4d_170329_044212_ooi_g_ls9-N3-psfex.fits"),
        ("night.fits", "night.psf"),
        ("night.fits.fz", "night_psfcat.psf"),
        ("night.1.fits", "night.1.psf"),
    ],
)
def test_the_file_beside_an_exposure_is_known_by_its_name(tmp_path, image, beside):
    (tmp_path / beside).touch()
    (tmp_path / "other.psf").touch()
    assert psfex_beside(tmp_path / image) == tmp_path / beside
    assert psfex_beside(tmp_path / "nothing.fits") is None


def test_files_that_are_named_go_with_the_exposures_in_their_order(exposure_of, tmp_path):
    exposures = [exposure_of(BLANK, tan(), source=name) for name in ("b.fits", "a.fits", "a.fits")]
    one, two = tmp_path / "1.psf", tmp_path / "2.psf"
    assert psfex_files(exposures, [one, two]) == {"b.fits": one, "a.fits": two}
    with pytest.raises(ValueError, match=r"one PSFEx file must be named for each of the 2 exp.*1"):
        psfex_files(exposures, [one])


def test_each_detector_has_the_table_in_its_place(exposure_of, written):
    pair = [exposure_of(BLANK, tan(), source="a.fits") for _ in range(2)]
    path = written(psfex_hdu(), psfex_hdu(POLZERO1=-99.0))
    models = psfex_models(pair, {"a.fits": path})
    first, second = (models[exposure].star_at(0, 0) for exposure in pair)
    np.testing.assert_allclose(first, gaussian(1.6), atol=2e-4)
    np.testing.assert_allclose(second, gaussian(3.0), atol=2e-4)
    with pytest.raises(ValueError, match=r"a\.psf: must have a model for each of the 1 detectors"):
        psfex_models(pair[:1], {"a.fits": path})


def test_an_exposure_has_the_star_in_the_middle_of_what_the_grid_takes(exposure_of, written):
    exposure = exposure_of(BLANK, tan(), source="a.fits")
    models = psfex_models([exposure], {"a.fits": written(psfex_hdu())})
    right = exposure_of(BLANK[:, 80:], tan()[:, 80:])
    ((found,),) = with_star_images([[exposure]], models, grid_of(right))
    np.testing.assert_allclose(found.psf, models[exposure].star_at(99.5, 59.5), atol=1e-4)


def test_an_exposure_without_a_file_stays_as_it_is(exposure_of):
    exposure = exposure_of(BLANK, tan())
    assert with_star_images([[exposure]], {}, grid_of(exposure)) == [[exposure]]


@pytest.mark.parametrize(
    ("hdu", "message"),
    [
        (fits.ImageHDU(np.zeros((3, 3))), "got no table with a column PSF_MASK"),
        (psfex_hdu(POLNAME1="MAG_AUTO"), "must be a PSFEx file; got"),
        (psfex_hdu(lacking=("POLDEG1",)), "must be a PSFEx file; got"),
    ],
)
def test_a_file_that_is_none_is_named(written, hdu, message):
    with pytest.raises(ValueError, match=rf"a\.psf: .*{message}"):
        read_psfex(written(hdu))


@pytest.mark.parametrize("factor", [0.0, np.nan])
def test_a_place_without_light_is_named(written, factor):
    hdu = psfex_hdu()
    hdu.data["PSF_MASK"][:] *= factor
    (model,) = read_psfex(written(hdu))
    with pytest.raises(
        ValueError, match=r"a\.psf, HDU 1: must give a star with light at pixel \(3"
    ):
        model.star_at(3, 4)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"none\.psf: must be a PSFEx file; got .*No such file"):
        read_psfex(tmp_path / "none.psf")


def test_without_the_package_the_error_says_what_would_help(written, monkeypatch):
    path = written(psfex_hdu())
    monkeypatch.setitem(sys.modules, "galsim.des", None)
    with pytest.raises(ValueError, match=r"a\.psf: a PSFEx file needs the extra dcrviz\[psfex\]"):
        read_psfex(path)


@pytest.mark.parametrize(
    ("name", "across_px"),
    [
        ("c4d_170329_044212_ooi_g_ls9-N3-psfex.fits", 4.54),
        ("c4d_180225_074106_ooi_g_ls9-S1-psfex.fits", 4.13),
    ],
)
def test_the_real_files_are_read(shared, name, across_px):
    # Widths of circles of the same area, half way down between rings of the image.
    (model,) = read_psfex(shared / "data/real/decam_g_pair" / name)
    assert star_width_px(model.star_at(124, 124)) == pytest.approx(across_px, abs=0.02)
