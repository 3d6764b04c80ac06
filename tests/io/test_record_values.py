"""Bands and throughputs in text: the knobs whose values are records."""

import pytest

from dcrviz.config import AssembleConfig
from dcrviz.io.config_files import config_text, read_config, write_config
from dcrviz.io.settings import parse_setting
from dcrviz.throughput import Throughput

CURVE = Throughput(
    name="HSC g, 2017", wavelength_nm=(399.5, 470, 560), transmission=(0, 93.25, 1e-7)
)


@pytest.fixture
def read(tmp_path):
    """The throughput of a file in which the knob has this text."""

    def read_text(text):
        path = tmp_path / "run.yaml"
        path.write_text(f"throughput: {text}\n")
        return read_config(path).throughput

    return read_text


def test_a_throughput_comes_back_from_the_configuration(tmp_path):
    config = AssembleConfig(throughput=CURVE, wavelengths_per_subfilter=7)
    write_config(config, tmp_path / "run.yaml")
    assert read_config(tmp_path / "run.yaml").values() == config.values()


def test_a_throughput_is_written_on_the_line_of_its_knob():
    (line,) = [t for t in config_text(AssembleConfig(throughput=CURVE)).splitlines() if "HSC" in t]
    assert line.startswith("throughput: {name: 'HSC g, 2017', wavelength_nm: [399.5, 470.0, 560.0]")


def test_a_throughput_may_be_set_as_a_mapping():
    text = "throughput={name: 'HSC g, 2017', wavelength_nm: [399.5, 470, 560], "
    assert parse_setting(text + "transmission: [0, 93.25, 1e-7]}") == ("throughput", CURVE)


def test_a_throughput_needs_no_name(read):
    assert read("{wavelength_nm: [400, 500], transmission: [1, 1]}").name == "custom"


@pytest.mark.parametrize("text", ["null", "auto", "none"])
def test_a_throughput_may_be_none(read, text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "3",
            "must be a throughput's name or its name, wavelength_nm, transmission, or auto; got 3",
        ),
        ("[400, 500]", r"must be a throughput's name or its .*; got \[400, 500\]"),
        (
            "{name: g, wavelength_nm: [400, 500]}",
            ": a throughput needs wavelength_nm, transmission; missing: transmission",
        ),
        (
            "{wavelength: [400, 500], transmission: [1, 1]}",
            ": unknown entry of a throughput 'wavelength'; did you mean 'wavelength_nm'",
        ),
        (
            "{wavelength_nm: 400, transmission: [1, 1]}",
            ": wavelength_nm must be a list of numbers; got 400",
        ),
        (
            "{wavelength_nm: [400, blue], transmission: [1, 1]}",
            ": wavelength_nm must be a list of numbers; got 'blue' in it",
        ),
        (
            "{wavelength_nm: [400, 500], transmission: [1, true]}",
            ": transmission must be a list of numbers; got True in it",
        ),
        (
            "{wavelength_nm: [400, 500], transmission: [1, .nan]}",
            ": throughput custom, point 2: transmission must be a finite number",
        ),
        (
            "{wavelength_nm: [500, 400], transmission: [1, 1]}",
            ": throughput custom, point 2: wavelength must be above the one before",
        ),
    ],
)
def test_a_throughput_that_can_not_be_names_file_knob_rule_and_value(read, text, sentence):
    with pytest.raises(ValueError, match=rf"run\.yaml: knob throughput ?{sentence}"):
        read(text)
