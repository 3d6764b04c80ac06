"""Throughputs from CSV files."""

import sys

import pytest

import dcrviz
from dcrviz.io import read_throughput
from dcrviz.throughput import Throughput

CURVE = Throughput(name="mine", wavelength_nm=(400, 480, 560), transmission=(0, 0.8, 0.1))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mine.csv"


@pytest.fixture
def read(path):
    """The throughput of a file with this text."""

    def read_text(text):
        path.write_text(text, encoding="utf-8")
        return read_throughput(path)

    return read_text


@pytest.mark.parametrize(
    "text",
    [
        "wavelength_nm,throughput\n400,0\n480,0.8\n560,0.1\n",
        "wavelength_nm,transmission\r\n400,0\r\n480,8e-1\r\n560,.1\r\n",
        "nm, throughput\n\n400 ,\t0\n480, 0.8\n\n560, 0.1",
        "\ufeffWavelength [nm],Throughput\n400,0\n480,0.8\n560,0.1\n",
        '"wavelength_nm","throughput"\n"400","0"\n480,0.8\n560,0.1\n',
        "# from X\nwavelength_nm,throughput # of all\n400,0\n# peak\n480,0.8\n560,0.1 # end",
        "wavelength_angstrom,throughput\n4000,0\n4800,0.8\n5600,0.1\n",
        "A,throughput\n4000,0\n4800,0.8\n5600,0.1\n",
        "wavelength (A),throughput\n4000,0\n4800,0.8\n5600,0.1\n",
    ],
)
def test_a_file_is_read_as_people_write_it(read, text):
    assert read(text) == CURVE


def test_percent_are_as_good_as_fractions(read):
    percent = read("wavelength_nm,throughput\n400,0\n480,80\n560,10\n")
    assert percent.transmission == (0, 80, 10)


def test_the_name_is_that_of_the_file(read):
    assert read("wavelength_nm,throughput\n400,1\n480,1\n").name == "mine"


def test_a_file_without_a_dot_in_its_name_is_still_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "curve").write_text("wavelength_nm,throughput\n400,1\n480,1\n")
    assert read_throughput("curve").ends_nm == (400, 480)


def test_the_reader_is_public():
    assert dcrviz.read_throughput is read_throughput


def test_the_curve_of_the_simulated_data_is_read(shared):
    curve = read_throughput(shared / "data" / "galsim" / "lsst_g_throughput.csv")
    assert curve.ends_nm == (387, 567)
    assert len(curve.wavelength_nm) == 91


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", ": must have a line of column names and rows; got no row"),
        ("# nothing\n\n", ": must have a line of column names and rows; got no row"),
        ("400,0\n480,1\n", ", line 1: must name two columns, wavelength_nm or .*; got '400, 0'"),
        ("wavelength_nm\n400\n", ", line 1: must name two columns, .*; got 'wavelength_nm'"),
        ("a,b\n400,1\n", ", line 1: must name two columns, .* and throughput; got 'a, b'"),
        ("x,throughput\n400,1\n", ", line 1: must name two columns, .*; got 'x, throughput'"),
        ("wavelength_nm,throughput,error\n", ", line 1: must name two .*; got 'wavelength_nm, t"),
        ("wavelength_nm throughput\n400 1\n", ", line 1: must name two .*; got 'wavelength_nm thr"),
        ("\x00\x01\x02", r", line 1: must name two columns, .*; got '\\x00\\x01\\x02'"),
        ("wavelength_nm,throughput\n", ": .* 2 or more wavelengths .*; got 0 and 0"),
        ("wavelength_nm,throughput\n400,1\n", ": .* 2 or more wavelengths .*; got 1 and 1"),
        ("wavelength_nm,throughput\n400\n", ", line 2: must have two numbers; got '400'"),
        ("wavelength_nm,throughput\n400,1,2\n", ", line 2: must have two numbers; got '400, 1, 2'"),
        ("wavelength_nm,throughput\n400,\n", ", line 2: must have two numbers; got '400, '"),
        ("wavelength_nm,throughput\n400,half\n", ", line 2: must have two .*; got '400, half'"),
        (
            "wavelength_nm,throughput\n400,1\n# here\n480,nan\n",
            ", line 4: transmission must be a finite number, 0 or more; got nan",
        ),
        (
            "wavelength_nm,throughput\nnan,1\n",
            r", line 2: wavelength must be from 230\.2 to 2058\.6 nm, .*; got nan nm",
        ),
        ("wavelength_nm,throughput\n400,inf\n", ", line 2: transmission must be .*; got inf"),
        ("wavelength_nm,throughput\n400,-0.1\n", ", line 2: transmission must be .*; got -0.1"),
        (
            "wavelength_nm,throughput\n480,1\n400,1\n",
            ", line 3: wavelength must be above the one before, 480 nm; got 400 nm",
        ),
        (
            "wavelength_nm,throughput\n480,1\n480,1\n",
            ", line 3: wavelength must be above the one before, 480 nm; got 480 nm",
        ),
        (
            "wavelength_nm,throughput\n4000,1\n4800,1\n",
            ", line 2: wavelength must be from .*; got 4000 nm",
        ),
        ("wavelength_nm,throughput\n400,0\n480,0\n", ": throughput mine: .* above 0 somewhere"),
    ],
)
def test_a_file_that_is_no_throughput_names_file_line_rule_and_value(read, text, sentence):
    with pytest.raises(ValueError, match=rf"mine\.csv{sentence}"):
        read(text)


def test_a_file_that_is_no_text_is_named(path):
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(ValueError, match=r"mine\.csv: must be a readable CSV file; got 'utf-8'"):
        read_throughput(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"none\.csv: must be a readable CSV file; got .*No such"):
        read_throughput(str(tmp_path / "none.csv"))


def test_a_folder_is_named(tmp_path):
    with pytest.raises(
        ValueError, match=f"{tmp_path.name}: must be a readable CSV file; got .*dir"
    ):
        read_throughput(tmp_path)


def test_without_speclite_a_name_is_an_error_that_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "speclite", None)
    sentence = r"throughput 'lsst2023-g': .* needs the extra dcrviz\[filters\], which is speclite"
    with pytest.raises(ValueError, match=sentence):
        read_throughput("lsst2023-g")


def test_speclite_is_imported_only_for_a_name(monkeypatch, read):
    monkeypatch.setitem(sys.modules, "speclite", None)
    assert read("wavelength_nm,throughput\n400,0\n480,0.8\n560,0.1\n") == CURVE
