"""Bad visits: exit code 2, one line that names the file, the rule and the value, nothing written.

That nothing is written, and that the message is one line, the fixtures check each time.
"""

import os

import pytest
from astropy.io import fits

GRID = "must be on the same pixel grid as"


def tell(line, *parts):
    """Every part is in the line."""
    for part in parts:
        assert str(part) in line


def remove_keys(*names):
    """Takes these keys out of all headers."""

    def change(hdus):
        for hdu in hdus:
            for name in names:
                hdu.header.remove(name, ignore_missing=True, remove_all=True)

    return change


def test_a_truncated_file(warps, not_assembled):
    path = warps[2]
    whole = path.stat().st_size
    os.truncate(path, whole - 5000)
    line = not_assembled(*warps)
    tell(line, path, f"must hold {whole} bytes", f"got {whole - 5000}: truncated")


def test_a_file_truncated_within_its_header(warps, not_assembled):
    os.truncate(warps[2], 1000)
    tell(not_assembled(*warps), warps[2], "HDU 0 must have a valid FITS header")


def test_a_truncated_gzip_file(warps, not_assembled, tmp_path, rewrite):
    path = tmp_path / "warps" / "packed.fits.gz"
    rewrite(warps[0], lambda hdus: hdus.writeto(path))
    os.truncate(path, path.stat().st_size // 2)
    tell(not_assembled(*warps[1:], path), str(path), "must be a complete gzip file")


def test_a_file_with_damaged_tiles(warps, not_assembled, rewrite):
    """Its length is right: it is found when the pixels are read, before anything is written."""

    def compress(hdus):
        hdus[1] = fits.CompImageHDU(
            hdus[1].data, hdus[1].header, compression_type="GZIP_1", quantize_level=0.0
        )

    rewrite(warps[1], compress)
    content = bytearray(warps[1].read_bytes())
    packed = content.find(b"\x1f\x8b")
    content[packed + 2 : packed + 400] = bytes(398)
    warps[1].write_bytes(content)
    tell(not_assembled(*warps), warps[1], "HDU 1 can't be read")


def test_a_file_that_is_not_fits(warps, not_assembled):
    warps[1].write_text("hello world\n" * 1000)
    tell(
        not_assembled(*warps), warps[1], "must be a FITS file, which begins with SIMPLE", "b'hello"
    )


def test_an_empty_file(warps, not_assembled):
    os.truncate(warps[1], 0)
    tell(not_assembled(*warps), warps[1], "must be a FITS file", "got b''")


def test_a_missing_file(warps, not_assembled):
    warps[1].unlink()
    tell(not_assembled(*warps), warps[1], "must be a FITS file; got nothing there")


def test_a_directory_without_fits_files(tmp_path, not_assembled):
    (tmp_path / "none").mkdir()
    tell(not_assembled(tmp_path / "none"), f"{tmp_path}/none: the directory must hold FITS images")


def test_a_file_in_a_directory_of_visits_that_is_not_fits(warps, not_assembled):
    bad = warps[0].with_name("bad.fits")
    bad.write_text("hello")
    tell(not_assembled(bad.parent), f"{bad}: must be a FITS file")


def test_an_unknown_layout(warps, not_assembled, rewrite):
    rewrite(warps[1], lambda hdus: [hdu.header.update(EXTNAME="A", EXTTYPE="A") for hdu in hdus])
    tell(
        not_assembled(*warps), warps[1], "must be an LSST Exposure, a DECam ooi file", "1 A (image"
    )


def test_a_genuine_lsst_file_with_an_empty_visit_record(shared, not_assembled):
    path = shared / "data/real/lsst_files/HSC-0908120-056-small.fits"
    line = not_assembled(path)
    tell(line, f"{path}: missing airmass (BORE-AIRMASS, BORE-ALT,", "parallactic angle (AVG-ERA,")
    tell(line, "site (OBS-LONG, OBS-LAT and OBS-ELEV in the header)")


def test_a_folder_of_such_files(shared, not_assembled):
    folder = shared / "data/real/lsst_files"
    tell(not_assembled(folder), folder, "missing airmass (", "parallactic angle (", "site (")


def test_a_genuine_lsst_file_that_has_a_visit_record_and_no_image(shared, not_assembled):
    path = shared / "data/real/lsst_files/visitInfo-version-5.fits"
    assert str(path) in not_assembled(path)


def test_visits_of_different_sizes(warps, not_assembled, rewrite):
    def cut(hdus):
        for hdu in hdus[1:]:
            hdu.data = hdu.data[:40]

    rewrite(warps[2], cut)
    tell(not_assembled(*warps), warps[2], GRID, warps[0], "48 x 48 pixels", "got 40 x 48")


def test_a_mask_of_another_size_than_its_image(warps, not_assembled, rewrite):
    rewrite(warps[2], lambda hdus: setattr(hdus[2], "data", hdus[2].data[:, :40]))
    tell(not_assembled(*warps), warps[2], "mask must have the image's shape", "got 48 x 40")


def test_visits_with_different_origins(warps, not_assembled, rewrite):
    rewrite(warps[2], lambda hdus: [hdu.header.update(CRVAL1A=7.0) for hdu in hdus[1:]])
    tell(not_assembled(*warps), warps[2], GRID, "whose XY0 is (0, 0); got (7, 0)")


def test_visits_with_different_scales(warps, not_assembled, rewrite):
    rewrite(warps[2], lambda hdus: [hdu.header.update(CD1_1=-5e-5) for hdu in hdus[1:]])
    tell(not_assembled(*warps), warps[2], "WCS", GRID, "the corners differ by up to", "pixels")


@pytest.mark.parametrize("ra_deg", [150.2, 152.0, 240.0, 330.12])
def test_visits_at_different_places(warps, not_assembled, rewrite, ra_deg):
    """Even in the other half of the sky, which has no place on the first grid."""
    rewrite(warps[2], lambda hdus: [hdu.header.update(CRVAL1=ra_deg) for hdu in hdus[1:]])
    tell(not_assembled(*warps), warps[2], "WCS", GRID, warps[0], "the corners differ by up to")


def test_visits_in_different_bands(warps, not_assembled, set_keys):
    set_keys(warps[2], FILTER="r")
    line = not_assembled(*warps)
    tell(line, warps[2], "all visits must be in one band", warps[0], "is in lsst-g; got lsst-r")


def test_visits_of_different_instruments(warps, not_assembled, set_keys):
    set_keys(warps[0], INSTRUMENT="DECam")
    set_keys(warps[2], INSTRUMENT="HSC")
    line = not_assembled(*warps)
    tell(line, warps[2], "all visits must be of one instrument", warps[0], "'DECam'; got 'HSC'")


def test_visits_that_do_not_overlap(warps, not_assembled, rewrite):
    def keep(number):
        def mask(hdus):
            hdus["MASK"].data |= 1 << hdus["MASK"].header["MP_NO_DATA"]
            rows = slice(8 * number, 8 * number + 8)
            hdus["MASK"].data[rows] &= ~(1 << hdus["MASK"].header["MP_NO_DATA"])

        return mask

    for number, path in enumerate(warps):
        rewrite(path, keep(number))
    line = not_assembled(*warps)
    tell(line, warps[4], "visits must overlap; no pixel is usable in two of the 5", warps[0])


def test_visits_in_different_filters_though_the_band_is_given(warps, not_assembled, set_keys):
    set_keys(warps[2], FILTER="r")
    line = not_assembled(*warps, "--band", "g")
    tell(line, warps[2], "all visits must be in one filter", "'g'; got 'r'")


def test_the_same_visit_id_in_two_files(warps, not_assembled, set_keys):
    set_keys(warps[3], IDNUM=fits.getval(warps[1], "IDNUM"))
    line = not_assembled(*warps)
    tell(line, warps[3], "visit ids must be unique", f"411456 is also that of {warps[1]}")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (["BORE-AIRMASS", "BORE-ALT"], "airmass (BORE-AIRMASS, BORE-ALT, AIRMASS or ZD in the"),
        (["DCR PARANG"], "parallactic angle (AVG-ERA, OBS-LONG, OBS-LAT, BORE-RA and BORE-DEC, or"),
        (["OBS-ELEV"], "site (OBS-LONG, OBS-LAT and OBS-ELEV in the header)"),
        (
            ["CTYPE1", "CTYPE2"],
            "WCS (CTYPE1, CRVAL1, CRPIX1, CD1_1 and so on in the image's header)",
        ),
    ],
)
def test_a_visit_without_it_says_what_would_supply_it(warps, not_assembled, keys, told, rewrite):
    rewrite(warps[2], remove_keys(*keys))
    assert f"{warps[2]}: missing {told}" in not_assembled(*warps)


def test_a_visit_without_a_variance_says_what_would_supply_it(warps, not_assembled, rewrite):
    rewrite(warps[2], lambda hdus: hdus.pop(3))
    line = not_assembled(*warps)
    tell(line, f"{warps[2]}: missing variance (a variance plane in the file, or a column sky_rms")


def test_everything_that_is_missing_is_told_at_once(warps, not_assembled, rewrite):
    rewrite(warps[0], remove_keys("BORE-AIRMASS", "BORE-ALT", "DCR PARANG", "OBS-LAT"))
    tell(not_assembled(*warps), warps[0], "airmass (", "; parallactic angle (", "; site (")


@pytest.mark.parametrize(
    "keys", [{"BORE_ALT": 0.0}, {"BORE_ALT": -5.0}, {"BORE_ALT": None, "ZD": 91.0}]
)
@pytest.mark.parametrize("airmass", [None, 1.3])
def test_a_zenith_angle_of_90_degrees_or_more(warps, not_assembled, keys, airmass, set_keys):
    """Whether the header has an airmass or not: they contradict each other then."""
    set_keys(warps[1], BORE_AIRMASS=airmass, **keys)
    value = next(f"{value:g}" for value in keys.values() if value is not None)
    tell(not_assembled(*warps), warps[1], "zenith angle must be below 90 deg; got", value)


def test_an_airmass_below_one_is_none(warps, not_assembled, set_keys):
    set_keys(warps[1], BORE_AIRMASS=0.3, BORE_ALT=None)
    tell(not_assembled(*warps), warps[1], "missing airmass")
