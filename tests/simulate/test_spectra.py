"""Spectra of stars and quasars."""

import numpy as np
import pytest

from dcrviz.simulate.curve import Curve, slice_photons
from dcrviz.simulate.spectra import (
    blackbody,
    flat,
    line,
    quasar,
    spectrum,
    spectrum_words,
    table,
)

EDGES_NM = np.linspace(405.0, 552.0, 4)


def fractions(made):
    return slice_photons(made, EDGES_NM)[0]


def test_a_hotter_star_is_bluer():
    blue_share = [fractions(blackbody(t))[0] for t in (2900.0, 5800.0, 10000.0, 28000.0)]
    assert blue_share == sorted(blue_share)


def test_the_photons_of_a_black_body_peak_at_their_wien_wavelength():
    # Photons per wavelength peak at 3669.7 um K / T, where x = hc / (lambda k T) solves
    # x = 4 (1 - exp(-x)).
    made = blackbody(5800.0)
    assert made.wavelength_nm[made.value.argmax()] == pytest.approx(3.6697e6 / 5800, abs=0.5)


def test_a_cool_black_body_has_finite_photons():
    assert np.isfinite(blackbody(500.0).value).all()


def test_a_quasar_at_redshift_2_1_has_its_broad_line_in_the_middle_of_g():
    made = quasar(2.1)
    in_g = (made.wavelength_nm > 420) & (made.wavelength_nm < 540)
    brightest_nm = made.wavelength_nm[in_g][made.value[in_g].argmax()]
    assert brightest_nm == pytest.approx(154.9 * 3.1, abs=1)


def test_a_flat_spectrum_fills_equal_slices_alike():
    np.testing.assert_allclose(fractions(flat()), 1 / 3)


def test_a_table_is_read_from_a_file(tmp_path):
    path = tmp_path / "star.csv"
    path.write_text("wavelength_nm,photons\n400,1\n500,2\n600,1\n", encoding="utf-8")
    assert table(path)(np.array([450.0])) == pytest.approx(1.5)


@pytest.mark.parametrize(
    "made", [blackbody(5123.456789), quasar(2.1), flat(), line(450.3, 0.7), line(450)]
)
def test_a_built_in_spectrum_is_made_again_from_its_name(made):
    again = spectrum(spectrum_words(made))
    assert isinstance(spectrum_words(made), str)
    np.testing.assert_array_equal(again.value, made.value)
    np.testing.assert_array_equal(again.wavelength_nm, made.wavelength_nm)


@pytest.mark.parametrize("name", ["mine", "flat", "blackbody 5800"])
def test_a_table_is_made_again_from_its_numbers_whatever_its_name(name):
    made = Curve(
        name=name, wavelength_nm=np.array([400.0, 500.0, 600.0]), value=np.array([1.0, 0.5, 2.0])
    )
    again = spectrum(spectrum_words(made))
    assert again.name == name
    np.testing.assert_array_equal(again.value, made.value)


@pytest.mark.parametrize(
    "given", ["black body", "blackbody", "blackbody hot", "flat 3", "line", "quasar 1 2", ""]
)
def test_a_name_that_is_no_spectrum_is_refused(given):
    with pytest.raises(ValueError, match=r"one of blackbody, quasar, flat, line, table .*; got"):
        spectrum(given)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: blackbody(0.0), r"temperature must be positive \[K\]; got 0"),
        (lambda: quasar(-0.1), r"redshift must not be negative; got -0.1"),
        (lambda: line(450.0, 0.0), r"width of the line must be positive \[nm\]; got 0"),
        (
            lambda: spectrum({"wavelength_nm": [1, 2]}),
            "must have the lists wavelength_nm and value",
        ),
        (lambda: table("no such file.csv"), r"no such file\.csv: must be a CSV file"),
    ],
)
def test_an_impossible_spectrum_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("text", "message"),
    [("nm,value\n400,blue\n", "must hold numbers"), ("nm\n400\n500\n", "must have the columns")],
)
def test_a_file_that_is_no_table_is_named(tmp_path, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"bad\.csv: {message}"):
        table(path)
