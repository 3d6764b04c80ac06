"""``--throughput``: the transmission of the filter on the command line."""

import numpy as np
import pytest
import yaml
from astropy.io import fits

import dcrviz
from dcrviz.io import read_coadds, read_exposure
from dcrviz.io.config_files import read_config

TEXT = "wavelength_nm,throughput\n387,0\n400,0.3\n540,0.5\n567,0\n"


@pytest.fixture
def curve(tmp_path):
    """Path of a curve that reaches beyond the band on both sides."""
    path = tmp_path / "mine.csv"
    path.write_text(TEXT)
    return path


def test_it_is_in_the_printed_configuration(run, curve):
    ended = run("config", "--throughput", curve)
    assert (ended.code, ended.err) == (0, "")
    assert yaml.safe_load(ended.out)["throughput"] == {
        "name": "mine",
        "wavelength_nm": [387.0, 400.0, 540.0, 567.0],
        "transmission": [0.0, 0.3, 0.5, 0.0],
    }


def test_it_wins_over_a_setting(run, curve):
    setting = "throughput={wavelength_nm: [400, 500], transmission: [1, 1]}"
    ended = run("config", "--throughput", curve, "--set", setting)
    assert yaml.safe_load(ended.out)["throughput"]["name"] == "mine"


@pytest.mark.parametrize("version", ["2019", "today"])
def test_it_survives_lssts_overrides(run, curve, tmp_path, version):
    path = tmp_path / "overrides.py"
    path.write_text(run("config", "--throughput", curve, "--lsst", version).out)
    assert run("config", "--config", path).out == run("config", "--throughput", curve).out


def test_the_coadds_are_made_with_it_and_remember_it(assembled, warps, curve, tmp_path):
    assembled(*warps, "--throughput", curve, "--set", "wavelengths_per_subfilter=4")
    config = read_config(tmp_path / "out" / "config.yaml")
    assert config.throughput == dcrviz.read_throughput(curve)
    model = read_coadds(tmp_path / "out").model
    assert np.shape(model.wavelength_nm) == np.shape(model.weights) == (2, 4)
    assert model.wavelength_nm[0][0] < 405
    assert fits.getdata(tmp_path / "out" / "coadd.fits", "FORWARD_MODEL").size == 8


def test_it_changes_the_planes(assembled, warps, curve, tmp_path):
    planes = []
    for words in ((), ("--throughput", curve)):
        assembled(*warps, *words)
        planes.append(read_coadds(tmp_path / "out").planes)
    assert (planes[0] != planes[1]).any()


def test_the_written_configuration_makes_the_same_coadds(assembled, warps, curve, tmp_path):
    assembled(*warps, "--throughput", curve)
    before = read_coadds(tmp_path / "out").planes
    kept = (tmp_path / "out" / "config.yaml").rename(tmp_path / "kept.yaml")
    assembled(*warps, "--config", kept)
    np.testing.assert_array_equal(read_coadds(tmp_path / "out").planes, before)


def test_a_template_from_the_files_has_the_same_band_integral(
    run, assembled, warps, curve, tmp_path
):
    assembled(*warps, "--throughput", curve, "--set", "wavelengths_per_subfilter=4")
    out, visit = tmp_path / "out", warps[2]
    ended = run("template", out, visit, "--out", tmp_path / "t.fits")
    assert ended.code == 0, ended.err
    expected = dcrviz.matched_template(read_coadds(out), read_exposure(visit).visit)
    np.testing.assert_array_equal(fits.getdata(tmp_path / "t.fits", "IMAGE"), expected.image)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("387,0\n400,1\n", "mine.csv, line 1: must name two columns, wavelength_nm or"),
        ("wavelength_nm,throughput\n400,1\n390,1\n", "mine.csv, line 3: wavelength must be above"),
        ("wavelength_nm,throughput\n400,-1\n", "mine.csv, line 2: transmission must be a finite"),
        (
            "wavelength_nm,throughput\n560,1\n690,1\n",
            "throughput mine must be above 0 somewhere in every subfilter; it is 0 at all",
        ),
    ],
)
def test_a_bad_curve_is_refused(warps, curve, not_assembled, text, told):
    curve.write_text(text)
    assert told in not_assembled(*warps, "--throughput", curve)


def test_a_missing_file_is_refused(warps, tmp_path, not_assembled):
    line = not_assembled(*warps, "--throughput", tmp_path / "none.csv")
    assert f"{tmp_path}/none.csv: must be a readable CSV file" in line


def test_the_explorer_takes_it_too(refused, warps, tmp_path):
    line = refused("explore", "--no-browser", *warps, "--throughput", tmp_path / "none.csv")
    assert f"{tmp_path}/none.csv: must be a readable CSV file" in line
