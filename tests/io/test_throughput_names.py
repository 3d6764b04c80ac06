"""Throughputs by the names of filters, where the extra is installed."""

import numpy as np
import pytest

from dcrviz.io import read_throughput
from dcrviz.io.config_files import read_config, write_config
from dcrviz.io.settings import parse_setting

filters = pytest.importorskip("speclite.filters")


def test_a_name_gives_the_filter_in_nanometres():
    curve = read_throughput("lsst2023-g")
    assert curve.name == "lsst2023-g"
    np.testing.assert_allclose(curve.ends_nm, (389, 566), atol=3)


def test_the_leaks_far_from_the_filter_are_left_out():
    curve = read_throughput("decam2014-g")
    assert (curve.wavelength_nm[0], curve.wavelength_nm[-1]) == curve.ends_nm
    assert curve.ends_nm[1] < 600


def test_a_name_may_stand_in_a_configuration_and_in_a_setting(tmp_path):
    curve = read_throughput("lsst2023-g")
    (tmp_path / "run.yaml").write_text("throughput: lsst2023-g\n")
    config = read_config(tmp_path / "run.yaml")
    assert config.throughput == curve
    assert parse_setting("throughput=lsst2023-g") == ("throughput", curve)
    write_config(config, tmp_path / "again.yaml")
    assert read_config(tmp_path / "again.yaml").throughput == curve


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("lsst2023-h", "unknown filter 'lsst2023-h'; did you mean 'lsst2023-.' or 'lsst2023-"),
        ("lsst2032-g", "unknown filter 'lsst2032-g'; did you mean 'lsst2023-g'"),
        ("LSST2016-g", "unknown filter 'LSST2016-g'; did you mean 'lsst2016-g'"),
        ("7", r"unknown filter '7'; known are BASS-\*, .*, wise2010-\*"),
        ("", r"unknown filter ''; known are BASS-\*"),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest_ones(name, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_throughput(name)


def test_a_name_is_known_or_not_whatever_was_asked_before():
    filters.load_filters("lsst2016-*")
    with pytest.raises(ValueError, match="unknown filter 'lsst-g'"):
        read_throughput("lsst-g")


def test_a_filter_beyond_the_refraction_formula_is_named():
    with pytest.raises(ValueError, match=r"throughput wise2010-W1, .* from 230\.2 to 2058\.6"):
        read_throughput("wise2010-W1")
