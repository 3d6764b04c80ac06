"""Extensions SCI, VAR or ERR, DQ; and single images."""

import numpy as np
import pytest
from astropy.io import fits

from dcrviz.io import read_exposure

IMAGE = np.array([[1.0, 2.0, 3.0]], dtype=np.float32)
ERROR = np.array([[0.5, 1.0, 2.0]], dtype=np.float32)
FLAGS = np.array([[0, 1, 4]], dtype=np.int16)


@pytest.fixture
def write(tmp_path):
    def write(*hdus):
        path = tmp_path / "multi.fits"
        fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(path)
        return path

    return write


def science(name="SCI", image=IMAGE, **keys):
    return fits.ImageHDU(image, fits.Header(keys), name=name)


def test_a_variance_is_taken_as_it_is(write):
    exposure = read_exposure(write(science(), science("VAR", ERROR)))
    np.testing.assert_array_equal(np.asarray(exposure.variance), ERROR)


def test_an_error_is_squared(write):
    exposure = read_exposure(write(science(), science("ERR", ERROR)))
    np.testing.assert_array_equal(np.asarray(exposure.variance), ERROR**2)


def test_any_quality_flag_without_a_name_is_bad(write):
    exposure = read_exposure(write(science(), science("DQ", FLAGS)))
    assert dict(exposure.planes) == {"BAD": 0}
    assert np.asarray(exposure.mask).tolist() == [[0, 1, 1]]


def test_quality_flags_with_names_keep_them(write):
    exposure = read_exposure(write(science(), science("DQ", FLAGS, MP_CR=0, MP_SAT=2)))
    assert dict(exposure.planes) == {"CR": 0, "SAT": 2}
    assert np.asarray(exposure.mask).tolist() == [[0, 1, 4]]


def test_the_order_of_the_extensions_does_not_matter(write):
    exposure = read_exposure(write(science("DQ", FLAGS), science("VAR", ERROR), science()))
    np.testing.assert_array_equal(np.asarray(exposure.image), IMAGE)


def test_several_science_extensions_are_refused(write):
    with pytest.raises(
        ValueError, match=r"multi\.fits: must have one each of SCI, VAR or ERR, and"
    ):
        read_exposure(write(science(), science()))


def test_a_single_image_is_read_wherever_it_is(write, plain_file, pixels):
    np.testing.assert_array_equal(np.asarray(read_exposure(write(science("N4"))).image), IMAGE)
    np.testing.assert_array_equal(np.asarray(read_exposure(plain_file()).image), pixels.image)


def test_a_single_image_of_integers_is_scaled_as_its_header_says(tmp_path):
    hdu = fits.PrimaryHDU(np.array([[1, 2]], dtype=np.int16))
    hdu.header["BSCALE"], hdu.header["BZERO"] = 0.5, 10.0
    path = tmp_path / "scaled.fits"
    hdu.writeto(path)
    with fits.open(path) as file:
        expected = file[0].data
    np.testing.assert_array_equal(np.asarray(read_exposure(path).image), expected)


def test_a_single_image_has_no_variance_and_names_what_would_supply_it(plain_file):
    exposure = read_exposure(plain_file())
    assert exposure.variance is None
    assert any("a column sky_rms or noise" in text for text in exposure.visit.missing)
    assert not np.asarray(exposure.mask).any()


@pytest.mark.parametrize("column", ["sky_rms", "noise"])
def test_a_table_gives_the_variance_of_a_single_image(plain_file, column):
    path = plain_file()
    path.with_name("visits.csv").write_text(f"file,{column}\nplain.fits,3\n")
    exposure = read_exposure(path)
    assert np.unique(exposure.variance).tolist() == [9.0]
    assert not any(text.startswith("variance") for text in exposure.visit.missing)


def test_a_variance_in_the_file_wins_over_the_noise_of_a_table(write):
    path = write(science(), science("VAR", ERROR))
    path.with_name("visits.csv").write_text("file,noise\nmulti.fits,3\n")
    np.testing.assert_array_equal(np.asarray(read_exposure(path).variance), ERROR)
