"""The products of a run: written, and read again."""

import dataclasses

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from dcrviz.bands import Band
from dcrviz.io import read_coadds, read_exposure, write_coadds
from dcrviz.physics.seeing import star_image
from dcrviz.psf import Psf
from dcrviz.records import Coadd, Coadds, ForwardModel, Site, Visit, Weather

MODEL = ForwardModel(
    band=Band(name="odd", effective_nm=476.31, min_nm=405.0, max_nm=552.0),
    n_subfilters=3,
    split_subfilters=True,
    split_threshold_px=0.1,
    interpolation_order=3,
)
INPUTS = (
    Visit(
        id=410915,
        band=MODEL.band,
        filter="g",
        instrument="simCam",
        airmass=1.292,
        zenith_rad=0.6856,
        parallactic_rad=-2.5707,
        site=Site(longitude_deg=-70.8, latitude_deg=-30.2, height_m=2241.0),
        weather=Weather(temperature_c=1.0, pressure_pa=8e4, humidity_percent=5.0, assumed=True),
        time="2015-02-17T03:23:17.400",
        exposure_s=86.0,
        psf_fwhm_px=3.5,
        weight=0.7,
        scale=1.1,
    ),
    Visit(id="b-2", filter="g"),
)


def result_of(*, seed=3, n_subfilters=3, counted=True, wcs=None):
    rng = np.random.default_rng(seed)
    planes = rng.normal(size=(n_subfilters, 6, 8)).astype(np.float32)
    planes[0, 0, 0] = np.nan
    mask = rng.integers(0, 1 << 10, (6, 8), dtype=np.int32)
    variance = rng.uniform(1, 2, (n_subfilters, 6, 8)).astype(np.float32)
    counts = rng.integers(0, 99, (n_subfilters, 6, 8)).astype(np.uint16)
    return Coadds(
        planes=planes,
        variance=variance,
        mask=mask,
        mask_planes={"BAD": 0, "DETECTED": 9},
        corrected=Coadd(
            image=planes.sum(axis=0),
            mask=mask | 2,
            variance=variance.sum(axis=0),
            planes={"BAD": 0, "DETECTED": 9, "INTRP": 1},
        ),
        n_images=counts if counted else None,
        n_visits=counts.max(axis=0) if counted else None,
        wcs=wcs,
        xy0=(100, 200),
        model=dataclasses.replace(MODEL, n_subfilters=n_subfilters),
        inputs=INPUTS,
        input_weights=np.array([0.25, 1 / 3]),
    )


@pytest.fixture
def result(sky_keys):
    return result_of(wcs=WCS(fits.Header(sky_keys)))


def test_the_files_are_one_per_subfilter_the_sum_and_the_counts(tmp_path, result):
    written = write_coadds(result, tmp_path / "out")
    expected = ["dcrCoadd_0.fits", "dcrCoadd_1.fits", "dcrCoadd_2.fits", "coadd.fits"]
    assert [path.name for path in written] == [*expected, "nImage.fits"]
    assert sorted((tmp_path / "out").iterdir()) == sorted(written)


@pytest.mark.parametrize("name", ["planes", "variance", "mask", "n_images", "n_visits"])
def test_pixels_come_back_bit_for_bit(tmp_path, result, name):
    write_coadds(result, tmp_path)
    before, after = getattr(result, name), getattr(read_coadds(tmp_path), name)
    assert after.dtype == before.dtype
    assert after.tobytes() == before.tobytes()


def test_files_written_by_several_threads_are_the_same_byte_for_byte(tmp_path, result):
    alone, together = (
        write_coadds(result, tmp_path / str(threads), threads=threads) for threads in (1, 3)
    )
    assert [path.name for path in alone] == [path.name for path in together]
    assert [path.read_bytes() for path in alone] == [path.read_bytes() for path in together]


def test_the_sum_comes_back_with_its_own_mask(tmp_path, result):
    write_coadds(result, tmp_path)
    after = read_coadds(tmp_path).corrected
    for name in ("image", "mask", "variance"):
        assert getattr(after, name).tobytes() == getattr(result.corrected, name).tobytes()
    assert dict(after.planes) == dict(result.corrected.planes)


def test_model_grid_and_planes_come_back(tmp_path, result):
    write_coadds(result, tmp_path)
    after = read_coadds(tmp_path)
    assert (after.model, after.xy0) == (result.model, result.xy0)
    assert dict(after.mask_planes) == dict(result.mask_planes)
    sky = result.wcs.all_pix2world([0, 7], [0, 5], 0)
    np.testing.assert_array_equal(after.wcs.all_pix2world([0, 7], [0, 5], 0), sky)


def test_the_inputs_come_back_with_all_they_knew(tmp_path, result):
    write_coadds(result, tmp_path)
    after = read_coadds(tmp_path)
    assert after.inputs == result.inputs
    np.testing.assert_array_equal(after.input_weights, result.input_weights)


def test_one_subfilter_without_wcs_is_no_exception(tmp_path):
    before = result_of(n_subfilters=1)
    write_coadds(before, tmp_path)
    after = read_coadds(tmp_path)
    assert after.planes.tobytes() == before.planes.tobytes()
    assert after.wcs is None


def test_each_subfilter_says_which_it_is(tmp_path, result):
    paths = write_coadds(result, tmp_path)[:3]
    headers = [fits.getheader(path) for path in paths]
    assert [header["DCR SUBFILTER"] for header in headers] == [0, 1, 2]
    edges = [(header["DCR LAMBDA MIN"], header["DCR LAMBDA MAX"]) for header in headers]
    assert edges == [(405, 454), (454, 503), (503, 552)]


def test_each_subfilter_is_an_exposure_by_itself(tmp_path, result):
    exposure = read_exposure(write_coadds(result, tmp_path)[1])
    np.testing.assert_array_equal(np.asarray(exposure.image), result.planes[1])
    assert exposure.visit.band == result.model.band


def test_the_counts_hold_lsst_total_and_the_number_of_visits(tmp_path, result):
    write_coadds(result, tmp_path)
    with fits.open(tmp_path / "nImage.fits") as file:
        names = ["PRIMARY", "NIMAGE_0", "NIMAGE_1", "NIMAGE_2", "NIMAGE", "NVISITS"]
        assert [hdu.name for hdu in file] == names
        np.testing.assert_array_equal(file["NIMAGE"].data, result.n_images.sum(axis=0))
        np.testing.assert_array_equal(file["NVISITS"].data, result.n_visits)


def test_a_total_beyond_uint16_does_not_wrap(tmp_path, result):
    many = np.full_like(result.n_images, 40000)
    write_coadds(dataclasses.replace(result, n_images=many), tmp_path)
    assert fits.getdata(tmp_path / "nImage.fits", "NIMAGE").max() == 120000


def test_units_and_further_keys_are_kept(tmp_path, result):
    write_coadds(result, tmp_path, header={"BUNIT": "nJy", "OUTCOME": "converged"})
    assert fits.getval(tmp_path / "coadd.fits", "BUNIT", extname="VARIANCE") == "nJy**2"
    assert fits.getval(tmp_path / "dcrCoadd_2.fits", "OUTCOME") == "converged"


def test_what_an_earlier_run_had_more_is_removed(tmp_path, result):
    write_coadds(result, tmp_path)
    for name in ("dcrCoadd_old.fits", "mine.fits"):
        (tmp_path / name).write_text("not ours")
    written = write_coadds(result_of(counted=False, n_subfilters=2), tmp_path)
    after = read_coadds(tmp_path)
    assert (after.n_images, after.n_visits) == (None, None)
    assert len(after.planes) == 2
    kept = {"dcrCoadd_old.fits", "mine.fits", *(path.name for path in written)}
    assert {path.name for path in tmp_path.iterdir()} == kept


def test_an_error_in_the_last_file_leaves_the_earlier_run_whole(tmp_path, result, monkeypatch):
    write_coadds(result, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    changed = result_of(seed=4)
    monkeypatch.setattr("dcrviz.io.coadd_writer.COUNTS_NAME", "dcrCoadd_0.fits/nImage.fits")
    with pytest.raises(ValueError, match=r"dcrCoadd_0\.fits: must be a directory to write into"):
        write_coadds(changed, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_in_the_folders_place_is_named(tmp_path, result):
    (tmp_path / "out").write_text("")
    with pytest.raises(ValueError, match=r"out: must be a directory to write into; got a file"):
        write_coadds(result, tmp_path / "out")


def test_a_missing_file_is_named(tmp_path, result):
    with pytest.raises(ValueError, match=r"coadd\.fits: must be a FITS file; got nothing there"):
        read_coadds(tmp_path)
    write_coadds(result, tmp_path)
    (tmp_path / "dcrCoadd_1.fits").unlink()
    with pytest.raises(ValueError, match=r"dcrCoadd_1\.fits: must be a FITS file; got nothing"):
        read_coadds(tmp_path)


def test_a_coadd_of_another_kind_is_named(tmp_path, lsst_file):
    lsst_file("coadd.fits")
    with pytest.raises(ValueError, match=r"coadd\.fits: must be a coadd .*; got no DCR BAND, DCR"):
        read_coadds(tmp_path)


def test_planes_of_another_size_are_named(tmp_path, result):
    write_coadds(result, tmp_path)
    path = tmp_path / "dcrCoadd_1.fits"
    with fits.open(path, mode="update") as file:
        for hdu in file[1:4]:
            hdu.data = hdu.data[:3]
    with pytest.raises(ValueError, match=r"dcrCoadd_1\.fits: must have the shape of coadd\.fits"):
        read_coadds(tmp_path)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("DCR NSUBFILTERS", 0, "DCR NSUBFILTERS must be a count of 1 or more; got 0"),
        ("DCR ORDER", 7, "DCR ORDER must be a spline order from 0 to 5 or FOURIER; got 7"),
        ("DCR BAND MIN", 600.0, "band odd: wavelengths must satisfy"),
        ("DCR SPLIT THRESHOLD", "wide", "could not convert string to float: 'wide'"),
    ],
)
def test_a_model_that_can_not_be_is_named(tmp_path, result, key, value, message):
    write_coadds(result, tmp_path)
    with fits.open(tmp_path / "coadd.fits", mode="update") as file:
        file[0].header[key] = value
    with pytest.raises(ValueError, match=rf"coadd\.fits: {message}"):
        read_coadds(tmp_path)


def test_an_incomplete_table_of_inputs_is_named(tmp_path, result):
    write_coadds(result, tmp_path)
    with fits.open(tmp_path / "coadd.fits", mode="update") as file:
        file["INPUTS"].columns.del_col("airmass")
    message = r"coadd\.fits: must have a complete table INPUTS; got .air"
    with pytest.raises(ValueError, match=message):
        read_coadds(tmp_path)


def test_a_coadd_without_its_table_of_inputs_is_named(tmp_path, result):
    write_coadds(result, tmp_path)
    with fits.open(tmp_path / "coadd.fits", mode="update") as file:
        del file["INPUTS"]
    with pytest.raises(ValueError, match=r"must have a complete table INPUTS; got no such table"):
        read_coadds(tmp_path)


def test_the_star_image_comes_back_with_its_width_in_every_header(tmp_path, result):
    star = star_image(3.5, psf=Psf(profile="kolmogorov"), reach_px=12)
    write_coadds(dataclasses.replace(result, psf=star), tmp_path)
    assert read_coadds(tmp_path).psf.tobytes() == star.tobytes()
    for name in ("dcrCoadd_0.fits", "dcrCoadd_2.fits", "coadd.fits"):
        with fits.open(tmp_path / name) as hdus:
            assert hdus[0].header["FWHM"] == pytest.approx(3.5, rel=0.005)
            np.testing.assert_array_equal(hdus["PSF"].data, star)


def test_without_a_star_image_none_is_written(tmp_path, result):
    write_coadds(result, tmp_path)
    assert read_coadds(tmp_path).psf is None
    assert "FWHM" not in fits.getheader(tmp_path / "coadd.fits")
