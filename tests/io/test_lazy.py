"""Planes that are read when they are indexed."""

import numpy as np
import pytest
from astropy.io import fits

from dcrviz.io import read_exposure
from dcrviz.io.lazy import computed_image, constant_image, image_plane
from dcrviz.io.scan import scan


@pytest.fixture
def plane(plain_file):
    return image_plane(scan(plain_file())[0])


@pytest.mark.parametrize(
    "key",
    [
        np.s_[2:4],
        np.s_[2:4, 1:5],
        np.s_[:, ::2],
        np.s_[3],
        np.s_[3, 4],
        np.s_[-2:],
        np.s_[...],
        np.s_[[1, 2], 3],
        np.s_[:0],
        np.s_[5:2],
        np.s_[3:100],
        np.s_[::-1],
        (),
    ],
    ids=str,
)
def test_any_index_gives_what_it_gives_on_the_array(plane, pixels, key):
    np.testing.assert_array_equal(plane[key], pixels.image[key])


@pytest.mark.parametrize("compressed", [False, True])
def test_a_section_is_read_without_the_rest(lsst_file, pixels, monkeypatch, compressed):
    plane = read_exposure(lsst_file(compressed=compressed)).image

    def whole(*_):
        raise AssertionError("all pixels were read")

    monkeypatch.setattr(fits.ImageHDU, "data", property(whole))
    monkeypatch.setattr(fits.CompImageHDU, "data", property(whole))
    np.testing.assert_array_equal(plane[2:4, 1:3], pixels.image[2:4, 1:3])


def test_a_row_of_an_image_larger_than_memory_is_read_at_once(tmp_path):
    path = tmp_path / "huge.fits"
    header = fits.Header({"SIMPLE": True, "BITPIX": -32, "NAXIS": 2, "NAXIS1": 10**5})
    header["NAXIS2"] = 10**5
    text = header.tostring().encode()
    with path.open("wb") as stream:
        stream.write(text)
        # A sparse file: the holes read as zeros and take no place on the disk.
        stream.truncate(len(text) + header.data_size_padded)
    plane = read_exposure(path).image
    assert plane.shape == (10**5, 10**5)
    assert plane[10**5 - 1 :, 5:8].tolist() == [[0.0, 0.0, 0.0]]


def test_shape_and_type_are_known_after_the_file_is_gone(plain_file):
    path = plain_file()
    plane = read_exposure(path).image
    path.unlink()
    assert (plane.shape, plane.dtype) == ((6, 8), np.float32)


def test_a_file_that_was_written_anew_is_read_by_its_own_headers(plane, pixels):
    moved = fits.Header({f"KEY{number}": number for number in range(80)})
    fits.PrimaryHDU(pixels.image[::-1], header=moved).writeto(plane.path, overwrite=True)
    np.testing.assert_array_equal(plane[1:3], pixels.image[::-1][1:3])


def test_no_file_stays_open(plane):
    plane[0]
    plane.path.unlink()
    with pytest.raises(ValueError, match=r"plain\.fits: HDU 0 can't be read; got .*No such file"):
        plane[0]


def test_damaged_tiles_are_told_when_they_are_read(lsst_file):
    path = lsst_file(compressed=True)
    content = path.read_bytes()
    first_tile = content.index(b"\x1f\x8b")
    path.write_bytes(content[:first_tile] + b"\0" * 20 + content[first_tile + 20 :])
    with pytest.raises(ValueError, match=r"warp\.fits: HDU 1 can't be read; got "):
        np.asarray(read_exposure(path).image)


def test_each_reading_is_the_callers_own(plane):
    plane[:][:] = 0
    assert np.asarray(plane).any()


def test_an_array_of_another_type_can_be_asked_for(plane):
    assert np.asarray(plane, dtype=np.float64).dtype == np.float64


def test_a_view_without_copying_can_not_be_had(plane):
    with pytest.raises(ValueError, match="copy must not be False"):
        np.array(plane, copy=False)


def test_a_value_beyond_float32_becomes_infinite(plain_file):
    image = np.array([[1e300, 1.0]])
    assert np.asarray(read_exposure(plain_file(image=image)).image).tolist() == [[np.inf, 1.0]]


def test_a_computed_plane_is_computed_on_the_section_only(plane, pixels):
    sizes = []

    def squared(image):
        sizes.append(image.size)
        return image * image

    computed = computed_image(squared, plane)
    np.testing.assert_array_equal(computed[1:2, 2:4], pixels.image[1:2, 2:4] ** 2)
    assert sizes == [2]


def test_a_constant_plane_is_the_same_everywhere():
    assert constant_image(2.5, (3, 2))[1:].tolist() == [[2.5, 2.5], [2.5, 2.5]]


@pytest.mark.parametrize("compressed", [False, True])
def test_a_plane_tells_whether_it_comes_by_rows(lsst_file, compressed):
    plane = read_exposure(lsst_file(compressed=compressed)).image
    for one in (plane, computed_image(np.negative, plane)):
        assert one.comes_by_rows is not compressed
