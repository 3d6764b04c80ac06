"""DECam community pipeline: three files per exposure."""

import logging

import numpy as np
import pytest
from astropy.io import fits

from dcrviz.io import read_exposure, read_exposures
from dcrviz.io.decam import PLANES, bits_of_codes, bits_of_flags

KEYS = {
    "INSTRUME": "DECam",
    "FILTER": "g DECam SDSS c0001 4720.0 1520.0",
    "EXPNUM": 725257,
    "AIRMASS": 1.81,
    "ZD": 56.61,
    "HA": "00:47:05.500",
    "TELDEC": "25:25:54.599",
    "OBS-LONG": 70.81489,
    "OBS-LAT": -30.16606,
    "OBS-ELEV": 2215.0,
    "OUTTEMP": 12.9,
    "PRESSURE": 779.0,
    "HUMIDITY": 50.0,
    "PLVER": "V4.8.2a",
}


@pytest.fixture
def triple(tmp_path, sky_keys):
    """Writes a triple with these weights and codes, and returns the folder and the image."""

    def write(weight=((4.0, 4.0),), codes=((0, 0),), number="074106", **keys):
        planes = {
            "ooi": np.arange(np.size(weight), dtype=np.float32).reshape(np.shape(weight)),
            "oow": np.array(weight, dtype=np.float32),
            "ood": np.array(codes, dtype=np.int32),
        }
        for role, plane in planes.items():
            header = fits.Header({**sky_keys, "INHERIT": True, "FWHM": 4.8})
            hdus = [fits.PrimaryHDU(header=fits.Header(KEYS | keys)), fits.ImageHDU(plane, header)]
            fits.HDUList(hdus).writeto(tmp_path / f"c4d_180225_{number}_{role}_g_ls9.fits")
        return tmp_path / f"c4d_180225_{number}_ooi_g_ls9.fits"

    return write


def planes_of(bits):
    return [{name for name, bit in PLANES.items() if value & (1 << bit)} for value in bits]


def test_the_variance_is_the_inverse_of_the_weight(triple):
    assert np.asarray(read_exposure(triple([[4.0, 0.5]])).variance).tolist() == [[0.25, 2.0]]


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf, 1e-44])
def test_a_pixel_without_usable_weight_is_no_data_with_a_finite_variance(triple, weight):
    exposure = read_exposure(triple([[4.0, weight]]))
    assert planes_of(np.asarray(exposure.mask)[0]) == [set(), {"NO_DATA"}]
    assert np.asarray(exposure.variance)[0, 1] == 0


def test_each_code_has_its_plane():
    assert planes_of(bits_of_codes(np.arange(-1, 11, dtype=np.int32))) == [
        {"SUSPECT"},
        set(),
        {"BAD"},
        {"NO_DATA"},
        {"SAT"},
        {"SAT"},
        {"CR"},
        {"BAD"},
        {"SUSPECT"},
        {"SUSPECT"},
        {"SUSPECT"},
        {"SUSPECT"},
    ]


def test_each_flag_of_older_versions_has_its_plane():
    flags = np.array([0, 1, 2, 4, 16, 64, 128, 8, 1 | 2 | 16], dtype=np.int32)
    assert planes_of(bits_of_flags(flags)) == [
        set(),
        {"BAD"},
        {"SAT"},
        {"INTRP"},
        {"CR"},
        {"SAT"},
        {"SUSPECT"},
        {"SUSPECT"},
        {"BAD", "SAT", "CR"},
    ]


@pytest.mark.parametrize(
    ("version", "meaning"),
    [("V3.4.1", {"SAT"}), ("V3.5.0", {"NO_DATA"}), ("V4.8.2a", {"NO_DATA"}), ("", {"NO_DATA"})],
)
def test_the_pipelines_version_tells_flags_from_codes(triple, version, meaning):
    exposure = read_exposure(triple(codes=((0, 2),), PLVER=version))
    assert planes_of(np.asarray(exposure.mask)[0])[1] == meaning


@pytest.mark.parametrize("role", ["ooi", "oow", "ood"])
def test_any_of_the_three_files_stands_for_the_exposure(triple, role):
    image = triple()
    exposure = read_exposure(str(image).replace("_ooi_", f"_{role}_"))
    assert exposure.source == str(image)


def test_a_folder_of_triples_gives_one_exposure_each(triple):
    image = triple()
    triple(number="081530", EXPNUM=725300)
    assert [e.visit.id for e in read_exposures(image.parent)] == [725257, 725300]


def test_the_three_files_together_are_one_exposure(triple):
    image = triple()
    files = [str(image).replace("_ooi_", f"_{role}_") for role in ("ood", "oow", "ooi")]
    assert len(read_exposures(files)) == 1


def test_a_weight_without_its_image_is_refused(triple):
    image = triple()
    image.unlink()
    with pytest.raises(
        ValueError, match=r"_oow_g_ls9\.fits: must lie beside its image c4d_.*_ooi_"
    ):
        read_exposure(str(image).replace("_ooi_", "_oow_"))


def test_an_image_without_its_weight_is_read_without_variance_and_says_so(triple, caplog):
    image = triple()
    for role in ("oow", "ood"):
        image.with_name(image.name.replace("ooi", role)).unlink()
    with caplog.at_level(logging.WARNING):
        exposure = read_exposure(image)
    assert exposure.variance is None
    assert not np.asarray(exposure.mask).any()
    assert "_oow_g_ls9.fits is not beside it" in caplog.text


def test_a_weight_of_another_shape_is_refused(triple):
    with pytest.raises(
        ValueError, match=r"_ooi_g_ls9\.fits: mask must have the image's shape \(1 x"
    ):
        read_exposure(triple(codes=((0, 0, 0),)))


def test_a_mosaic_of_several_ccds_is_refused(triple):
    image = triple()
    with fits.open(image, mode="append") as file:
        file.append(fits.ImageHDU(np.zeros((1, 2), dtype=np.float32), name="N4"))
    with pytest.raises(ValueError, match=r"must hold the image of one CCD; got .*2 N4"):
        read_exposure(image)


def test_the_visit_is_read_from_both_headers(triple):
    visit = read_exposure(triple()).visit
    assert (visit.id, visit.instrument, visit.band.name) == (725257, "DECam", "decam-g")
    assert (visit.airmass, visit.psf_fwhm_px) == (1.81, 4.8)
    assert np.degrees(visit.zenith_rad) == pytest.approx(56.61)


def test_the_longitude_is_turned_to_the_east(triple):
    assert read_exposure(triple()).visit.site.longitude_deg == -70.81489


def test_a_longitude_to_the_east_already_is_kept(triple):
    assert read_exposure(triple(**{"OBS-LONG": -70.81489})).visit.site.longitude_deg == -70.81489


def test_the_pressure_is_in_hectopascal_whatever_its_comment_says(triple):
    assert read_exposure(triple()).visit.weather.pressure_pa == 77900.0


def test_west_of_the_meridian_the_zenith_is_to_the_east_of_north(triple):
    """A field north of the zenith: the zenith lies south of it, a little to the east."""
    q = np.degrees(read_exposure(triple()).visit.parallactic_rad)
    assert 165 < q < 180
    mirrored = read_exposure(triple(number="2", HA="-00:47:05.500")).visit
    assert np.degrees(mirrored.parallactic_rad) == pytest.approx(-q)


@pytest.fixture
def mosaic(tmp_path, sky_keys):
    """Writes a triple of files with several CCDs each, and returns the image."""

    def write(names, *, quality=None, shuffled=False):
        for role, value in (("ooi", 10.0), ("oow", 4.0), ("ood", 0)):
            listed = (quality or names) if role == "ood" else names
            listed = listed[::-1] if shuffled and role != "ooi" else listed
            dtype = np.int32 if role == "ood" else np.float32
            hdus = [fits.PrimaryHDU(header=fits.Header(KEYS))]
            for name in listed:
                number = names.index(name) if name in names else 0
                plane = np.full((2, 3), value + number, dtype)
                header = fits.Header({**sky_keys, "CRPIX1": 4.5 + 100 * number, "INHERIT": True})
                hdus.append(fits.ImageHDU(plane, header, name=name))
            fits.HDUList(hdus).writeto(tmp_path / f"c4d_180225_074106_{role}_g_ls9.fits")
        return tmp_path / "c4d_180225_074106_ooi_g_ls9.fits"

    return write


def test_every_ccd_of_a_file_is_an_exposure_of_its_visit(mosaic):
    exposures = read_exposures(mosaic(["N1", "N2", "S3"]), detectors=True)
    assert [float(e.image[0, 0]) for e in exposures] == [10.0, 11.0, 12.0]
    assert [float(e.variance[0, 0]) for e in exposures] == pytest.approx([1 / 4, 1 / 5, 1 / 6])
    assert {e.visit.id for e in exposures} == {725257}
    assert [e.wcs.wcs.crpix[0] for e in exposures] == [4.5, 104.5, 204.5]


def test_ccds_are_matched_by_name_whatever_their_order(mosaic):
    exposures = read_exposures(mosaic(["N1", "N2", "S3"], shuffled=True), detectors=True)
    assert [float(e.variance[0, 0]) for e in exposures] == pytest.approx([1 / 4, 1 / 5, 1 / 6])


def test_a_ccd_without_its_data_quality_is_named(mosaic):
    path = mosaic(["N1", "N2"], quality=["N1", "S9"])
    with pytest.raises(ValueError, match=r"ooi_g_ls9\.fits: CCD N2 must be in the weight and data"):
        read_exposures(path, detectors=True)


def test_several_ccds_are_no_single_exposure(mosaic):
    with pytest.raises(ValueError, match="must hold the image of one CCD"):
        read_exposures(mosaic(["N1", "N2"]))


def test_a_file_of_another_layout_is_one_exposure(triple):
    assert len(read_exposures(triple(), detectors=True)) == 1
